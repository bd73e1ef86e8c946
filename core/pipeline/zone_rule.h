/* Summer time by a rule: the TZ string of POSIX as zone files end with it (RFC 8536, 3.3). */
#ifndef DL_PIPELINE_ZONE_RULE_H
#define DL_PIPELINE_ZONE_RULE_H

#include "pipeline/value.h"

/* Seconds east of UTC that the rule ("CET-1CEST,M3.5.0,M10.5.0/3") gives for a local time in
 * seconds since 1970; an hour that is there twice is summer's, one that is left out is winter's.
 * False: it is no such rule. */
bool dl_zone_rule(struct dl_text rule, int64_t local, int64_t *offset);

#endif
