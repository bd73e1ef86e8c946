/* The shipper's own thread: packs, hands on, delivers, and keeps its owner informed. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "sender/shipper_private.h"

#define EFFORT_MS 500   /* over which it is judged what limits: processor or network */
#define EXPIRE_MS 10000 /* between two looks for logs that grew too old */

/* ---- what the queue tells; in dl_http_poll, without the lock ---- */

static void delivered(void *context, uint64_t first, uint32_t count)
{
    dl_shipper_settle(context, DL_RECEIPT_DELIVERED, first, count, NULL);
}

static int refused(void *context, uint64_t number, const char *log, size_t length,
                   const struct dl_error *why)
{
    struct dl_shipper *s = context;
    int rc = s->spool ? dl_shipper_quarantine(s, number, log, length, why) : 0;

    if (rc < 0)
        return rc;
    /* first the reason: who sees the count of a spool asks for it at once */
    pthread_mutex_lock(&s->lock);
    s->seen.refusal = *why;
    pthread_mutex_unlock(&s->lock);
    dl_shipper_settle(s, DL_RECEIPT_QUARANTINED, number, 1, why);
    return 0;
}

const struct dl_queue_events dl_shipper_queue_events = {.delivered = delivered, .refused = refused};

/* ---- handing on ---- */

/* Logs of the ring into the queue, in their order; without a spool they are accepted by that. With
 * the lock held. */
static void hand_on(struct dl_shipper *s)
{
    struct dl_slot *slot;
    uint64_t first = 0, count = 0;

    s->stuck = false;
    while ((slot = dl_ring_packed(&s->ring, 0)) != NULL) {
        if (s->queue.count && s->queue.held + dl_packet_held(slot->packet) > s->memory) {
            s->stuck = true;
            break;
        }
        if (!count)
            first = slot->first;
        count += slot->packet->count;
        dl_queue_add(&s->queue, dl_ring_pop(&s->ring));
    }
    if (!count)
        return;
    s->accepted += count;
    dl_shipper_changed(s);
    pthread_mutex_unlock(&s->lock);
    dl_shipper_receipt(s, DL_RECEIPT_ACCEPTED, first, count, NULL);
    pthread_mutex_lock(&s->lock);
}

/* Milliseconds until the open batch is to be closed, -1: there is none. With the lock held. */
static int64_t close_lingering(struct dl_shipper *s)
{
    struct dl_slot *slot = dl_ring_filling(&s->ring);
    int64_t left;

    if (!slot)
        return -1;
    left = slot->batch->opened_ms + s->linger_ms - dl_clock_ms();
    if (left > 0 && slot->first > s->flush_to)
        return left;
    dl_ring_close_slot(&s->ring);
    return -1;
}

/* ---- age ---- */

/* Out of the queue; what is still on the disk is looked at when it is read. */
static void expire(struct dl_shipper *s)
{
    struct dl_packet *p, *next;

    if (!s->spool_age_ms || dl_clock_ms() < s->expire_ms)
        return;
    s->expire_ms = dl_clock_ms() + EXPIRE_MS;
    for (p = dl_queue_expire(&s->queue, dl_clock_wall_ms() - s->spool_age_ms); p; p = next) {
        next = p->next;
        dl_shipper_discard(s, p->first, p->count);
        dl_packet_free(p);
    }
}

/* Of logs that were discarded since the last time. */
static void tell_expired(struct dl_shipper *s)
{
    struct dl_error what;

    if (s->expired == s->expired_told)
        return;
    dl_error_set(&what, DL_E_EXPIRED, "%llu logs were not delivered within spool_age; discarded",
                 (unsigned long long)(s->expired - s->expired_told));
    s->expired_told = s->expired;
    dl_shipper_notice(s, &what);
}

/* ---- settings ---- */

/* Other settings take over as soon as nothing flies with the old ones. With the lock held. */
static void take_settings(struct dl_shipper *s)
{
    s->queue.paused = s->next_settings != NULL;
    if (!s->next_settings || s->queue.flying)
        return;
    dl_settings_free(s->settings);
    s->settings = s->next_settings;
    s->next_settings = NULL;
    s->queue.request = s->settings->target.request;
    s->queue.encoding = s->settings->config->encoding;
    s->queue.paused = false;
    dl_queue_resume(&s->queue);
}

static bool is_key_trouble(enum dl_code code)
{
    return code == DL_E_KEY_403 || code == DL_E_KEY_INTAKE;
}

/* Before the intake is asked again whether it takes the key, the key is read anew: it may have been
 * changed where it comes from. Without the lock. */
static void renew_key(struct dl_shipper *s)
{
    struct dl_key *key = NULL;

    if (!is_key_trouble(s->queue.problem.code) || !s->events.read_key || s->queue.flying ||
        s->queue.resume_ms > dl_clock_ms())
        return;
    if (s->events.read_key(s->events.context, &key, NULL) < 0 || !key)
        return;
    if (dl_key_equal(key, s->settings->key)) {
        dl_key_free(key);
        return;
    }
    dl_key_free(s->settings->key);
    s->settings->key = key;
    s->settings->target.request.key = s->queue.request.key = key;
    dl_queue_resume(&s->queue);
}

/* ---- telling ---- */

/* A hold, and its end, are told once. Without the lock. */
static void tell_problem(struct dl_shipper *s)
{
    struct dl_error over = {.code = DL_OK};
    enum dl_code code = s->queue.problem.code;

    if (code == s->told || (code && s->queue.problem.text[0] == '\0'))
        return;
    s->told = code;
    if (code) {
        dl_shipper_notice(s, &s->queue.problem);
        return;
    }
    dl_text_copy(over.text, sizeof over.text, "the logs are taken again; delivery goes on");
    dl_shipper_notice(s, &over);
}

static int64_t oldest_taken(const struct dl_queue *q)
{
    int64_t oldest = 0;

    for (const struct dl_packet *p = q->first; p; p = p->next)
        if (!oldest || p->taken_ms < oldest)
            oldest = p->taken_ms;
    return oldest;
}

/* With the lock held. */
static void publish(struct dl_shipper *s)
{
    const struct dl_queue *q = &s->queue;
    struct dl_queue_seen *seen = &s->seen;
    bool moved = seen->delivered != q->accepted || seen->refused != q->refused ||
                 seen->expired != s->expired || seen->held > q->held ||
                 seen->problem.code != q->problem.code;

    if (seen->refused != q->refused)
        seen->refusal = q->refusal;
    seen->pending = q->pending;
    seen->held = q->held;
    seen->delivered = q->accepted;
    seen->refused = q->refused;
    seen->expired = s->expired;
    seen->requests = q->requests;
    seen->retries = q->retries;
    seen->bytes = q->bytes;
    seen->wire_bytes = q->wire_bytes;
    seen->oldest_ms = oldest_taken(q);
    if (seen->problem.code != q->problem.code)
        seen->problem = q->problem;
    if (q->last_failure.code)
        seen->last_failure = q->last_failure;
    if (s->encoding == DL_ENCODING_ZSTD && q->encoding == DL_ENCODING_GZIP)
        s->encoding = DL_ENCODING_GZIP; /* it proved to be unknown there */
    if (moved)
        dl_shipper_changed(s);
}

/* ---- effort ---- */

/* When the thread mostly waits while requests queue up, the network is what limits: the idle
 * processor may as well pack smaller. Judged twice a second; with the lock held. */
static void judge_effort(struct dl_shipper *s)
{
    int64_t now = dl_clock_ms(), span = now - s->judged_ms;

    if (span < EFFORT_MS)
        return;
    s->effort = s->waited_ms > span * 6 / 10 && dl_queue_backed_up(&s->queue) ? DL_EFFORT_SMALL
                                                                              : DL_EFFORT_FAST;
    s->judged_ms = now;
    s->waited_ms = 0;
}

/* ---- the loop ---- */

static int64_t sooner(int64_t a, int64_t b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

static void drain_wake(struct dl_shipper *s)
{
    uint64_t count;

    while (read(s->wake, &count, sizeof count) < 0 && errno == EINTR)
        ;
}

/* Waits for the network, the callers or a timer. Without the lock. */
static void turn(struct dl_shipper *s, int64_t wait_ms)
{
    struct pollfd wake = {.fd = s->wake, .events = POLLIN};
    int64_t begun;

    if (wait_ms != 0 && s->spool && s->unsettled) {
        s->unsettled = false;
        dl_spool_rest(s->spool);
    }
    begun = wait_ms ? dl_clock_ms() : 0;
    if (dl_http_poll(s->http, &wake, 1, wait_ms < 0 ? 60000 : (int)sooner(wait_ms, 60000), NULL) <
        0)
        usleep(10000); /* no memory for a moment: no busy loop */
    if (wait_ms)
        s->waited_ms += dl_clock_ms() - begun;
    if (wake.revents)
        drain_wake(s);
}

/* One round; with the lock held, given up meanwhile. */
static void work(struct dl_shipper *s)
{
    int64_t wait = close_lingering(s);
    bool busy = dl_shipper_pack(s, s->packer);

    if (s->spool)
        busy |= dl_shipper_write(s);
    else
        hand_on(s);
    take_settings(s);
    pthread_mutex_unlock(&s->lock);
    expire(s);
    renew_key(s);
    if (s->spool)
        dl_shipper_feed(s);
    wait = sooner(wait, dl_queue_step(&s->queue));
    tell_problem(s);
    tell_expired(s);
    pthread_mutex_lock(&s->lock);
    publish(s);
    judge_effort(s);
    if (busy || s->ending)
        wait = 0;
    else if (s->ring.closed) /* no memory to pack them, for now */
        wait = sooner(wait, 10);
    if (s->spool && s->write_error.code)
        wait =
            sooner(wait, s->write_again_ms > dl_clock_ms() ? s->write_again_ms - dl_clock_ms() : 1);
    if (s->spool_age_ms)
        wait = sooner(wait, EXPIRE_MS);
    s->asleep = wait != 0;
    pthread_mutex_unlock(&s->lock);
    turn(s, wait);
    pthread_mutex_lock(&s->lock);
    s->asleep = false;
}

void *dl_shipper_run(void *shipper)
{
    struct dl_shipper *s = shipper;

    pthread_mutex_lock(&s->lock);
    while (!s->ending)
        work(s);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}
