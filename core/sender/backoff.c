#include "sender/backoff.h"

#include "base/clock.h"

/* Evenly from 0 to top. */
static int64_t evenly(int64_t top)
{
    uint64_t chance;

    if (dl_clock_random(&chance, sizeof chance) < 0)
        return top; /* without chance the longest wait is the polite one */
    return (int64_t)(chance % ((uint64_t)top + 1));
}

int64_t dl_backoff_ms(unsigned failures, int64_t retry_after_ms)
{
    int64_t top = DL_BACKOFF_BASE_MS;

    if (retry_after_ms >= 0)
        return (retry_after_ms < DL_BACKOFF_CAP_MS ? retry_after_ms : DL_BACKOFF_CAP_MS) +
               evenly(DL_BACKOFF_BASE_MS);
    for (unsigned i = 1; i < failures && top < DL_BACKOFF_CAP_MS; i++)
        top *= 2;
    return evenly(top < DL_BACKOFF_CAP_MS ? top : DL_BACKOFF_CAP_MS);
}
