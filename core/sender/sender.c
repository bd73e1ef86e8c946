#include "sender/sender.h"

#include <stdlib.h>

#include "base/clock.h"
#include "sender/batch.h"
#include "sender/collector.h"
#include "sender/delivery.h"
#include "sender/target.h"

#define LINGER_MS 1000
#define MEMORY ((size_t)32 * 1024 * 1024)

struct dl_sender {
    struct dl_collector collector;
    struct dl_target target;
    struct dl_batch batch;
    struct dl_queue queue;
    uint64_t taken; /* into a batch */
    int linger_ms;
    size_t memory;
};

static int prepare(struct dl_sender *s, struct dl_http *http,
                   const struct dl_sender_options *options, struct dl_error *err)
{
    const struct dl_queue_events events = {.context = options->context,
                                           .answered = options->delivered};
    int rc = dl_collector_init(&s->collector, options->integration, options->config,
                               options->hostname, false, err);

    if (rc == 0)
        rc = dl_target_init(&s->target, options->config, options->key, options->proxy,
                            options->timeout_ms, err);
    if (rc == 0)
        rc = dl_queue_init(&s->queue, http, &s->target.request, options->config->encoding,
                           options->attempts, &events, err);
    return rc;
}

int dl_sender_new(struct dl_sender **out, struct dl_http *http,
                  const struct dl_sender_options *options, struct dl_error *err)
{
    struct dl_sender *s = calloc(1, sizeof *s);
    int rc;

    if (!s)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the sender");
    s->linger_ms = options->linger_ms ? options->linger_ms : LINGER_MS;
    s->memory = options->memory ? options->memory : MEMORY;
    dl_batch_init(&s->batch);
    rc = prepare(s, http, options, err);
    if (rc < 0) {
        dl_sender_free(s);
        return rc;
    }
    *out = s;
    return 0;
}

void dl_sender_free(struct dl_sender *s)
{
    if (!s)
        return;
    if (s->queue.last)
        dl_queue_free(&s->queue);
    dl_batch_free(&s->batch);
    dl_collector_free(&s->collector);
    dl_target_free(&s->target);
    free(s);
}

/* Hands the open batch over; there is one. Failing, it stays open. */
static int close_batch(struct dl_sender *s, struct dl_error *err)
{
    struct dl_queue *q = &s->queue;
    struct dl_packet *p;
    int rc;

    dl_batch_close(&s->batch);
    rc = dl_packet_new(&p, q->compressor, q->encoding, DL_EFFORT_FAST, s->batch.body.data,
                       s->batch.body.len, err);
    if (rc < 0) {
        dl_batch_undo(&s->batch); /* open again */
        return rc;
    }
    p->first = s->taken - s->batch.count + 1;
    p->count = (uint32_t)s->batch.count;
    p->taken_ms = s->batch.taken_ms;
    dl_batch_clear(&s->batch);
    dl_queue_add(q, p);
    dl_queue_step(q);
    return 0;
}

static bool fits(const struct dl_sender *s, size_t len)
{
    size_t held = s->queue.held + s->batch.body.len;

    /* Whoever holds nothing takes any one log, or a small memory could never take a long one. */
    return held == 0 || (held <= s->memory && len <= s->memory - held);
}

static int make_room(struct dl_sender *s, size_t len, struct dl_error *err)
{
    if (fits(s, len))
        return 0;
    if (s->batch.count) { /* packed it is a sixth, and on its way */
        int rc = close_batch(s, err);

        if (rc < 0)
            return rc;
    }
    if (fits(s, len))
        return 0;
    return dl_error_set(err, DL_E_FULL, "%zu bytes of logs wait for delivery already",
                        s->queue.held);
}

static int take(struct dl_sender *s, const struct dl_log *log, struct dl_error *err)
{
    int rc = make_room(s, log->len, err);

    if (rc < 0)
        return rc;
    rc = dl_collector_take(&s->collector, &s->batch, log, err);
    if (rc == -DL_E_LIMIT) {
        rc = close_batch(s, err);
        if (rc == 0)
            rc = dl_collector_take(&s->collector, &s->batch, log, err);
    }
    if (rc == -DL_E_RECORD)
        dl_error_set(&s->queue.refusal, DL_E_RECORD,
                     "a JSON log of %zu bytes is larger than the intake takes, and has no message "
                     "that a cut could shorten",
                     log->len);
    if (rc < 0)
        return rc;
    s->taken++;
    /* The log is in: should closing fail for want of memory, the next call or step tries again. */
    if (s->batch.count == DL_BATCH_ENTRIES)
        (void)close_batch(s, NULL);
    return 0;
}

int dl_sender_text(struct dl_sender *s, const char *text, size_t len, const char *status,
                   const char *service, struct dl_error *err)
{
    struct dl_log log = {.bytes = text, .len = len, .status = status, .service = service};

    return take(s, &log, err);
}

int dl_sender_json(struct dl_sender *s, const char *json, size_t len, const char *service,
                   struct dl_error *err)
{
    struct dl_log log = {.bytes = json, .len = len, .json = true, .service = service};

    return take(s, &log, err);
}

int dl_sender_flush(struct dl_sender *s, struct dl_error *err)
{
    return s->batch.count ? close_batch(s, err) : 0;
}

int dl_sender_step(struct dl_sender *s)
{
    int64_t linger = -1;
    int wait;

    if (s->batch.count) {
        linger = s->batch.opened_ms + s->linger_ms - dl_clock_ms();
        if (linger <= 0)
            linger = close_batch(s, NULL) < 0 ? LINGER_MS : -1;
    }
    wait = dl_queue_step(&s->queue);
    return linger >= 0 && (wait < 0 || linger < wait) ? (int)linger : wait;
}

bool dl_sender_idle(const struct dl_sender *s)
{
    return !s->queue.first && !s->batch.count;
}

void dl_sender_stats(const struct dl_sender *s, struct dl_sender_stats *out)
{
    const struct dl_queue *q = &s->queue;
    const struct dl_collector_notes *notes = &s->collector.notes;

    *out = (struct dl_sender_stats){.taken = s->taken + notes->refused,
                                    .accepted = q->accepted,
                                    .pending = q->pending + s->batch.count,
                                    .refused = q->refused + notes->refused,
                                    .requests = q->requests,
                                    .retries = q->retries,
                                    .bytes = q->bytes,
                                    .wire_bytes = q->wire_bytes,
                                    .notes = *notes};
}

const struct dl_error *dl_sender_problem(const struct dl_sender *s)
{
    return &s->queue.problem;
}

const struct dl_error *dl_sender_last_failure(const struct dl_sender *s)
{
    return &s->queue.last_failure;
}

const struct dl_error *dl_sender_refusal(const struct dl_sender *s)
{
    return &s->queue.refusal;
}
