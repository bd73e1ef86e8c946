/* The taking side: one log, its service's frame and the open batch it is written into. */
#ifndef DL_SENDER_COLLECTOR_H
#define DL_SENDER_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "identity/config.h"
#include "identity/integration.h"
#include "record/record.h"
#include "sender/batch.h"

/* What a caller hands in. */
struct dl_log {
    const char *bytes;
    size_t len;
    bool json; /* else text */
    const char *status, *service;
};

/* Logs that were changed on their way, or could not be taken at all. */
struct dl_collector_notes {
    uint64_t cut, replaced, renamed, clashed, flattened, aged, ahead;
    uint64_t refused; /* larger than the intake takes, and nothing that could be cut */
};

struct dl_collector {
    const struct dl_integration *integration;
    struct dl_frame *frames[DL_SERVICES_MAX]; /* one for each service of the manifest */
    struct dl_record_id id;
    struct dl_collector_notes notes;
};

/* hostname NULL: none. with_ids: every log gets a stable id, "ddlogs.id", by which a log that
 * arrived twice can be found. */
int dl_collector_init(struct dl_collector *collector, const struct dl_integration *integration,
                      const struct dl_config *config, const char *hostname, bool with_ids,
                      struct dl_error *err);
void dl_collector_free(struct dl_collector *collector);

/* Exchanges the frames; ids and notes stay where they are. */
void dl_collector_swap(struct dl_collector *collector, struct dl_collector *other);

/* Writes one log into the batch, or leaves the batch as it was: -DL_E_LIMIT when it is full (close
 * it and come with an empty one), -DL_E_RECORD (counted), -DL_E_VALUE, -DL_E_NOMEM. */
int dl_collector_take(struct dl_collector *collector, struct dl_batch *batch,
                      const struct dl_log *log, struct dl_error *err);

#endif
