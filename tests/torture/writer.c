/* writer MANIFEST URL SPOOL FIRST COUNT SAID [KEY-FILE]
 *
 * Sends the logs FIRST to FIRST + COUNT - 1 of payload.h through the library with a spool, about
 * ten each millisecond, commits now and then, and writes "NUMBER ." to the file SAID for each
 * receipt: all logs up to that one are accepted. It is there to be killed. With COUNT 0 each line
 * of standard input says how many more to send, without a pause, until its end. The key is in
 * KEY-FILE, which is read anew when the key is refused, or on descriptor 9. */
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ddlogs.h"
#include "payload.h"

static uint64_t base;
static int said = -1;

static void on_receipt(void *context, enum ddlogs_receipt receipt, uint64_t first, uint64_t count,
                       const ddlogs_error *why)
{
    char text[32];

    (void)context;
    (void)why;
    if (receipt != DDLOGS_ACCEPTED || !first)
        return;
    int n = snprintf(text, sizeof text, "%" PRIu64 " .\n", base + first + count - 2);
    if (write(said, text, (size_t)n) != n)
        abort();
}

static void check(int rc, const ddlogs_error *error)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "%s: %s\n", ddlogs_error_code(error), ddlogs_error_text(error));
    exit(1);
}

static ddlogs_sender *open_sender(char **argv, ddlogs_error *error)
{
    ddlogs_integration *integration;
    ddlogs_config *config;
    ddlogs_sender *sender;
    char key[33] = "";

    check(ddlogs_integration_read(&integration, argv[1], error), error);
    check(ddlogs_config_new(&config, integration, error), error);
    check(ddlogs_config_set(config, "site", "datadoghq.eu", error), error);
    check(ddlogs_config_set(config, "endpoint", argv[2], error), error);
    check(ddlogs_config_set(config, "spool", argv[3], error), error);
    if (argv[7]) {
        check(ddlogs_config_set(config, "key_source", "file", error), error);
        check(ddlogs_config_set(config, "key_name", argv[7], error), error);
    } else {
        if (pread(9, key, 32, 0) != 32)
            exit(71);
        check(ddlogs_config_set_key(config, key, 32, error), error);
    }
    ddlogs_config_on_receipt(config, on_receipt, NULL);
    check(ddlogs_sender_open(&sender, integration, config, error), error);
    ddlogs_config_free(config);
    ddlogs_integration_free(integration);
    return sender;
}

static void send_log(ddlogs_sender *sender, uint64_t number, ddlogs_error *error)
{
    char line[PAYLOAD_MAX];
    size_t n = payload_write(line, number, false);

    check(payload_is_json(number) ? ddlogs_sender_json(sender, line, n, NULL, NULL, error)
                                  : ddlogs_sender_text(sender, line, n, "info", NULL, NULL, error),
          error);
    if (payload_hash(number) % 16 == 0)
        check(ddlogs_sender_commit(sender, -1, error), error);
}

static void send_as_told(ddlogs_sender *sender, ddlogs_error *error)
{
    uint64_t next = base;
    char line[32];

    while (fgets(line, sizeof line, stdin))
        for (uint64_t left = strtoull(line, NULL, 10); left; left--)
            send_log(sender, next++, error);
}

int main(int argc, char **argv)
{
    ddlogs_error *error = ddlogs_error_new();
    struct timespec pause = {0, 1000000};
    uint64_t count;

    if (argc != 7 && argc != 8) {
        fprintf(stderr, "use: writer MANIFEST URL SPOOL FIRST COUNT SAID [KEY-FILE]\n");
        return 64;
    }
    base = strtoull(argv[4], NULL, 10);
    said = open(argv[6], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ddlogs_sender *sender = open_sender(argv, error);
    count = strtoull(argv[5], NULL, 10);
    if (!count)
        send_as_told(sender, error);
    for (uint64_t i = 0; i < count; i++) {
        send_log(sender, base + i, error);
        if (i % 10 == 9)
            nanosleep(&pause, NULL);
    }
    check(ddlogs_sender_close(sender, 100000, error), error);
    ddlogs_error_free(error);
    return 0;
}
