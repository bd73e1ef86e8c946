#include "sender/sender.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "record/frame.h"
#include "sender/batch.h"
#include "sender/delivery.h"

#define LINGER_MS 1000
#define MEMORY ((size_t)32 * 1024 * 1024)
#define URL_MAX (32 * 1024)
#define PATH "/api/v2/logs"

struct dl_sender {
    const struct dl_integration *integration;
    struct dl_frame *frames[DL_SERVICES_MAX]; /* one for each service of the manifest */
    struct dl_batch batch;
    struct dl_queue queue;
    struct dl_buffer url;
    int linger_ms;
    size_t memory;
    uint64_t taken, refused, cut, replaced, renamed, clashed, flattened, aged, ahead;
};

/* What one call hands in. */
struct log {
    const char *bytes;
    size_t len;
    bool json;
    const char *status;
    const struct dl_frame *frame;
};

static int make_url(struct dl_sender *s, const struct dl_config *config, struct dl_error *err)
{
    struct dl_endpoint endpoint;
    int rc = dl_endpoint_from_config(&endpoint, config, err);

    if (rc < 0)
        return rc;
    dl_buffer_init(&s->url, URL_MAX);
    rc = dl_buffer_format(&s->url, "%s" PATH "%s", endpoint.intake,
                          config->tags_in == DL_TAGS_IN_QUERY && config->tags.count ? "?" : "");
    if (rc < 0)
        return dl_error_set(err, (enum dl_code) - rc, "no memory for the address");
    return dl_frame_query(&s->url, config, err);
}

static int make_frames(struct dl_sender *s, const struct dl_sender_options *options,
                       struct dl_error *err)
{
    for (size_t i = 0; i < options->integration->service_count && i < DL_SERVICES_MAX; i++) {
        int rc = dl_frame_new(&s->frames[i], options->integration, options->config,
                              options->integration->services[i], options->hostname, err);

        if (rc < 0)
            return rc;
    }
    return 0;
}

static int prepare(struct dl_sender *s, struct dl_http *http,
                   const struct dl_sender_options *options, struct dl_error *err)
{
    struct dl_http_request request = {.method = DL_HTTP_POST,
                                      .key = options->key,
                                      .proxy = options->proxy,
                                      .ca_file = options->config->ca_file,
                                      .connect_to = options->config->connect_to,
                                      .timeout_ms = options->timeout_ms};
    int rc = make_url(s, options->config, err);

    if (rc == 0)
        rc = make_frames(s, options, err);
    request.url = dl_buffer_string(&s->url);
    return rc == 0 ? dl_queue_init(&s->queue, http, &request, options, err) : rc;
}

int dl_sender_new(struct dl_sender **out, struct dl_http *http,
                  const struct dl_sender_options *options, struct dl_error *err)
{
    struct dl_sender *s = calloc(1, sizeof *s);
    int rc;

    if (!s)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the sender");
    s->integration = options->integration;
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
    for (size_t i = 0; i < DL_SERVICES_MAX; i++)
        dl_frame_free(s->frames[i]);
    dl_buffer_free(&s->url);
    free(s);
}

static int frame_of(const struct dl_frame **out, const struct dl_sender *s, const char *service,
                    struct dl_error *err)
{
    *out = s->frames[0];
    if (!service)
        return 0;
    for (size_t i = 0; i < s->integration->service_count; i++)
        if (strcmp(s->integration->services[i], service) == 0) {
            *out = s->frames[i];
            return 0;
        }
    return dl_error_set(err, DL_E_VALUE,
                        "the integration has no service \"%.100s\"; use one of its manifest, for "
                        "example \"%s\"",
                        service, s->integration->services[0]);
}

/* Hands the open batch over; there is one. */
static int close_batch(struct dl_sender *s, struct dl_error *err)
{
    int rc = dl_queue_add(&s->queue, &s->batch, err);

    if (rc == 0)
        dl_queue_step(&s->queue);
    return rc;
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

/* Writes the log into the open batch, or leaves the batch as it was. */
static int append(struct dl_sender *s, const struct log *log, unsigned *notes, struct dl_error *err)
{
    int rc = dl_batch_begin(&s->batch);

    if (rc < 0)
        return rc;
    if (log->json)
        rc = dl_record_json(&s->batch.body, log->frame, log->bytes, log->len, notes, err);
    else
        rc = dl_record_text(&s->batch.body, log->frame, log->bytes, log->len, log->status, notes,
                            err);
    if (rc < 0)
        dl_batch_undo(&s->batch);
    else
        dl_batch_keep(&s->batch);
    return rc;
}

static void count_notes(struct dl_sender *s, unsigned notes)
{
    s->cut += (notes & DL_NOTE_CUT) != 0;
    s->replaced += (notes & DL_NOTE_REPLACED) != 0;
    s->renamed += (notes & DL_NOTE_RENAMED) != 0;
    s->clashed += (notes & DL_NOTE_CLASH) != 0;
    s->flattened += (notes & DL_NOTE_ARRAYS) != 0;
    s->aged += (notes & DL_NOTE_AGED) != 0;
    s->ahead += (notes & DL_NOTE_AHEAD) != 0;
}

static int take(struct dl_sender *s, const struct log *log, struct dl_error *err)
{
    unsigned notes = 0;
    int rc = make_room(s, log->len, err);

    if (rc < 0)
        return rc;
    rc = append(s, log, &notes, err);
    if (rc == -DL_E_LIMIT && s->batch.count) {
        rc = close_batch(s, err);
        if (rc == 0)
            rc = append(s, log, &notes, err);
    }
    if (rc == -DL_E_RECORD) {
        s->taken++;
        s->refused++;
        dl_error_set(&s->queue.refusal, DL_E_RECORD,
                     "a JSON log of %zu bytes is larger than the intake takes, and has no message "
                     "that a cut could shorten",
                     log->len);
    }
    if (rc == -DL_E_NOMEM || rc == -DL_E_LIMIT)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a log of %zu bytes", log->len);
    if (rc < 0)
        return rc;
    s->taken++;
    if (notes)
        count_notes(s, notes);
    if (s->batch.count == 1)
        s->batch.opened_ms = dl_clock_ms();
    /* The log is in: should closing fail for want of memory, the next call or step tries again. */
    if (s->batch.count == DL_BATCH_ENTRIES)
        (void)close_batch(s, NULL);
    return 0;
}

int dl_sender_text(struct dl_sender *s, const char *text, size_t len, const char *status,
                   const char *service, struct dl_error *err)
{
    struct log log = {.bytes = text, .len = len, .status = status};
    int rc = frame_of(&log.frame, s, service, err);

    return rc < 0 ? rc : take(s, &log, err);
}

int dl_sender_json(struct dl_sender *s, const char *json, size_t len, const char *service,
                   struct dl_error *err)
{
    struct log log = {.bytes = json, .len = len, .json = true};
    int rc = frame_of(&log.frame, s, service, err);

    return rc < 0 ? rc : take(s, &log, err);
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

    *out = (struct dl_sender_stats){.taken = s->taken,
                                    .accepted = q->accepted,
                                    .pending = q->pending + s->batch.count,
                                    .refused = q->refused + s->refused,
                                    .requests = q->requests,
                                    .retries = q->retries,
                                    .bytes = q->bytes,
                                    .wire_bytes = q->wire_bytes,
                                    .cut = s->cut,
                                    .replaced = s->replaced,
                                    .renamed = s->renamed,
                                    .clashed = s->clashed,
                                    .flattened = s->flattened,
                                    .aged = s->aged,
                                    .ahead = s->ahead};
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
