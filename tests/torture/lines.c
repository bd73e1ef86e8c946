/* lines FIRST COUNT [PER_SECOND]: so many numbered logs, one a line; at that rate, or at once. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "payload.h"

static char block[256 * 1024];
static size_t have;

static void flush(void)
{
    for (size_t at = 0; at < have;) {
        ssize_t n = write(1, block + at, have - at);

        if (n <= 0)
            exit(74);
        at += (size_t)n;
    }
    have = 0;
}

int main(int argc, char **argv)
{
    uint64_t first, count, rate = 0, burst;

    if (argc < 3) {
        fprintf(stderr, "use: lines FIRST COUNT [PER_SECOND]\n");
        return 64;
    }
    first = strtoull(argv[1], NULL, 10);
    count = strtoull(argv[2], NULL, 10);
    if (argc > 3)
        rate = strtoull(argv[3], NULL, 10);
    burst = rate >= 1000 ? rate / 1000 : 1;
    for (uint64_t i = 0; i < count; i++) {
        if (have + PAYLOAD_MAX > sizeof block)
            flush();
        have += payload_write(block + have, first + i, false);
        block[have++] = '\n';
        if (rate && (i + 1) % burst == 0) {
            struct timespec pause = {0, (long)(1000000000 / rate * burst)};

            flush();
            nanosleep(&pause, NULL);
        }
    }
    flush();
    return 0;
}
