/* How long to wait before a request is tried again. */
#ifndef DL_SENDER_BACKOFF_H
#define DL_SENDER_BACKOFF_H

#include <stdint.h>

#define DL_BACKOFF_LONE_MS 20
#define DL_BACKOFF_BASE_MS 1000
#define DL_BACKOFF_CAP_MS 120000

/* Full jitter: evenly from 0 to min(cap, base * 2^(failures - 1)), so that many senders that failed
 * together do not come back together. An intake that named a time (retry_after_ms >= 0) gets it, up
 * to the cap, and a jitter of at most one base on top. failures counts from 1. */
int64_t dl_backoff_ms(unsigned failures, int64_t retry_after_ms);

/* The same for a request that failed while others get through, so that the intake is well and one
 * server or connection behind it was not: from 0 to min(base, lone * 2^(failures - 1)). */
int64_t dl_backoff_lone_ms(unsigned failures);

/* The same for all requests, when so many failed in a row that the intake may be down: it begins as
 * small, since a few faults in a row are chance where faults are frequent, and ends at the cap. */
int64_t dl_backoff_row_ms(unsigned failures);

#endif
