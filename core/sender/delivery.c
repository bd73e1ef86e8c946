#include "sender/delivery.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sender/backoff.h"

static void answered(void *context, const struct dl_http_answer *answer);

int dl_queue_init(struct dl_queue *q, struct dl_http *http, const struct dl_http_request *request,
                  enum dl_encoding encoding, unsigned attempts,
                  const struct dl_queue_events *events, struct dl_error *err)
{
    memset(q, 0, sizeof *q);
    q->last = &q->first;
    q->http = http;
    q->request = *request;
    q->encoding = encoding;
    q->attempts = attempts;
    q->events = *events;
    q->window = DL_WINDOW_MAX;
    q->calm_ms = -1;
    dl_buffer_init(&q->scratch, DL_BATCH_BYTES);
    return dl_compressor_new(&q->compressor, err);
}

void dl_queue_free(struct dl_queue *q)
{
    while (q->first) {
        struct dl_packet *p = q->first;

        q->first = p->next;
        if (p->transfer)
            dl_http_cancel(q->http, p->transfer);
        dl_packet_free(p);
    }
    dl_buffer_free(&q->scratch);
    dl_compressor_free(q->compressor);
}

static void link_at(struct dl_queue *q, struct dl_packet **place, struct dl_packet *p)
{
    p->next = *place;
    *place = p;
    if (q->last == place)
        q->last = &p->next;
    p->queue = q;
    q->held += dl_packet_held(p);
    q->count++;
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
    q->held -= dl_packet_held(p);
    q->count--;
    q->pending -= p->count;
}

void dl_queue_add(struct dl_queue *q, struct dl_packet *p)
{
    link_at(q, q->last, p);
}

/* The same logs in another encoding. */
static int recode(struct dl_queue *q, struct dl_packet *p, enum dl_encoding encoding,
                  struct dl_error *err)
{
    size_t before = dl_packet_held(p);
    int rc = dl_packet_recode(p, q->compressor, &q->scratch, encoding, err);

    q->held += dl_packet_held(p) - before;
    return rc;
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

    if (!q->first || q->given_up || q->paused || q->flying >= allowed(q))
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

/* The packet stays and is tried again later; after many failures in a row everything waits. An
 * intake that asks to be left alone is, from the first time and for longer. */
static void wait_for(struct dl_queue *q, struct dl_packet *p, int64_t retry_after_ms)
{
    int64_t now = dl_clock_ms();
    bool asked = retry_after_ms >= 0 || q->last_failure.code == DL_E_HTTP_429;
    unsigned row;

    count_failure(q, p);
    p->due_ms =
        now + (asked ? dl_backoff_ms(p->attempt, retry_after_ms) : dl_backoff_lone_ms(p->attempt));
    row = q->streak < DL_STREAK_PAUSE ? 0 : q->streak - DL_STREAK_PAUSE + 1;
    if (retry_after_ms >= 0)
        q->resume_ms = p->due_ms; /* the intake spoke to all of us */
    else if (row)
        q->resume_ms = now + (asked ? dl_backoff_ms(row, -1) : dl_backoff_row_ms(q->streak));
    if (q->attempts && p->attempt >= q->attempts) {
        q->given_up = true;
        q->problem = q->last_failure;
    }
}

/* A person has to act. All is kept, and now and then one packet asks whether somebody did: another
 * one when the first asked three times in vain, so that a single one cannot stand in the way of
 * all. */
static void hold(struct dl_queue *q, struct dl_packet *p)
{
    q->problem = q->last_failure;
    count_failure(q, p);
    q->resume_ms = dl_clock_ms() + dl_backoff_ms(q->streak, -1);
    q->given_up |= q->attempts != 0;
    if (++p->holds % 3 == 0)
        move_back(q, p);
}

/* More requests at once as long as that does not make each of them slower. */
static void widen(struct dl_queue *q, const struct dl_http_answer *answer)
{
    int64_t took = answer->total_ms > 0 ? answer->total_ms : 0;

    if (q->calm_ms < 0 || took < q->calm_ms)
        q->calm_ms = took;
    q->usual_ms += (took - q->usual_ms) / 8;
    if (q->usual_ms > 4 * q->calm_ms + 50 && q->window > 2) {
        q->window--;
        q->calm_ms += q->calm_ms / 8 + 1; /* what was calm once may not be any more */
    } else if (q->window < DL_WINDOW_MAX) {
        q->window++;
    }
}

static void commit(struct dl_queue *q, struct dl_packet *p, const struct dl_http_answer *answer)
{
    if (p->trial)
        q->encoding = DL_ENCODING_GZIP; /* it was zstd alone that was not understood */
    q->streak = 0;
    q->refusals = 0;
    q->resume_ms = 0;
    q->problem.code = DL_OK;
    widen(q, answer);
    q->accepted += p->count;
    unlink_packet(q, p);
    if (q->events.delivered)
        q->events.delivered(q->events.context, p->first, p->count);
    dl_packet_free(p);
}

/* Tells the owner of the one log of a packet. */
static int tell_refused(struct dl_queue *q, const struct dl_packet *p)
{
    int rc;

    if (!q->events.refused)
        return 0;
    rc = dl_expand(q->compressor, p->encoding, p->wire, p->wire_length, p->raw_length, &q->scratch,
                   NULL);
    if (rc == 0) /* without the brackets */
        rc = q->events.refused(q->events.context, p->first, q->scratch.data + 1, q->scratch.len - 2,
                               &q->refusal);
    dl_buffer_free(&q->scratch);
    return rc;
}

/* The one log of the packet is what the intake does not take. When no log at all is taken, the
 * cause is elsewhere (a proxy, an endpoint that is none), and throwing logs away would be wrong. */
static void refuse(struct dl_queue *q, struct dl_packet *p)
{
    if (q->refusals >= DL_REFUSALS_IN_A_ROW) {
        hold(q, p);
        return;
    }
    q->refusal = q->last_failure;
    if (tell_refused(q, p) < 0) {
        wait_for(q, p, -1);
        return;
    }
    q->refusals++;
    q->refused += p->count;
    unlink_packet(q, p);
    dl_packet_free(p);
}

static void split(struct dl_queue *q, struct dl_packet *p)
{
    struct dl_packet *a, *b;

    if (p->count == 1) {
        refuse(q, p);
        return;
    }
    if (dl_packet_divide(p, q->compressor, &q->scratch, &a, &b, &q->last_failure) < 0) {
        wait_for(q, p, -1); /* memory may come back */
        return;
    }
    link_at(q, &p->next, b);
    link_at(q, &p->next, a);
    unlink_packet(q, p);
    dl_packet_free(p);
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
    if (q->events.answered)
        q->events.answered(q->events.context, &delivery);
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
        commit(q, p, answer);
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

void dl_queue_resume(struct dl_queue *q)
{
    q->streak = 0;
    q->resume_ms = 0;
    q->problem.code = DL_OK;
    for (struct dl_packet *p = q->first; p; p = p->next)
        p->due_ms = 0;
}

struct dl_packet *dl_queue_expire(struct dl_queue *q, int64_t before_ms)
{
    struct dl_packet *expired = NULL, **end = &expired;

    for (struct dl_packet *p = q->first, *next; p; p = next) {
        next = p->next;
        if (p->transfer || p->taken_ms >= before_ms)
            continue;
        unlink_packet(q, p);
        p->next = NULL;
        *end = p;
        end = &p->next;
    }
    return expired;
}

bool dl_queue_backed_up(const struct dl_queue *q)
{
    return q->count >= q->flying + 4;
}
