/* Dates in texts by Joda's patterns ("yyyy-MM-dd'T'HH:mm:ss.SSSZ"), and zones. */
#ifndef DL_PIPELINE_DATE_H
#define DL_PIPELINE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "pipeline/value.h"

/* The regular expression of what the pattern takes. -DL_E_VALUE: a letter that is not known. */
int dl_date_regex(struct dl_buffer *out, struct dl_text pattern, struct dl_error *err);

/* Milliseconds since 1970 of a text that the expression matched. zone (len 0: UTC) counts where the
 * text has none; without a year it is the one that is nearest to now. False: there is no such day,
 * or no such zone. */
bool dl_date_read(struct dl_text pattern, struct dl_text zone, struct dl_text text, int64_t now,
                  int64_t *ms);

/* ISO 8601 with a T, or milliseconds since 1970 in digits: what a date remapper takes. */
bool dl_date_official(struct dl_text text, int64_t *ms);

/* Days from 1970-01-01 to a day of the calendar. */
int64_t dl_date_days(int64_t year, int64_t month, int64_t day);

/* Seconds east of UTC that a zone ("+05:30", "UTC+5", "EST", "Europe/Paris") has at a local time in
 * seconds since 1970. */
bool dl_zone_offset(struct dl_text zone, int64_t local, int64_t *offset);

#endif
