#include "sender/collector.h"

#include <string.h>

#include "base/clock.h"

int dl_collector_init(struct dl_collector *c, const struct dl_integration *integration,
                      const struct dl_config *config, const char *hostname, bool with_ids,
                      struct dl_error *err)
{
    int rc = 0;

    memset(c, 0, sizeof *c);
    c->integration = integration;
    if (with_ids)
        rc = dl_record_id_init(&c->id, err);
    for (size_t i = 0; rc == 0 && i < integration->service_count && i < DL_SERVICES_MAX; i++) {
        rc = dl_frame_new(&c->frames[i], integration, config, integration->services[i], hostname,
                          err);
        if (rc == 0 && with_ids)
            c->frames[i]->id = &c->id;
    }
    if (rc < 0)
        dl_collector_free(c);
    return rc;
}

void dl_collector_free(struct dl_collector *c)
{
    for (size_t i = 0; i < DL_SERVICES_MAX; i++) {
        dl_frame_free(c->frames[i]);
        c->frames[i] = NULL;
    }
}

void dl_collector_swap(struct dl_collector *c, struct dl_collector *other)
{
    for (size_t i = 0; i < DL_SERVICES_MAX; i++) {
        struct dl_frame *frame = c->frames[i];

        c->frames[i] = other->frames[i];
        other->frames[i] = frame;
        if (c->frames[i] && c->frames[i]->id)
            c->frames[i]->id = &c->id;
        if (frame && frame->id)
            frame->id = &other->id;
    }
}

static int frame_of(const struct dl_frame **out, const struct dl_collector *c, const char *service,
                    struct dl_error *err)
{
    *out = c->frames[0];
    if (!service)
        return 0;
    for (size_t i = 0; i < c->integration->service_count; i++)
        if (strcmp(c->integration->services[i], service) == 0) {
            *out = c->frames[i];
            return 0;
        }
    return dl_error_set(err, DL_E_VALUE,
                        "the integration has no service \"%.100s\"; use one of its manifest, for "
                        "example \"%s\"",
                        service, c->integration->services[0]);
}

static void count_notes(struct dl_collector_notes *n, unsigned notes)
{
    n->cut += (notes & DL_NOTE_CUT) != 0;
    n->replaced += (notes & DL_NOTE_REPLACED) != 0;
    n->renamed += (notes & DL_NOTE_RENAMED) != 0;
    n->clashed += (notes & DL_NOTE_CLASH) != 0;
    n->flattened += (notes & DL_NOTE_ARRAYS) != 0;
    n->aged += (notes & DL_NOTE_AGED) != 0;
    n->ahead += (notes & DL_NOTE_AHEAD) != 0;
}

/* The log into the batch, or the batch as it was. */
static int append(const struct dl_frame *frame, struct dl_batch *batch, const struct dl_log *log,
                  unsigned *notes, struct dl_error *err)
{
    int rc = dl_batch_begin(batch);

    if (rc < 0)
        return rc;
    if (log->json)
        rc = dl_record_json(&batch->body, frame, log->bytes, log->len, notes, err);
    else
        rc = dl_record_text(&batch->body, frame, log->bytes, log->len, log->status, notes, err);
    if (rc < 0)
        dl_batch_undo(batch);
    else
        dl_batch_keep(batch);
    return rc;
}

static int failed(struct dl_collector *c, int rc, const struct dl_batch *batch,
                  const struct dl_log *log, struct dl_error *err)
{
    if (rc == -DL_E_RECORD)
        c->notes.refused++;
    if (rc == -DL_E_NOMEM || (rc == -DL_E_LIMIT && batch->count == 0))
        return dl_error_set(err, DL_E_NOMEM, "no memory for a log of %zu bytes", log->len);
    return rc;
}

int dl_collector_take(struct dl_collector *c, struct dl_batch *batch, const struct dl_log *log,
                      struct dl_error *err)
{
    const struct dl_frame *frame;
    unsigned notes = 0;
    int rc = frame_of(&frame, c, log->service, err);

    if (rc < 0)
        return rc;
    rc = append(frame, batch, log, &notes, err);
    if (rc < 0)
        return failed(c, rc, batch, log, err);
    c->id.next++;
    if (notes)
        count_notes(&c->notes, notes);
    if (batch->count == 1) {
        batch->opened_ms = dl_clock_ms();
        batch->taken_ms = dl_clock_wall_ms();
    }
    return 0;
}
