#include "sender/delivery.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sender/backoff.h"

static void answered(void *context, const struct dl_http_answer *answer);

int dl_queue_init(struct dl_queue *q, struct dl_http *http, const struct dl_http_request *request,
                  const struct dl_sender_options *options, struct dl_error *err)
{
    memset(q, 0, sizeof *q);
    q->last = &q->first;
    q->http = http;
    q->request = *request;
    q->encoding = options->config->encoding;
    q->attempts = options->attempts;
    q->delivered = options->delivered;
    q->context = options->context;
    q->window = DL_WINDOW_MAX;
    dl_batch_init(&q->part);
    dl_buffer_init(&q->whole, DL_BATCH_BYTES);
    return dl_compressor_new(&q->compressor, err);
}

static void free_packet(struct dl_packet *p)
{
    free(p->wire);
    free(p);
}

void dl_queue_free(struct dl_queue *q)
{
    while (q->first) {
        struct dl_packet *p = q->first;

        q->first = p->next;
        if (p->transfer)
            dl_http_cancel(q->http, p->transfer);
        free_packet(p);
    }
    dl_batch_free(&q->part);
    dl_buffer_free(&q->whole);
    dl_compressor_free(q->compressor);
}

/* A closed body as a packet that is not in the queue yet. */
static int make_packet(struct dl_packet **out, struct dl_queue *q, const char *body, size_t length,
                       const uint32_t *ends, size_t count, enum dl_encoding encoding,
                       struct dl_error *err)
{
    size_t size = sizeof(struct dl_packet) + count * sizeof *ends;
    struct dl_packet *p = calloc(1, size);
    int rc;

    if (!p)
        return dl_error_set(err, DL_E_NOMEM, "no memory for %zu logs", count);
    rc = dl_compress(q->compressor, encoding, DL_EFFORT_FAST, body, length, &p->wire,
                     &p->wire_length, err);
    if (rc < 0) {
        free(p);
        return rc;
    }
    memcpy(p->ends, ends, count * sizeof *ends);
    p->queue = q;
    p->count = count;
    p->raw_length = length;
    p->encoding = encoding;
    p->held = size + p->wire_length;
    *out = p;
    return 0;
}

static void link_at(struct dl_queue *q, struct dl_packet **place, struct dl_packet *p)
{
    p->next = *place;
    *place = p;
    if (q->last == place)
        q->last = &p->next;
    q->held += p->held;
    q->pending += p->count;
}

static void unlink_packet(struct dl_queue *q, struct dl_packet *p)
{
    struct dl_packet **place = &q->first;

    while (*place != p)
        place = &(*place)->next;
    *place = p->next;
    if (q->last == &p->next)
        q->last = place;
    q->held -= p->held;
    q->pending -= p->count;
}

int dl_queue_add(struct dl_queue *q, struct dl_batch *batch, struct dl_error *err)
{
    struct dl_packet *p;
    int rc;

    dl_batch_close(batch);
    rc = make_packet(&p, q, batch->body.data, batch->body.len, batch->ends, batch->count,
                     q->encoding, err);
    if (rc < 0) {
        batch->body.len--; /* open again */
        return rc;
    }
    dl_batch_clear(batch);
    link_at(q, q->last, p);
    return 0;
}

/* The same logs in another encoding. */
static int recode(struct dl_queue *q, struct dl_packet *p, enum dl_encoding encoding,
                  struct dl_error *err)
{
    char *wire;
    size_t length;
    int rc = dl_expand(q->compressor, p->encoding, p->wire, p->wire_length, p->raw_length,
                       &q->whole, err);

    if (rc == 0)
        rc = dl_compress(q->compressor, encoding, DL_EFFORT_FAST, q->whole.data, q->whole.len,
                         &wire, &length, err);
    dl_buffer_free(&q->whole); /* rare, and five megabytes */
    if (rc < 0)
        return rc;
    free(p->wire);
    q->held -= p->held;
    p->held += length - p->wire_length;
    q->held += p->held;
    p->wire = wire;
    p->wire_length = length;
    p->encoding = encoding;
    return 0;
}

static int start(struct dl_queue *q, struct dl_packet *p, struct dl_error *err)
{
    struct dl_http_request request = q->request;
    int rc = 0;

    if (p->encoding == DL_ENCODING_ZSTD && q->encoding != DL_ENCODING_ZSTD)
        rc = recode(q, p, q->encoding, err); /* packed before zstd proved to be unknown there */
    if (rc < 0)
        return rc;
    request.body = p->wire;
    request.body_length = p->wire_length;
    request.content_encoding = dl_encoding_name(p->encoding);
    rc = dl_http_start(&p->transfer, q->http, &request, answered, p, err);
    if (rc < 0) {
        p->transfer = NULL;
        return rc;
    }
    p->attempt++;
    p->streak = q->streak;
    q->flying++;
    q->requests++;
    q->retries += p->attempt > 1;
    q->bytes += p->raw_length;
    q->wire_bytes += p->wire_length;
    return 0;
}

/* One request at a time while something is wrong: it is the probe. */
static unsigned allowed(const struct dl_queue *q)
{
    return q->problem.code || q->streak >= DL_STREAK_PAUSE ? 1 : q->window;
}

int dl_queue_step(struct dl_queue *q)
{
    int64_t now, wait = -1;

    if (!q->first || q->given_up || q->flying >= allowed(q))
        return -1;
    now = dl_clock_ms();
    if (q->resume_ms > now)
        return (int)(q->resume_ms - now);
    for (struct dl_packet *p = q->first; p && q->flying < allowed(q); p = p->next) {
        if (p->transfer)
            continue;
        if (p->due_ms > now) {
            if (wait < 0 || p->due_ms - now < wait)
                wait = p->due_ms - now;
            continue;
        }
        if (start(q, p, &q->last_failure) < 0) {
            /* No descriptor or no memory: as passing as a failed request. */
            q->resume_ms = now + dl_backoff_ms(++q->streak, -1);
            return (int)(q->resume_ms - now);
        }
    }
    return q->flying >= allowed(q) ? -1 : (int)wait;
}

/* To the end of the queue, so that one packet cannot stand in the way of all others. */
static void move_back(struct dl_queue *q, struct dl_packet *p)
{
    unlink_packet(q, p);
    link_at(q, q->last, p);
}

static void count_failure(struct dl_queue *q, const struct dl_packet *p)
{
    if (p->streak != q->streak)
        return; /* it flew with one that failed before: the same event */
    q->streak++;
    q->window = q->window > 1 ? q->window / 2 : 1;
}

/* The packet stays and is tried again later; after many failures in a row everything waits. */
static void wait_for(struct dl_queue *q, struct dl_packet *p, int64_t retry_after_ms)
{
    int64_t now = dl_clock_ms();

    count_failure(q, p);
    p->due_ms = now + dl_backoff_ms(p->attempt, retry_after_ms);
    if (retry_after_ms >= 0)
        q->resume_ms = p->due_ms; /* the intake spoke to all of us */
    else if (q->streak >= DL_STREAK_PAUSE)
        q->resume_ms = now + dl_backoff_ms(q->streak - DL_STREAK_PAUSE + 1, -1);
    if (q->attempts && p->attempt >= q->attempts) {
        q->given_up = true;
        q->problem = q->last_failure;
    }
}

/* A person has to act. All is kept, and now and then one packet asks whether somebody did. */
static void hold(struct dl_queue *q, struct dl_packet *p)
{
    q->problem = q->last_failure;
    count_failure(q, p);
    q->resume_ms = dl_clock_ms() + dl_backoff_ms(q->streak, -1);
    q->given_up |= q->attempts != 0;
    move_back(q, p);
}

static void commit(struct dl_queue *q, struct dl_packet *p)
{
    if (p->trial)
        q->encoding = DL_ENCODING_GZIP; /* it was zstd alone that was not understood */
    q->streak = 0;
    q->refusals = 0;
    q->resume_ms = 0;
    q->problem.code = DL_OK;
    if (q->window < DL_WINDOW_MAX)
        q->window++;
    q->accepted += p->count;
    unlink_packet(q, p);
    free_packet(p);
}

/* The one log of the packet is what the intake does not take. When no log at all is taken, the
 * cause is elsewhere (a proxy, an endpoint that is none), and throwing logs away would be wrong. */
static void refuse(struct dl_queue *q, struct dl_packet *p)
{
    if (q->refusals >= DL_REFUSALS_IN_A_ROW) {
        hold(q, p);
        return;
    }
    q->refusals++;
    q->refusal = q->last_failure;
    q->refused += p->count;
    unlink_packet(q, p);
    free_packet(p);
}

/* Logs `from` up to `to` of the unpacked packet as a packet of its own. */
static int make_part(struct dl_packet **out, struct dl_queue *q, const struct dl_packet *p,
                     size_t from, size_t to, struct dl_error *err)
{
    int rc;

    dl_batch_clear(&q->part);
    rc = dl_batch_add_part(&q->part, q->whole.data, p->ends, from, to);
    if (rc < 0)
        return dl_error_set(err, (enum dl_code) - rc, "no memory to divide a batch");
    dl_batch_close(&q->part);
    return make_packet(out, q, q->part.body.data, q->part.body.len, q->part.ends, q->part.count,
                       p->encoding, err);
}

static int divide(struct dl_queue *q, struct dl_packet *p, struct dl_error *err)
{
    struct dl_packet *a = NULL, *b = NULL;
    int rc = dl_expand(q->compressor, p->encoding, p->wire, p->wire_length, p->raw_length,
                       &q->whole, err);

    if (rc == 0)
        rc = make_part(&a, q, p, 0, p->count / 2, err);
    if (rc == 0)
        rc = make_part(&b, q, p, p->count / 2, p->count, err);
    dl_buffer_free(&q->whole);
    dl_batch_free(&q->part);
    if (rc < 0) {
        if (a)
            free_packet(a);
        return rc;
    }
    link_at(q, &p->next, b);
    link_at(q, &p->next, a);
    unlink_packet(q, p);
    free_packet(p);
    return 0;
}

static void split(struct dl_queue *q, struct dl_packet *p)
{
    if (p->count == 1) {
        refuse(q, p);
        return;
    }
    if (divide(q, p, &q->last_failure) < 0)
        wait_for(q, p, -1); /* memory may come back */
}

/* The same logs as gzip, after the intake did not take them as zstd. */
static void try_gzip(struct dl_queue *q, struct dl_packet *p)
{
    if (recode(q, p, DL_ENCODING_GZIP, &q->last_failure) < 0) {
        wait_for(q, p, -1);
        return;
    }
    p->trial = true;
    p->attempt = 0;
}

/* zstd is not in the documents: where it is not taken, the answer is one of these. */
static bool is_zstd_refusal(const struct dl_packet *p, const struct dl_http_answer *answer)
{
    return p->encoding == DL_ENCODING_ZSTD && answer->code == DL_OK &&
           (answer->status == 400 || answer->status == 415);
}

static void report(struct dl_queue *q, const struct dl_packet *p, enum dl_verdict verdict,
                   const struct dl_error *error, const struct dl_http_answer *answer)
{
    struct dl_delivery delivery = {.verdict = verdict,
                                   .answer = answer,
                                   .logs = p->count,
                                   .bytes = p->raw_length,
                                   .wire_bytes = p->wire_length,
                                   .attempt = p->attempt,
                                   .encoding = p->encoding};

    if (verdict != DL_VERDICT_COMMIT)
        delivery.error = *error;
    if (q->delivered)
        q->delivered(q->context, &delivery);
}

static void answered(void *context, const struct dl_http_answer *answer)
{
    struct dl_packet *p = context;
    struct dl_queue *q = p->queue;
    struct dl_error error = {.code = DL_OK};
    enum dl_verdict verdict = dl_verdict_intake(answer, &error);
    bool zstd_refused = is_zstd_refusal(p, answer);

    p->transfer = NULL;
    q->flying--;
    if (zstd_refused)
        verdict = DL_VERDICT_RETRY; /* as gzip, at once */
    report(q, p, verdict, &error, answer);
    if (verdict != DL_VERDICT_COMMIT)
        q->last_failure = error;
    if (zstd_refused) {
        try_gzip(q, p);
        return;
    }
    switch (verdict) {
    case DL_VERDICT_COMMIT:
        commit(q, p);
        break;
    case DL_VERDICT_SPLIT:
    case DL_VERDICT_BISECT:
        split(q, p);
        break;
    case DL_VERDICT_RETRY:
        wait_for(q, p, answer->retry_after_ms);
        break;
    case DL_VERDICT_HOLD:
    default:
        hold(q, p);
    }
}
