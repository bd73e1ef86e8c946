/* What others do to the files: flipped bits, cut, swapped, missing and strange files. Only the logs
 * that are touched are lost, each is counted, and nothing stands in the way. One case in 20 by
 * default, each with DDLOGS_TORTURE set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/entry.h"
#include "spool/inspect.h"
#include "spool/oracle.h"

#define ENTRIES 70
#define PLACES 200

/* Where an entry stands. */
struct place {
    char file[64];
    size_t offset, end;
    uint64_t first;
};

static char folder[64];
static struct oracle made; /* with the spool that every case begins with */
static struct place places[PLACES];
static size_t place_count;

static bool is_segment(const char *name)
{
    return strlen(name) == 20 && strcmp(name + 16, ".seg") == 0;
}

static void find_places(void)
{
    const char *name;

    for (size_t i = 0; (name = sim_name(made.sim, i)); i++) {
        const unsigned char *bytes = sim_bytes(made.sim, name);
        size_t at = DL_SEGMENT_HEADER;
        struct dl_entry_header header;

        for (; is_segment(name) && at < sim_size(made.sim, name); at = places[place_count++].end) {
            assert_true(dl_entry_header_read(&header, bytes + at));
            assert_true(place_count < PLACES);
            places[place_count].offset = at;
            places[place_count].end = at + DL_ENTRY_HEADER + header.length;
            places[place_count].first = header.first;
            snprintf(places[place_count].file, sizeof places[0].file, "%s", name);
        }
    }
}

static int make_spool(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/ddlogs-unit-XXXXXX");
    assert_non_null(mkdtemp(folder));
    oracle_begin(&made, sim_new(11), folder);
    made.options.segment_bytes = 9000;
    assert_int_equal(oracle_open(&made), 0);
    for (int i = 0; i < ENTRIES; i++) {
        assert_int_equal(oracle_append(&made), 0);
        assert_int_equal(oracle_sync(&made), 0);
    }
    for (int i = 0; i < ENTRIES / 3; i++)
        assert_int_equal(oracle_next(&made), 1);
    while (made.held_count > 4)
        oracle_settle(&made);
    oracle_close(&made);
    find_places();
    assert_true(sim_total(made.sim) > 40000 && sim_total(made.sim) < 80000);
    return 0;
}

static int remove_spool(void **state)
{
    struct sim *sim = made.sim;

    (void)state;
    oracle_end(&made);
    sim_free(sim);
    return rmdir(folder);
}

/* ---- one case ---- */

static void begin(struct oracle *o)
{
    *o = made;
    o->sim = sim_copy(made.sim);
    o->options.disk = sim_disk(o->sim);
    o->records = malloc(made.record_count * sizeof *o->records);
    assert_non_null(o->records);
    memcpy(o->records, made.records, made.record_count * sizeof *o->records);
    o->record_room = made.record_count;
    dl_buffer_init(&o->body, DL_SPOOL_BODY_MAX);
}

static void end(struct oracle *o)
{
    struct sim *sim = o->sim;

    oracle_end(o);
    assert_int_equal(sim_open_files(sim), 0);
    sim_free(sim);
}

static const struct place *place_of(uint64_t first)
{
    for (size_t i = 0; i < place_count; i++)
        if (places[i].first == first)
            return &places[i];
    return NULL;
}

/* What was touched: bytes [from, to) of a file, or of two. */
struct touch {
    const char *file, *other;
    size_t from, to;
};

static bool touched(const struct touch *t, const struct place *place)
{
    if (t->other && strcmp(t->other, place->file) == 0)
        return true;
    return t->file && strcmp(t->file, place->file) == 0 && place->offset < t->to &&
           place->end > t->from;
}

/* Logs that never came out; each of them was touched. */
static uint64_t lost(const struct oracle *o, const struct touch *t)
{
    uint64_t logs = 0;

    for (size_t i = 0; i < o->record_count; i++) {
        const struct record *record = &o->records[i];

        if (record->settled)
            continue;
        assert_non_null(place_of(record->first));
        assert_true(touched(t, place_of(record->first)));
        logs += record->count;
    }
    return logs;
}

static int count_logs(void *context, const struct dl_spool_entry *entry)
{
    *(uint64_t *)context += entry->count;
    return 0;
}

static void walk_counts(const struct oracle *o, uint64_t *logs)
{
    *logs = 0;
    assert_int_equal(
        dl_spool_walk_on(folder, sim_disk(o->sim), DL_SPOOL_PENDING, true, count_logs, logs, NULL),
        0);
}

static void discard_copy(struct oracle *o)
{
    struct sim *copy = sim_copy(o->sim);
    struct dl_spool_counts c;
    uint64_t logs;

    assert_int_equal(dl_spool_discard_on(&logs, folder, sim_disk(copy), DL_SPOOL_PENDING, NULL), 0);
    assert_int_equal(dl_spool_discard_on(&logs, folder, sim_disk(copy), DL_SPOOL_QUARANTINE, NULL),
                     0);
    assert_int_equal(dl_spool_look_on(&c, NULL, folder, sim_disk(copy), NULL), 0);
    assert_int_equal(c.pending, 0);
    assert_int_equal(c.quarantined, 0);
    assert_int_equal(c.accepted, c.delivered + c.damaged + c.discarded);
    sim_free(copy);
}

static void print_finding(void *context, const struct dl_spool_finding *finding)
{
    (void)context;
    print_message("%s %llu: %s\n", finding->file, (unsigned long long)finding->offset,
                  finding->text);
}

static bool cursor_touched(const struct touch *t)
{
    return t->other && (strcmp(t->file, "cursor") == 0 || strcmp(t->other, "cursor") == 0);
}

/* Everything is tried on the damaged spool. Returns the findings of verify. */
static int judge(struct oracle *o, const struct touch *t, bool discard)
{
    struct dl_spool_counts before, seen, after;
    struct dl_error err = {0};
    uint64_t walked, gone;
    int findings = dl_spool_verify_on(&before, folder, sim_disk(o->sim), NULL, NULL, &err);

    if (findings == -DL_E_SPOOL_NONE)
        return findings;
    if (findings < 0)
        fail_msg("%s", err.text);
    assert_int_equal(dl_spool_look_on(&seen, NULL, folder, sim_disk(o->sim), NULL), 0);
    assert_int_equal(seen.accepted, before.accepted);
    assert_int_equal(seen.pending + seen.damaged, before.pending + before.damaged);
    walk_counts(o, &walked);
    assert_int_equal(walked, before.pending);
    if (discard)
        discard_copy(o);
    assert_int_equal(oracle_open(o), 0);
    oracle_drain(o);
    assert_int_equal(oracle_append(o), 0);
    assert_int_equal(oracle_sync(o), 0);
    oracle_drain(o);
    gone = lost(o, t);
    dl_spool_counts(o->spool, &after);
    assert_int_equal(after.pending, 0);
    /* what verify said is what reading met */
    assert_int_equal(after.damaged, before.damaged);
    assert_int_equal(after.accepted, before.accepted + o->records[o->record_count - 1].count);
    /* with the cursor and a segment gone, nobody knows what was in it */
    if (!cursor_touched(t))
        assert_int_equal(after.damaged, gone);
    oracle_close(o);
    assert_true(dl_spool_verify_on(&after, folder, sim_disk(o->sim), NULL, NULL, NULL) >= 0);
    assert_int_equal(after.pending, 0);
    return findings;
}

/* One case of each so many is run, another one each time. */
static bool chosen(size_t i)
{
    const char *text = getenv("DDLOGS_TORTURE");

    return (text && *text) || (i * 2654435761u) % 4096 < 205;
}

static void nothing_is_found_where_nothing_is_damaged(void **state)
{
    struct oracle o;
    struct dl_spool_counts c;

    (void)state;
    begin(&o);
    assert_int_equal(dl_spool_verify_on(&c, folder, sim_disk(o.sim), print_finding, NULL, NULL), 0);
    assert_int_equal(judge(&o, &(struct touch){0}, true), 0);
    assert_int_equal(o.duplicates, 0);
    end(&o);
}

static void a_flipped_bit_costs_one_entry(void **state)
{
    const char *name;

    (void)state;
    for (size_t f = 0; (name = sim_name(made.sim, f)); f++)
        for (size_t bit = 0; bit < sim_size(made.sim, name) * 8; bit++) {
            struct touch t = {.file = name, .from = bit / 8, .to = bit / 8 + 1};
            struct oracle o;
            int findings;

            if (!chosen(bit))
                continue;
            begin(&o);
            sim_bytes(o.sim, name)[bit / 8] ^= (unsigned char)(1 << bit % 8);
            findings = judge(&o, &t, bit % 16 == 0);
            assert_true(findings > 0 || strcmp(name, "cursor") == 0);
            end(&o);
        }
}

static void a_cut_file_costs_what_was_cut(void **state)
{
    const char *name;

    (void)state;
    for (size_t f = 0; (name = sim_name(made.sim, f)); f++)
        for (size_t size = 0; size < sim_size(made.sim, name); size++) {
            struct touch t = {.file = name, .from = size, .to = SIZE_MAX};
            struct oracle o;

            if (size % 1024 && !chosen(size))
                continue;
            begin(&o);
            sim_cut(o.sim, name, size);
            judge(&o, &t, size % 8 == 0);
            end(&o);
        }
}

static void an_empty_page_costs_what_was_on_it(void **state)
{
    const char *name;

    (void)state;
    for (size_t f = 0; (name = sim_name(made.sim, f)); f++)
        for (size_t at = 0; at < sim_size(made.sim, name); at += 512)
            for (size_t size = 512; size <= 4096; size *= 8) {
                struct touch t = {.file = name, .from = at, .to = at + size};
                struct oracle o;

                if (t.to > sim_size(made.sim, name))
                    t.to = sim_size(made.sim, name);
                begin(&o);
                memset(sim_bytes(o.sim, name) + at, 0, t.to - at);
                judge(&o, &t, false);
                end(&o);
            }
}

/* ---- whole files ---- */

enum mischief { REMOVED, EMPTY, ODD, GARBAGE, ZEROS, MISCHIEFS };

static void do_mischief(struct sim *sim, const char *name, enum mischief what)
{
    size_t size = sim_size(sim, name);
    unsigned char *bytes = sim_bytes(sim, name);

    switch (what) {
    case REMOVED:
        sim_remove(sim, name);
        break;
    case EMPTY:
        sim_cut(sim, name, 0);
        break;
    case ODD:
        sim_remove(sim, name);
        sim_put_odd(sim, name);
        break;
    case GARBAGE:
        for (size_t i = 0; i < size; i++)
            bytes[i] = (unsigned char)sim_below(sim, 256);
        break;
    default:
        memset(bytes, 0, size);
    }
}

static void a_file_that_is_not_what_it_was_costs_its_logs(void **state)
{
    const char *name;

    (void)state;
    for (size_t f = 0; (name = sim_name(made.sim, f)); f++)
        for (int what = 0; what < MISCHIEFS; what++) {
            struct touch t = {.file = name, .from = 0, .to = SIZE_MAX};
            struct oracle o;

            begin(&o);
            do_mischief(o.sim, name, (enum mischief)what);
            judge(&o, &t, true);
            end(&o);
        }
}

/* Another segment of the same number must not be read from where the lost one was left. */
static void with_all_segments_gone_what_comes_next_is_whole(void **state)
{
    struct dl_spool_counts c;
    const char *name;
    struct oracle o;

    (void)state;
    begin(&o);
    for (size_t f = 0; (name = sim_name(made.sim, f)); f++)
        if (is_segment(name))
            sim_remove(o.sim, name);
    assert_int_equal(oracle_open(&o), 0);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(oracle_append(&o), 0);
        assert_int_equal(oracle_sync(&o), 0);
        assert_int_equal(oracle_next(&o), 1);
    }
    oracle_drain(&o);
    assert_int_equal(oracle_next(&o), 0);
    dl_spool_counts(o.spool, &c);
    assert_int_equal(c.pending, 0);
    end(&o);
}

static void swapped_files_cost_no_others(void **state)
{
    const char *a, *b;

    (void)state;
    for (size_t f = 0; (a = sim_name(made.sim, f)); f++)
        for (size_t g = f + 1; (b = sim_name(made.sim, g)); g++) {
            struct touch t = {.file = a, .from = 0, .to = SIZE_MAX, .other = b};
            struct oracle o;

            begin(&o);
            sim_put(o.sim, a, sim_bytes(made.sim, b), sim_size(made.sim, b));
            sim_put(o.sim, b, sim_bytes(made.sim, a), sim_size(made.sim, a));
            judge(&o, &t, true);
            end(&o);
        }
}

static void strange_files_cost_nothing(void **state)
{
    static const char *const names[] = {
        "0000000000000000.seg",
        "0000000000000001.seg",
        "00000000000000ff.seg",
        "3fffffffffffffff.seg",
        "7fffffffffffffff.seg",
        "ffffffffffffffff.seg",
        "damaged-0000000000000003.seg",
        "quarantine-00000000000000ff.seg",
        "x",
        "cursor.new",
        "00000000000000FF.seg",
        "quarantine-x.seg",
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (int what = 0; what < 6; what++) {
            static unsigned char junk[3000];
            const char *other = sim_name(made.sim, i % 8);
            struct oracle o;

            if (sim_exists(made.sim, names[i]))
                continue;
            begin(&o);
            for (size_t j = 0; j < sizeof junk; j++)
                junk[j] = (unsigned char)sim_below(o.sim, 256);
            if (what == 0)
                sim_put_odd(o.sim, names[i]);
            else if (what == 1)
                sim_put(o.sim, names[i], "", 0);
            else if (what == 2)
                sim_put(o.sim, names[i], junk, sizeof junk);
            else if (what == 3)
                sim_put(o.sim, names[i], junk, 64);
            else /* a file of ours under another name */
                sim_put(o.sim, names[i], sim_bytes(made.sim, other), sim_size(made.sim, other));
            judge(&o, &(struct touch){0}, true);
            end(&o);
        }
}

/* The spool of another one, whole files of it among ours. */
static void files_of_another_spool_cost_nothing(void **state)
{
    struct oracle other, o;
    const char *name;

    (void)state;
    oracle_begin(&other, sim_new(99), folder);
    assert_int_equal(oracle_open(&other), 0);
    for (int i = 0; i < 30; i++) {
        assert_int_equal(oracle_append(&other), 0);
        assert_int_equal(oracle_sync(&other), 0);
    }
    oracle_close(&other);
    for (size_t f = 0; (name = sim_name(other.sim, f)); f++) {
        begin(&o);
        sim_put(o.sim, "00000000000000f0.seg", sim_bytes(other.sim, name),
                sim_size(other.sim, name));
        judge(&o, &(struct touch){0}, true);
        end(&o);
    }
    begin(&o);
    sim_put(o.sim, "cursor", sim_bytes(other.sim, "cursor"), sim_size(other.sim, "cursor"));
    judge(&o, &(struct touch){0}, true);
    end(&o);
    end(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_found_where_nothing_is_damaged),
        cmocka_unit_test(a_flipped_bit_costs_one_entry),
        cmocka_unit_test(a_cut_file_costs_what_was_cut),
        cmocka_unit_test(an_empty_page_costs_what_was_on_it),
        cmocka_unit_test(a_file_that_is_not_what_it_was_costs_its_logs),
        cmocka_unit_test(with_all_segments_gone_what_comes_next_is_whole),
        cmocka_unit_test(swapped_files_cost_no_others),
        cmocka_unit_test(strange_files_cost_nothing),
        cmocka_unit_test(files_of_another_spool_cost_nothing),
    };
    return cmocka_run_group_tests(tests, make_spool, remove_spool);
}
