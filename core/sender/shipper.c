#include "sender/shipper.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "sender/shipper_private.h"

#define LINGER_MS 1000
#define MEMORY ((size_t)6 * 1024 * 1024)
#define LOOK_MS 1000 /* a waiting call looks again at the latest then */

/* ---- telling ---- */

void dl_shipper_receipt(struct dl_shipper *s, enum dl_receipt receipt, uint64_t first,
                        uint64_t count, const struct dl_error *why)
{
    if (s->events.receipt && count)
        s->events.receipt(s->events.context, receipt, first, count, why);
}

void dl_shipper_notice(struct dl_shipper *s, const struct dl_error *what)
{
    if (s->events.notice)
        s->events.notice(s->events.context, what);
}

void dl_shipper_wake(struct dl_shipper *s)
{
    static const uint64_t one = 1;

    if (!s->asleep)
        return;
    s->asleep = false;
    while (write(s->wake, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

void dl_shipper_changed(struct dl_shipper *s)
{
    if (s->waiters)
        pthread_cond_broadcast(&s->changed);
}

/* ---- opening and closing ---- */

/* One page that a child of fork() finds zeroed, whatever thread forked. */
static int make_alive(struct dl_shipper *s, struct dl_error *err)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the sender");
    s->alive = p;
    if (madvise(p, page, MADV_WIPEONFORK) < 0)
        return dl_error_set_errno(err, DL_E_INTERNAL, errno,
                                  "the sender cannot be made safe for fork");
    *p = 1;
    return 0;
}

static bool is_child(const struct dl_shipper *s)
{
    return !s->alive || !*s->alive;
}

static int refuse_child(struct dl_error *err)
{
    return dl_error_set(err, DL_E_FORK,
                        "this process was forked from the one that opened the sender; open one of "
                        "its own after fork()");
}

static int open_spool(struct dl_shipper *s, const struct dl_config *config, struct dl_error *err)
{
    const struct dl_spool_options options = {.bytes = dl_config_spool_bytes(config)};
    struct dl_spool_counts counts;
    int rc;

    if (!config->spool)
        return 0;
    rc = dl_spool_open(&s->spool, config->spool, &options, err);
    if (rc < 0)
        return rc;
    dl_spool_counts(s->spool, &counts);
    s->offset = counts.accepted;
    s->damage_told = counts.damaged;
    return 0;
}

static int make_parts(struct dl_shipper *s, const struct dl_shipper_options *options,
                      struct dl_error *err)
{
    const struct dl_config *config = options->settings.config;
    struct dl_queue_events events = dl_shipper_queue_events;
    int rc = make_alive(s, err);

    events.context = s;
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (rc == 0 && s->wake < 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "no descriptor for the sender");
    if (rc == 0)
        rc = dl_collector_init(&s->collector, s->integration, config, s->hostname, true, err);
    if (rc == 0)
        rc = dl_settings_new(&s->settings, &options->settings, err);
    if (rc == 0)
        rc = dl_compressor_new(&s->helper, err);
    if (rc == 0)
        rc = dl_compressor_new(&s->packer, err);
    if (rc == 0)
        rc = dl_http_new(&s->http, err);
    if (rc == 0)
        rc = dl_queue_init(&s->queue, s->http, &s->settings->target.request, config->encoding, 0,
                           &events, err);
    return rc == 0 ? open_spool(s, config, err) : rc;
}

/* All signals stay with the program's own threads. */
static int start_thread(struct dl_shipper *s, struct dl_error *err)
{
    sigset_t all, before;
    int failure;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failure = pthread_create(&s->thread, NULL, dl_shipper_run, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure)
        return dl_error_set_errno(err, DL_E_NOMEM, failure, "no thread for the sender");
    s->thread_runs = true;
    return 0;
}

static void init_locks(struct dl_shipper *s)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&s->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

int dl_shipper_open(struct dl_shipper **out, const struct dl_shipper_options *options,
                    struct dl_error *err)
{
    struct dl_shipper *s = calloc(1, sizeof *s);
    int rc = 0;

    if (!s)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the sender");
    init_locks(s);
    dl_ring_init(&s->ring);
    dl_buffer_init(&s->body, DL_SPOOL_BODY_MAX);
    dl_buffer_init(&s->held_body, DL_SPOOL_BODY_MAX);
    dl_batch_init(&s->merged);
    s->events = options->events;
    s->integration = options->integration;
    s->when_full = options->settings.config->when_full;
    s->spool_age_ms = dl_config_spool_age_ms(options->settings.config);
    s->encoding = options->settings.config->encoding;
    s->linger_ms = options->linger_ms ? options->linger_ms : LINGER_MS;
    s->memory = options->memory ? options->memory : MEMORY;
    s->wake = -1;
    if (options->hostname && !(s->hostname = strdup(options->hostname)))
        rc = dl_error_set(err, DL_E_NOMEM, "no memory for the sender");
    if (rc == 0)
        rc = make_parts(s, options, err);
    if (rc == 0)
        rc = start_thread(s, err);
    if (rc < 0) {
        dl_shipper_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

static void end_thread(struct dl_shipper *s)
{
    if (!s->thread_runs)
        return;
    pthread_mutex_lock(&s->lock);
    s->ending = true;
    dl_shipper_wake(s);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
}

void dl_shipper_close(struct dl_shipper *s)
{
    if (!s || (s->thread_runs && is_child(s)))
        return;
    end_thread(s);
    if (s->queue.last)
        dl_queue_free(&s->queue);
    if (s->http)
        dl_http_free(s->http);
    dl_spool_close(s->spool);
    dl_settings_free(s->settings);
    dl_settings_free(s->next_settings);
    dl_compressor_free(s->helper);
    dl_compressor_free(s->packer);
    dl_collector_free(&s->collector);
    dl_ring_free(&s->ring);
    dl_batch_free(&s->merged);
    dl_buffer_free(&s->body);
    dl_buffer_free(&s->held_body);
    if (s->wake >= 0)
        close(s->wake);
    if (s->alive)
        munmap(s->alive, (size_t)sysconf(_SC_PAGESIZE));
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s->hostname);
    free(s);
}

/* ---- waiting ---- */

/* Milliseconds until the deadline, at most LOOK_MS; a negative deadline is none. */
static int64_t left_until(int64_t deadline)
{
    int64_t left = deadline < 0 ? LOOK_MS : deadline - dl_clock_ms();

    return left < 0 ? 0 : left < LOOK_MS ? left : LOOK_MS;
}

static int64_t deadline_of(int timeout_ms)
{
    return timeout_ms < 0 ? -1 : dl_clock_ms() + timeout_ms;
}

/* Until something moved or some time is over. With the lock held. */
static void wait_for_change(struct dl_shipper *s, int64_t deadline)
{
    int64_t left = left_until(deadline);
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += left / 1000;
    until.tv_nsec += left % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    dl_shipper_wake(s);
    s->waiters++;
    pthread_cond_timedwait(&s->changed, &s->lock, &until);
    s->waiters--;
}

bool dl_shipper_pack(struct dl_shipper *s, struct dl_compressor *compressor)
{
    struct dl_slot *slot = dl_ring_begin_packing(&s->ring);
    struct dl_packet *packet = NULL;
    enum dl_encoding encoding = s->encoding;
    enum dl_effort effort = s->effort;

    if (!slot)
        return false;
    /* What is too small to shrink is put together with others when the spool is read. */
    if (s->spool && slot->batch->body.len < 2000)
        encoding = DL_ENCODING_NONE;
    pthread_mutex_unlock(&s->lock);
    if (dl_packet_new(&packet, compressor, encoding, effort, slot->batch->body.data,
                      slot->batch->body.len, NULL) < 0)
        packet = NULL; /* memory may come back */
    pthread_mutex_lock(&s->lock);
    dl_ring_end_packing(&s->ring, slot, packet);
    dl_shipper_changed(s);
    return packet != NULL;
}

/* The caller does what it would wait for: packs, or writes to the spool. */
static bool help(struct dl_shipper *s)
{
    bool packed;

    if (s->helping || !s->ring.closed)
        return dl_shipper_write(s);
    s->helping = true;
    packed = dl_shipper_pack(s, s->helper);
    s->helping = false;
    return packed;
}

static int full(struct dl_shipper *s, struct dl_error *err)
{
    if (s->write_error.code) {
        if (err)
            *err = s->write_error;
        return dl_error_set(err, DL_E_FULL, "the spool takes no more logs: %s",
                            s->write_error.text);
    }
    return dl_error_set(err, DL_E_FULL, "%llu logs wait for delivery already",
                        (unsigned long long)(s->taken - s->seen.delivered));
}

/* 0: there may be room now; 1: the log is dropped; or -DL_E_FULL. With the lock held. */
static int wait_for_room(struct dl_shipper *s, int64_t deadline, struct dl_error *err)
{
    if (help(s))
        return 0;
    if (s->stuck && s->when_full == DL_WHEN_FULL_DROP) {
        s->dropped++;
        return 1;
    }
    if ((s->stuck && s->when_full == DL_WHEN_FULL_FAIL) || left_until(deadline) == 0)
        return full(s, err);
    wait_for_change(s, deadline);
    return 0;
}

/* ---- taking ---- */

/* What is packed stays within the memory; an open batch is filled all the same. */
static bool has_room(struct dl_shipper *s)
{
    return s->ring.held + s->seen.held < s->memory || dl_ring_filling(&s->ring);
}

static void note_refusal(struct dl_shipper *s, const struct dl_log *log)
{
    dl_error_set(&s->seen.refusal, DL_E_RECORD,
                 "a JSON log of %zu bytes is larger than the intake takes, and has no message that "
                 "a cut could shorten",
                 log->len);
}

static int take(struct dl_shipper *s, const struct dl_log *log, int wait_ms, uint64_t *number,
                struct dl_error *err)
{
    int64_t deadline = INT64_MIN;

    for (;;) {
        struct dl_slot *slot = has_room(s) ? dl_ring_open_slot(&s->ring, s->taken + 1) : NULL;
        int rc;

        if (!slot) {
            if (deadline == INT64_MIN)
                deadline = deadline_of(wait_ms);
            rc = wait_for_room(s, deadline, err);
            if (rc == 0)
                continue;
            *number = 0;
            return rc < 0 ? rc : 0;
        }
        rc = dl_collector_take(&s->collector, slot->batch, log, err);
        if (rc == -DL_E_LIMIT) {
            dl_ring_close_slot(&s->ring);
            dl_shipper_wake(s);
            continue;
        }
        if (rc == -DL_E_RECORD)
            note_refusal(s, log);
        if (rc < 0)
            return rc;
        *number = ++s->taken;
        if (slot->batch->count == DL_BATCH_ENTRIES ||
            slot->batch->body.len >= DL_RING_BATCH_BYTES) {
            dl_ring_close_slot(&s->ring);
            dl_shipper_wake(s);
        } else if (slot->batch->count == 1) {
            dl_shipper_wake(s); /* to learn when its linger is over */
        }
        return 0;
    }
}

int dl_shipper_take(struct dl_shipper *s, const struct dl_log *log, int wait_ms, uint64_t *number,
                    struct dl_error *err)
{
    uint64_t own = 0;
    int rc;

    if (is_child(s))
        return refuse_child(err);
    pthread_mutex_lock(&s->lock);
    rc = take(s, log, wait_ms, &own, err);
    pthread_mutex_unlock(&s->lock);
    if (rc == 0 && number)
        *number = own;
    return rc;
}

/* ---- commit, flush ---- */

int dl_shipper_commit(struct dl_shipper *s, int timeout_ms, struct dl_error *err)
{
    int64_t deadline = deadline_of(timeout_ms);
    uint64_t target;
    int rc = 0;

    if (is_child(s))
        return refuse_child(err);
    pthread_mutex_lock(&s->lock);
    target = s->taken;
    while (s->spool && s->accepted < target) {
        struct dl_slot *filling = dl_ring_filling(&s->ring);

        if (filling && filling->first <= target)
            dl_ring_close_slot(&s->ring);
        if (help(s))
            continue;
        if (left_until(deadline) == 0) {
            rc = full(s, err);
            break;
        }
        wait_for_change(s, deadline);
    }
    pthread_mutex_unlock(&s->lock);
    return rc;
}

static bool all_delivered(struct dl_shipper *s)
{
    struct dl_spool_counts counts;

    if (!dl_ring_idle(&s->ring))
        return false;
    if (!s->spool)
        return s->accepted == s->seen.delivered + s->seen.refused + s->seen.expired;
    dl_spool_counts(s->spool, &counts);
    return counts.pending == 0;
}

int dl_shipper_flush(struct dl_shipper *s, int timeout_ms, struct dl_error *err)
{
    int64_t deadline = deadline_of(timeout_ms);
    int rc = 0;

    if (is_child(s))
        return refuse_child(err);
    pthread_mutex_lock(&s->lock);
    s->flush_to = s->taken;
    dl_shipper_wake(s);
    while (rc == 0 && !all_delivered(s)) {
        if (s->seen.problem.code || left_until(deadline) == 0)
            rc = -DL_E_UNDELIVERED;
        else
            wait_for_change(s, deadline);
    }
    pthread_mutex_unlock(&s->lock);
    if (rc < 0)
        dl_error_set(err, DL_E_UNDELIVERED, "logs are not delivered yet");
    return rc;
}

/* ---- settings, figures ---- */

int dl_shipper_reload(struct dl_shipper *s, const struct dl_shipper_settings *settings,
                      struct dl_error *err)
{
    struct dl_settings *made, *unused;
    struct dl_collector collector;
    int rc;

    if (is_child(s))
        return refuse_child(err);
    rc = dl_settings_new(&made, settings, err);
    if (rc < 0)
        return rc;
    rc = dl_collector_init(&collector, s->integration, made->config, s->hostname, true, err);
    if (rc < 0) {
        dl_settings_free(made);
        return rc;
    }
    pthread_mutex_lock(&s->lock);
    dl_collector_swap(&s->collector, &collector);
    s->encoding = made->config->encoding;
    unused = s->next_settings;
    s->next_settings = made;
    dl_shipper_wake(s);
    pthread_mutex_unlock(&s->lock);
    dl_collector_free(&collector);
    dl_settings_free(unused);
    return 0;
}

static void fill_counts(struct dl_shipper *s, struct dl_shipper_stats *out)
{
    const struct dl_queue_seen *seen = &s->seen;
    int64_t now = dl_clock_wall_ms(), oldest = seen->oldest_ms;

    if (s->spool) {
        struct dl_spool_counts c;

        dl_spool_counts(s->spool, &c);
        out->accepted = c.accepted;
        out->delivered = c.delivered;
        out->pending = c.pending;
        out->quarantined = c.quarantined;
        out->damaged = c.damaged;
        out->discarded = c.discarded;
        oldest = c.oldest_ms;
    } else {
        out->accepted = s->taken;
        out->delivered = seen->delivered;
        out->quarantined = seen->refused;
        out->discarded = seen->expired;
        out->pending = s->taken - seen->delivered - seen->refused - seen->expired;
    }
    out->waiting = s->spool ? s->taken - s->accepted : 0;
    out->oldest_ms = oldest && oldest < now ? (uint64_t)(now - oldest) : 0;
}

int dl_shipper_stats(struct dl_shipper *s, struct dl_shipper_stats *out, struct dl_error *err)
{
    if (is_child(s))
        return refuse_child(err);
    memset(out, 0, sizeof *out);
    pthread_mutex_lock(&s->lock);
    out->taken = s->taken;
    out->dropped = s->dropped;
    out->requests = s->seen.requests;
    out->retries = s->seen.retries;
    out->bytes = s->seen.bytes;
    out->wire_bytes = s->seen.wire_bytes;
    out->notes = s->collector.notes;
    fill_counts(s, out);
    pthread_mutex_unlock(&s->lock);
    return 0;
}

void dl_shipper_troubles(struct dl_shipper *s, struct dl_error *problem,
                         struct dl_error *last_failure, struct dl_error *refusal)
{
    if (is_child(s)) {
        problem->code = last_failure->code = refusal->code = DL_OK;
        refuse_child(problem);
        return;
    }
    pthread_mutex_lock(&s->lock);
    *problem = s->seen.problem;
    *last_failure = s->seen.last_failure;
    *refusal = s->seen.refusal;
    pthread_mutex_unlock(&s->lock);
}
