#include "send/ledger.h"

void ledger_init(struct ledger *l, struct positions *positions,
                 const char *(*path)(const void *context, unsigned source),
                 const void *path_context)
{
    *l = (struct ledger){.positions = positions, .path = path, .path_context = path_context};
    pthread_mutex_init(&l->lock, NULL);
}

void ledger_free(struct ledger *l)
{
    watermark_free(&l->safe);
    checkpoints_free(&l->checkpoints);
    pthread_mutex_destroy(&l->lock);
}

void ledger_safe(struct ledger *l, uint64_t first, uint64_t count)
{
    pthread_mutex_lock(&l->lock);
    /* without memory the mark stays, and more than need be is sent again after a kill */
    (void)watermark_add(&l->safe, first, count);
    pthread_mutex_unlock(&l->lock);
}

void ledger_rest(struct ledger *l, unsigned source, const struct place *place)
{
    if (checkpoints_add(&l->checkpoints, l->number, source, place) == 0)
        l->since = 0;
}

void ledger_log(struct ledger *l, uint64_t number, unsigned source, const struct place *place)
{
    if (number)
        l->number = number;
    if (++l->since >= LEDGER_EVERY_LOGS)
        ledger_rest(l, source, place);
}

int ledger_wait(const struct ledger *l, int64_t now_ms)
{
    int64_t left = l->written_ms + LEDGER_EVERY_MS - now_ms;

    /* a checkpoint is passed by another thread's receipts, so it is looked at by the clock */
    if (!l->changed && !l->checkpoints.count)
        return -1;
    return left <= 0 ? 0 : left < LEDGER_EVERY_MS ? (int)left : LEDGER_EVERY_MS;
}

static uint64_t mark(struct ledger *l)
{
    uint64_t safe;

    pthread_mutex_lock(&l->lock);
    safe = l->safe.mark;
    pthread_mutex_unlock(&l->lock);
    return safe;
}

int ledger_save(struct ledger *l, int64_t now_ms, bool last, struct dl_error *err)
{
    struct checkpoint passed;
    uint64_t safe;
    int rc = 0;

    if (!last && ledger_wait(l, now_ms) != 0)
        return 0;
    l->written_ms = now_ms;
    safe = mark(l);
    while (rc == 0 && checkpoints_pass(&l->checkpoints, safe, &passed)) {
        rc = positions_set(l->positions, l->path(l->path_context, passed.source), &passed.place);
        l->changed = true;
    }
    if (rc < 0)
        return dl_error_set(err, (enum dl_code) - rc, "a position cannot be kept");
    if (!l->changed)
        return 0;
    rc = positions_write(l->positions, last, err);
    if (rc == 0)
        l->changed = false;
    return rc;
}
