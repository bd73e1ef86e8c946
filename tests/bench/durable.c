/* durable MANIFEST URL SPOOL COUNT THREADS: so many logs, each committed before the next, by that
 * many threads; prints logs a second until the last is on disk. The key is on descriptor 9. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ddlogs.h"

#define THREADS_MAX 64

static ddlogs_sender *sender;
static int each;

static void check(int rc, const ddlogs_error *error)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "%s: %s\n", ddlogs_error_code(error), ddlogs_error_text(error));
    exit(1);
}

static void open_sender(char **argv)
{
    ddlogs_error *error = ddlogs_error_new();
    ddlogs_integration *integration;
    ddlogs_config *config;
    char key[33] = "";

    check(ddlogs_integration_read(&integration, argv[1], error), error);
    check(ddlogs_config_new(&config, integration, error), error);
    check(ddlogs_config_set(config, "site", "datadoghq.eu", error), error);
    check(ddlogs_config_set(config, "endpoint", argv[2], error), error);
    check(ddlogs_config_set(config, "spool", argv[3], error), error);
    if (pread(9, key, 32, 0) != 32)
        exit(71);
    check(ddlogs_config_set_key(config, key, 32, error), error);
    check(ddlogs_sender_open(&sender, integration, config, error), error);
    ddlogs_config_free(config);
    ddlogs_integration_free(integration);
    ddlogs_error_free(error);
}

static void *write_logs(void *context)
{
    ddlogs_error *error = ddlogs_error_new();
    char line[64];

    for (int i = 0; i < each; i++) {
        int n = snprintf(line, sizeof line, "GET /orders/%d 200 of thread %d", i, *(int *)context);

        check(ddlogs_sender_text(sender, line, (size_t)n, "info", NULL, NULL, error), error);
        check(ddlogs_sender_commit(sender, -1, error), error);
    }
    ddlogs_error_free(error);
    return NULL;
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    int threads = argc == 6 ? atoi(argv[5]) : 0, numbers[THREADS_MAX];
    pthread_t ids[THREADS_MAX];

    if (threads < 1 || threads > THREADS_MAX) {
        fprintf(stderr, "use: durable MANIFEST URL SPOOL COUNT THREADS\n");
        return 64;
    }
    each = atoi(argv[4]) / threads;
    open_sender(argv);
    double from = seconds();
    for (int i = 0; i < threads; i++) {
        numbers[i] = i;
        if (pthread_create(&ids[i], NULL, write_logs, &numbers[i]))
            return 71;
    }
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    printf("%.0f\n", each * threads / (seconds() - from));
    check(ddlogs_sender_close(sender, 10000, NULL), NULL);
    return 0;
}
