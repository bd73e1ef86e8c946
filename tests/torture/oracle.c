/* oracle FIRST LAST RECORD...: what an intake recorded against the logs FIRST to LAST of payload.h.
 * Prints one line, "sent received lost twice wrong", and the first numbers that were lost to
 * standard error. wrong: a log that is none of these, or not as it was sent. Exit 1 if any is lost
 * or wrong. */
#include <stdlib.h>

#include "payload.h"

static uint64_t first, last, received, wrong, twice;
static uint8_t *seen;

static void judge(const char *line, size_t length)
{
    char want[PAYLOAD_MAX];
    const char *json = strstr(line, "\"id\":"), *text = strstr(line, "\"message\":\"id=");
    const char *digits = json ? json + 5 : text ? text + 14 : NULL;
    uint64_t number = digits ? strtoull(digits, NULL, 10) : 0;
    size_t n;

    (void)length;
    received++;
    if (!digits || number < first || number > last) {
        wrong++;
        return;
    }
    n = payload_write(want, number, true);
    if (strncmp(json ? json : text, want, n) != 0) {
        wrong++;
        return;
    }
    twice += seen[number - first];
    seen[number - first] = 1;
}

static void read_record(const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    ssize_t n;

    if (!file)
        return; /* nothing arrived there */
    while ((n = getline(&line, &size, file)) > 0)
        judge(line, (size_t)n);
    free(line);
    fclose(file);
}

int main(int argc, char **argv)
{
    uint64_t lost = 0;

    if (argc < 3) {
        fprintf(stderr, "use: oracle FIRST LAST RECORD...\n");
        return 64;
    }
    first = strtoull(argv[1], NULL, 10);
    last = strtoull(argv[2], NULL, 10);
    seen = calloc(last >= first ? last - first + 1 : 1, 1);
    if (!seen)
        return 71;
    for (int i = 3; i < argc; i++)
        read_record(argv[i]);
    for (uint64_t number = first; number <= last; number++) {
        if (!seen[number - first] && lost++ < 5)
            fprintf(stderr, "lost: %" PRIu64 "\n", number);
    }
    printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", last - first + 1,
           received, lost, twice, wrong);
    return lost || wrong;
}
