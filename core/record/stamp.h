/* The date that a log gives itself. Datadog takes it from the first of eight attributes and drops
 * the log without a word, after the 202, when it lies too far from the time of arrival. */
#ifndef DL_RECORD_STAMP_H
#define DL_RECORD_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/scan.h"

#define DL_STAMP_AGE_MS (18 * 3600 * INT64_C(1000))  /* older is dropped */
#define DL_STAMP_AHEAD_MS (2 * 3600 * INT64_C(1000)) /* further in the future may be dropped */

/* The best date attribute seen so far; all zero: none. */
struct dl_stamp {
    unsigned rank; /* 1 is what Datadog looks at first */
    const char *value;
    size_t length;
};

/* Whether a top-level member can be one of them: nearly no other name gets past its length and its
 * first letter. */
static inline bool dl_stamp_likely(const char *name, size_t length)
{
    const unsigned lengths = 1u << 4 | 1u << 6 | 1u << 9 | 1u << 10 | 1u << 14 | 1u << 16;
    const uint64_t one = 1, letters = one << ('@' - '@') | one << ('T' - '@') | one << ('_' - '@') |
                                      one << ('d' - '@') | one << ('e' - '@') | one << ('p' - '@') |
                                      one << ('s' - '@') | one << ('t' - '@');

    if (length > 16 || !(lengths >> length & 1))
        return false;
    unsigned letter = (unsigned)(unsigned char)name[0] - '@';
    return letter < 64 && (letters >> letter & 1);
}

/* Takes a top-level member with this name (escapes resolved) if it holds a date that Datadog
 * prefers to what is there: @timestamp, timestamp, _timestamp, Timestamp, eventTime, date,
 * published_date, syslog.timestamp (a name, or `timestamp` in an object `syslog`). */
void dl_stamp_offer(struct dl_stamp *stamp, const struct dl_member *member, const char *name,
                    size_t length);

/* Milliseconds since 1970, UTC, as Datadog reads it: ISO 8601 with a T (no zone: UTC), RFC 3164
 * (UTC, of the year that brings it nearest to now_ms), or milliseconds as a number or digits. False
 * for none and any other form: Datadog then takes the time of arrival. */
bool dl_stamp_read(const struct dl_stamp *stamp, int64_t now_ms, int64_t *ms);

#endif
