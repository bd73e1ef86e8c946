#include "spool/oracle.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

void oracle_begin(struct oracle *o, struct sim *sim, const char *folder)
{
    *o = (struct oracle){.sim = sim, .body_max = 1500};
    strncpy(o->folder, folder, sizeof o->folder - 1);
    o->options = (struct dl_spool_options){.disk = sim_disk(sim), .segment_bytes = 4000};
    dl_buffer_init(&o->body, DL_SPOOL_BODY_MAX);
}

void oracle_end(struct oracle *o)
{
    dl_spool_close(o->spool);
    free(o->records);
    dl_buffer_free(&o->body);
    *o = (struct oracle){0};
}

/* The bytes of a record follow from its place in the list. */
static void fill(char *to, size_t length, uint64_t id)
{
    uint64_t x = id * 0x9e3779b97f4a7c15u + 1;

    for (size_t i = 0; i < length; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        to[i] = (char)(x >> 24);
    }
    memcpy(to, &id, sizeof id);
}

int oracle_open(struct oracle *o)
{
    int rc = dl_spool_open(&o->spool, o->folder, &o->options, NULL);

    if (rc < 0)
        return rc;
    o->session++;
    o->held_count = o->unsynced = 0;
    return rc;
}

void oracle_close(struct oracle *o)
{
    dl_spool_close(o->spool);
    o->spool = NULL;
    o->held_count = o->unsynced = 0;
    assert_int_equal(sim_open_files(o->sim), 0);
}

static struct record *new_record(struct oracle *o)
{
    if (o->record_count == o->record_room) {
        o->record_room = o->record_room * 2 + 64;
        o->records = realloc(o->records, o->record_room * sizeof *o->records);
        assert_non_null(o->records);
    }
    o->records[o->record_count] = (struct record){.session = o->session};
    return &o->records[o->record_count];
}

int oracle_append(struct oracle *o)
{
    struct record *record = new_record(o);
    struct dl_spool_entry entry = {.encoding = 1, .raw_length = 77, .taken_ms = 1000};
    char *body;
    int rc;

    record->count = 1 + (uint32_t)sim_below(o->sim, sim_below(o->sim, 4) ? 3 : 1000);
    record->length = 8 + (uint32_t)sim_below(o->sim, o->body_max);
    body = malloc(record->length);
    assert_non_null(body);
    fill(body, record->length, o->record_count);
    entry.count = record->count;
    entry.body = body;
    entry.length = record->length;
    rc = dl_spool_append(o->spool, &entry, NULL);
    free(body);
    o->record_count++;
    if (rc < 0) { /* killed in the middle, it may be there whole all the same */
        record->failed = true;
        return rc;
    }
    record->first = entry.first;
    o->unsynced++;
    return 0;
}

int oracle_sync(struct oracle *o)
{
    int rc = dl_spool_sync(o->spool, NULL);

    for (size_t i = o->record_count; o->unsynced; i--) {
        if (o->records[i - 1].failed)
            continue;
        o->records[i - 1].accepted = rc == 0;
        o->records[i - 1].refused = rc != 0;
        o->unsynced--;
    }
    return rc;
}

static void check_given(struct oracle *o, const struct dl_spool_entry *entry)
{
    struct record *record;
    uint64_t id = UINT64_MAX;
    char *body;

    assert_true(entry->length >= sizeof id);
    memcpy(&id, entry->body, sizeof id);
    assert_true(id < o->record_count);
    record = &o->records[id];
    assert_int_equal(entry->length, record->length);
    body = malloc(record->length);
    assert_non_null(body);
    fill(body, record->length, id);
    assert_memory_equal(body, entry->body, record->length);
    free(body);
    assert_true(entry->first == record->first || record->failed);
    record->first = entry->first;
    assert_int_equal(entry->count, record->count);
    assert_int_equal(entry->encoding, 1);
    assert_int_equal(entry->raw_length, 77);
    /* what a failed sync left is not given out by the object that failed */
    assert_false(record->refused && record->session == o->session);
    assert_true(record->accepted || record->session != o->session);
    assert_true(record->given_session != o->session);
    o->duplicates += record->settled;
    record->given++;
    record->given_session = o->session;
    assert_true(o->held_count < DL_SPOOL_AHEAD);
    o->held[o->held_count++] = id;
}

int oracle_next(struct oracle *o)
{
    struct dl_spool_entry entry;
    int rc = dl_spool_next(o->spool, &entry, &o->body, NULL);

    if (rc == 1)
        check_given(o, &entry);
    return rc;
}

static void refuse(struct oracle *o, uint64_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (dl_spool_quarantine(o->spool, first + i, "{\"reason\":\"400\"}", 16, NULL) == 0)
            dl_spool_settle(o->spool, first + i, 1, DL_SPOOL_QUARANTINED);
        else
            dl_spool_settle(o->spool, first + i, 1, DL_SPOOL_DISCARDED);
}

void oracle_settle(struct oracle *o)
{
    size_t i = sim_below(o->sim, o->held_count);
    struct record *record;
    uint32_t half;

    if (o->held_count == 0)
        return;
    record = &o->records[o->held[i]];
    half = record->count / 2;
    switch (record->count < 10 ? sim_below(o->sim, 6) : 1 + sim_below(o->sim, 5)) {
    case 0:
        refuse(o, record->first, record->count);
        break;
    case 1: /* in parts, the same one twice */
        dl_spool_settle(o->spool, record->first + half, record->count - half, DL_SPOOL_DELIVERED);
        oracle_counts(o);
        dl_spool_settle(o->spool, record->first + half, record->count - half, DL_SPOOL_DISCARDED);
        dl_spool_settle(o->spool, record->first, half, DL_SPOOL_DISCARDED);
        break;
    default:
        dl_spool_settle(o->spool, record->first, record->count, DL_SPOOL_DELIVERED);
    }
    record->settled = true;
    o->held[i] = o->held[--o->held_count];
}

void oracle_counts(struct oracle *o)
{
    struct dl_spool_counts c;

    dl_spool_counts(o->spool, &c);
    assert_int_equal(c.accepted, c.delivered + c.pending + c.quarantined + c.damaged + c.discarded);
    assert_true(c.pending <= c.accepted);
    assert_true(c.delivered <= c.accepted);
}

void oracle_step(struct oracle *o)
{
    switch (sim_below(o->sim, 9)) {
    case 0:
    case 1:
    case 2:
        oracle_append(o);
        break;
    case 3:
        oracle_sync(o);
        break;
    case 4:
    case 5:
        oracle_next(o);
        break;
    case 6:
    case 7:
        oracle_settle(o);
        break;
    default:
        dl_spool_rest(o->spool);
    }
    oracle_counts(o);
}

void oracle_drain(struct oracle *o)
{
    int rc;

    do {
        rc = oracle_next(o);
        if (rc <= 0 || sim_below(o->sim, 2))
            oracle_settle(o);
        oracle_counts(o);
    } while (rc == 1 || o->held_count);
    assert_int_equal(rc, 0);
}

void oracle_expect_all(struct oracle *o, uint64_t lost)
{
    struct dl_spool_counts c;
    uint64_t missing = 0;

    for (size_t i = 0; i < o->record_count; i++)
        if (o->records[i].accepted && !o->records[i].settled)
            missing += o->records[i].count;
    dl_spool_counts(o->spool, &c);
    assert_true(missing <= lost);
    assert_int_equal(c.pending, 0);
    if (lost == 0)
        assert_int_equal(c.damaged, 0);
    oracle_counts(o);
}
