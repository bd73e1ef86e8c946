/* What the sender counts, at one moment: what statistics, metrics and the watchdog look at. */
#ifndef DL_TUI_SEND_COUNTERS_H
#define DL_TUI_SEND_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

struct counters {
    int64_t at_ms; /* dl_clock_ms */
    uint64_t taken, accepted, delivered, pending, quarantined, damaged, discarded, dropped, refused;
    uint64_t requests, retries, bytes, wire_bytes;
    uint64_t oldest_ms; /* age of the oldest pending log */
    bool held;          /* nothing moves until somebody acts */
};

#endif
