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

/* Evenly from 0 to what first became after it doubled with each failure, at most cap. */
static int64_t jitter(int64_t first, unsigned failures, int64_t cap)
{
    int64_t top = first;

    for (unsigned i = 1; i < failures && top < cap; i++)
        top *= 2;
    return evenly(top < cap ? top : cap);
}

int64_t dl_backoff_ms(unsigned failures, int64_t retry_after_ms)
{
    if (retry_after_ms >= 0)
        return (retry_after_ms < DL_BACKOFF_CAP_MS ? retry_after_ms : DL_BACKOFF_CAP_MS) +
               evenly(DL_BACKOFF_BASE_MS);
    return jitter(DL_BACKOFF_BASE_MS, failures, DL_BACKOFF_CAP_MS);
}

int64_t dl_backoff_lone_ms(unsigned failures)
{
    return jitter(DL_BACKOFF_LONE_MS, failures, DL_BACKOFF_BASE_MS);
}

int64_t dl_backoff_row_ms(unsigned failures)
{
    return jitter(DL_BACKOFF_LONE_MS, failures, DL_BACKOFF_CAP_MS);
}
