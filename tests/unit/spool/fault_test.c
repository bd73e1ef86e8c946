/* The spool on a disk that fails at every call, stops at every call, loses what was not synced, or
 * gives back other bytes. The oracle: every entry holds a number of its own and bytes that follow
 * from it; what was accepted is compared with what was given out.
 *
 * DDLOGS_TORTURE=N runs N times as many chances, and every bit instead of some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory_disk.h"
#include "spool/spool.h"

enum { IDS = 4000 };

static char folder[] = "/tmp/ddlogs-spool-XXXXXX";
static struct dl_spool *spool;
static struct dl_buffer body;
static unsigned seed;
static unsigned next_id;
static bool accepted[IDS], settled[IDS]; /* by id */
static unsigned count_of[IDS];
static uint64_t given_twice;

static unsigned dice(unsigned sides)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % sides;
}

static unsigned long torture(void)
{
    const char *text = getenv("DDLOGS_TORTURE");

    return text ? strtoul(text, NULL, 10) : 0;
}

static int open_spool(void)
{
    const struct dl_spool_options options = {.disk = &memory_disk, .segment_bytes = 3000};

    return dl_spool_open(&spool, folder, &options, NULL);
}

static void start(unsigned with)
{
    dl_spool_close(spool);
    spool = NULL;
    memory_disk_clear();
    memset(accepted, 0, sizeof accepted);
    memset(settled, 0, sizeof settled);
    next_id = 0;
    given_twice = 0;
    seed = with;
}

static size_t content(char *to, unsigned id, unsigned count)
{
    size_t n = (size_t)sprintf(to, "%u:%u:", id, count);

    for (size_t more = id * 7919 % 600; more > 0; more--)
        to[n++] = (char)('a' + (id + more) % 26);
    return n;
}

/* Appends up to `many` entries and syncs them; what was accepted is noted. */
static int add(unsigned many)
{
    unsigned from = next_id;
    int rc = 0;

    for (unsigned i = 0; rc == 0 && i < many && next_id < IDS; i++) {
        char text[700];
        unsigned id = next_id++;
        struct dl_spool_entry entry = {.count = 1 + id % 5, .raw_length = 1, .taken_ms = 1};

        count_of[id] = entry.count;
        entry.length = content(text, id, entry.count);
        entry.body = text;
        rc = dl_spool_append(spool, &entry, NULL);
        if (rc < 0)
            next_id--;
    }
    if (dl_spool_sync(spool, NULL) < 0)
        return -1;
    for (unsigned id = from; id < next_id; id++)
        accepted[id] = true;
    return rc;
}

/* The id of an entry given out, whose bytes must be the very ones that were written. */
static unsigned check_entry(const struct dl_spool_entry *entry)
{
    char text[700];
    unsigned id, count;

    assert_int_equal(sscanf(body.data, "%u:%u:", &id, &count), 2);
    assert_true(id < next_id);
    assert_int_equal(count, entry->count);
    assert_int_equal(content(text, id, count), entry->length);
    assert_memory_equal(text, body.data, entry->length);
    return id;
}

static void equation(void)
{
    struct dl_spool_counts c;

    dl_spool_counts(spool, &c);
    assert_true(c.pending <= c.accepted);
    assert_int_equal(c.accepted, c.delivered + c.pending + c.quarantined + c.damaged + c.discarded);
}

/* Takes some and settles them as they come. */
static void take(unsigned many)
{
    struct dl_spool_entry entry;

    for (unsigned i = 0; i < many && dl_spool_next(spool, &entry, &body, NULL) > 0; i++) {
        unsigned id = check_entry(&entry);

        given_twice += settled[id];
        settled[id] = true;
        if (entry.count > 1 && dice(2)) { /* in two parts */
            dl_spool_settle(spool, entry.first + 1, entry.count - 1, DL_SPOOL_DELIVERED);
            dl_spool_settle(spool, entry.first, 1, DL_SPOOL_DELIVERED);
        } else {
            dl_spool_settle(spool, entry.first, entry.count, DL_SPOOL_DELIVERED);
        }
        equation();
    }
}

/* Everything that was ever accepted is delivered by now. */
static void all_arrived(void)
{
    take(UINT32_MAX);
    for (unsigned id = 0; id < next_id; id++)
        if (accepted[id] && !settled[id])
            fail_msg("entry %u of %u was accepted and is lost (seed %u)", id, next_id, seed);
}

static void drained(struct dl_spool_counts *c)
{
    dl_spool_counts(spool, c);
    assert_int_equal(c->pending, 0);
}

/* ---- every call fails in its turn ---- */

static void some_work(void)
{
    for (int i = 0; i < 6; i++) {
        (void)add(3);
        take(2);
        if (i == 2)
            (void)dl_spool_quarantine(spool, 1, "{}", 2, NULL);
        if (i == 3)
            dl_spool_rest(spool);
    }
}

static void fails_at_every_call(enum memory_fault fault, int error)
{
    for (unsigned long n = 1, calls = 1; n <= calls; n++) {
        start((unsigned)n);
        memory_disk_fault(fault, n, error);
        if (open_spool() < 0) {
            assert_null(spool);
        } else {
            some_work();
            equation();
        }
        calls = memory_calls > calls ? memory_calls : calls;
        dl_spool_close(spool);
        spool = NULL;
        memory_disk_reopen();
        assert_int_equal(open_spool(), 0); /* the fault is over */
        equation();
        (void)add(2);
        all_arrived();
    }
}

static void nothing_accepted_is_lost_whichever_call_fails(void **state)
{
    static const int errors[] = {EIO, ENOSPC, EINTR, EROFS};

    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        fails_at_every_call(FAULT_ONCE, errors[i]);
    fails_at_every_call(FAULT_SHORT, 0);
}

static void nothing_accepted_is_lost_when_the_disk_stays_broken(void **state)
{
    (void)state;
    fails_at_every_call(FAULT_EVER, EIO);
    fails_at_every_call(FAULT_EVER, ENOSPC);
}

static void a_passing_fault_is_over_without_a_restart(void **state)
{
    (void)state;
    for (unsigned long n = 1; n < 120; n++) {
        start(1);
        assert_int_equal(open_spool(), 0);
        memory_disk_fault(FAULT_ONCE, memory_calls + n, ENOSPC);
        some_work();
        memory_disk_fault(FAULT_NONE, 0, 0);
        assert_int_equal(add(3), 0);
        all_arrived();
        equation();
    }
}

/* ---- power ---- */

static void a_chance_of_everything(bool cuts)
{
    unsigned crashes = 0;
    struct dl_spool_counts c;

    assert_int_equal(open_spool(), 0);
    for (unsigned step = 0; step < 30; step++) {
        switch (dice(cuts ? 8 : 7)) {
        case 0:
        case 1:
        case 2:
            assert_int_equal(add(1 + dice(6)), 0);
            break;
        case 3:
        case 4:
            take(1 + dice(8));
            break;
        case 5:
            dl_spool_rest(spool);
            break;
        case 6:
            dl_spool_close(spool);
            spool = NULL;
            assert_int_equal(open_spool(), 0);
            break;
        default: { /* in the middle of an append, a settling, a sync */
            memory_disk_fault(FAULT_STOPPED, memory_calls + 1 + dice(12), EIO);
            (void)add(1 + dice(4));
            take(dice(3));
            memory_disk_fault(FAULT_STOPPED, memory_calls, EIO); /* not even a last word */
            dl_spool_close(spool);
            spool = NULL;
            memory_disk_cut(&seed);
            crashes++;
            assert_int_equal(open_spool(), 0);
        }
        }
        equation();
    }
    all_arrived();
    drained(&c);
    assert_true(given_twice <= crashes * (DL_SPOOL_AHEAD + 16));
    if (!crashes) {
        assert_int_equal(given_twice, 0);
        assert_int_equal(c.damaged, 0);
    }
}

static void power_cuts_lose_nothing_that_was_accepted(void **state)
{
    unsigned long rounds = torture() ? torture() * 10000 : 2000;

    (void)state;
    for (unsigned long i = 1; i <= rounds; i++) {
        start((unsigned)i);
        a_chance_of_everything(true);
    }
}

static void without_a_crash_everything_is_given_out_once(void **state)
{
    (void)state;
    for (unsigned i = 1; i <= 300; i++) {
        start(i);
        a_chance_of_everything(false);
    }
}

/* ---- damage ---- */

/* A spool with settled and unsettled entries in three segments. */
static struct memory_image *make_image(void)
{
    struct memory_image *image;

    start(7);
    assert_int_equal(open_spool(), 0);
    assert_int_equal(add(12), 0);
    take(3);
    assert_int_equal(add(12), 0);
    dl_spool_close(spool);
    spool = NULL;
    image = memory_disk_save();
    return image;
}

/* Opens, reads and counts what is there; every entry that is given out is a whole one. Returns how
 * many accepted entries did not come, and in *lost the logs in them; `counted`: they are counted as
 * damaged. */
static unsigned survive(uint64_t *lost, bool counted)
{
    bool before[IDS];
    struct dl_spool_counts c;
    unsigned missing = 0;

    memcpy(before, settled, sizeof before);
    *lost = 0;
    assert_int_equal(open_spool(), 0);
    equation();
    assert_int_equal(add(1), 0); /* it goes on working */
    take(UINT32_MAX);
    drained(&c);
    for (unsigned id = 0; id < next_id; id++)
        if (accepted[id] && !settled[id]) {
            missing++;
            *lost += count_of[id];
        }
    if (counted)
        assert_true(c.damaged >= *lost);
    memcpy(settled, before, sizeof before);
    dl_spool_close(spool);
    spool = NULL;
    next_id--; /* the one added here */
    accepted[next_id] = false;
    return missing;
}

static void a_flipped_bit_touches_one_entry_at_most(void **state)
{
    struct memory_image *image = make_image();
    unsigned stride = torture() ? 1 : 37;
    uint64_t lost;
    size_t length;
    const char *name;
    char kept_name[40];

    (void)state;
    for (size_t f = 0; (name = memory_disk_name(f)) != NULL; f++) {
        snprintf(kept_name, sizeof kept_name, "%s", name);
        memory_disk_file(kept_name, &length);
        for (size_t bit = 0; bit < 8 * length; bit += stride) {
            memory_disk_restore(image);
            memory_disk_file(kept_name, &length)[bit / 8] ^= (unsigned char)(1u << bit % 8);
            if (survive(&lost, true) > 1)
                fail_msg("%s, bit %zu: more than one entry is lost", kept_name, bit);
        }
        memory_disk_restore(image);
    }
    memory_image_free(image);
}

static void a_cut_file_keeps_what_is_before_the_cut(void **state)
{
    struct memory_image *image = make_image();
    uint64_t lost;
    size_t length;
    const char *name;
    char kept_name[40];

    (void)state;
    for (size_t f = 0; (name = memory_disk_name(f)) != NULL; f++) {
        snprintf(kept_name, sizeof kept_name, "%s", name);
        memory_disk_file(kept_name, &length);
        for (size_t at = 0; at < length; at += torture() ? 1 : 13) {
            memory_disk_restore(image);
            memory_disk_resize(kept_name, at);
            survive(&lost, true);
        }
        memory_disk_restore(image);
    }
    memory_image_free(image);
}

static void zeros_garbage_and_exchanged_files_stop_nothing(void **state)
{
    struct memory_image *image = make_image();
    char names[8][40], junk[5000];
    unsigned n = 0;
    uint64_t lost;
    size_t length;
    const char *name;

    (void)state;
    while ((name = memory_disk_name(n)) != NULL && n < 8)
        snprintf(names[n++], sizeof names[0], "%s", name);
    for (size_t i = 0; i < sizeof junk; i++)
        junk[i] = (char)dice(256);
    for (unsigned a = 0; a < n; a++) {
        for (unsigned b = 0; b < n; b++) {
            memory_disk_restore(image);
            memory_disk_swap(names[a], names[b]);
            /* without a cursor nobody knows what was in a file that is gone */
            survive(&lost, strcmp(names[a], "cursor") != 0 && strcmp(names[b], "cursor") != 0);
        }
        memory_disk_restore(image);
        memory_disk_delete(names[a]);
        survive(&lost, true);
        memory_disk_restore(image);
        memory_disk_make(names[a], "", 0);
        survive(&lost, true);
        memory_disk_restore(image);
        memory_disk_make(names[a], junk, sizeof junk);
        survive(&lost, true);
        memory_disk_restore(image);
        memory_disk_copy(names[a], "00000000000000ff.seg");
        survive(&lost, true);
        memory_disk_restore(image);
        memset(memory_disk_file(names[a], &length), 0, length < 512 ? length : 512);
        survive(&lost, true);
    }
    memory_image_free(image);
}

static void what_was_damaged_is_kept_aside(void **state)
{
    struct memory_image *image = make_image();
    uint64_t lost;
    size_t length, aside = 0;
    const char *name;

    (void)state;
    memory_disk_file("0000000000000002.seg", &length)[200] ^= 1;
    assert_int_equal(survive(&lost, true), 1);
    for (size_t i = 0; (name = memory_disk_name(i)) != NULL; i++)
        aside += strcmp(name, "damaged-0000000000000002.seg") == 0;
    assert_int_equal(aside, 1);
    memory_image_free(image);
}

static int make_folder(void **state)
{
    (void)state;
    dl_buffer_init(&body, DL_SPOOL_BODY_MAX);
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    dl_spool_close(spool);
    memory_disk_clear();
    dl_buffer_free(&body);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_crash_everything_is_given_out_once),
        cmocka_unit_test(nothing_accepted_is_lost_whichever_call_fails),
        cmocka_unit_test(nothing_accepted_is_lost_when_the_disk_stays_broken),
        cmocka_unit_test(a_passing_fault_is_over_without_a_restart),
        cmocka_unit_test(power_cuts_lose_nothing_that_was_accepted),
        cmocka_unit_test(a_flipped_bit_touches_one_entry_at_most),
        cmocka_unit_test(a_cut_file_keeps_what_is_before_the_cut),
        cmocka_unit_test(zeros_garbage_and_exchanged_files_stop_nothing),
        cmocka_unit_test(what_was_damaged_is_kept_aside),
    };
    return cmocka_run_group_tests_name("the spool on bad disks", tests, make_folder, drop_folder);
}
