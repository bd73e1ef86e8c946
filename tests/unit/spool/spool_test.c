/* What a spool promises while the disk behaves, on a real one. */
#include "folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include "spool/spool.h"

static struct dl_spool *open_it(const struct dl_spool_options *options)
{
    struct dl_spool *spool = NULL;
    struct dl_error err = {0};

    if (dl_spool_open(&spool, folder, options, &err) < 0)
        fail_msg("%s", err.text);
    return spool;
}

static uint64_t append(struct dl_spool *spool, const char *text, uint32_t count)
{
    struct dl_spool_entry entry = {.count = count,
                                   .raw_length = 2 * (uint32_t)strlen(text),
                                   .encoding = 2,
                                   .taken_ms = 1700000000000,
                                   .body = text,
                                   .length = strlen(text)};
    struct dl_error err = {0};

    if (dl_spool_append(spool, &entry, &err) < 0)
        fail_msg("%s", err.text);
    return entry.first;
}

static void expect(struct dl_spool *spool, const char *text, uint64_t first)
{
    struct dl_spool_entry entry;
    struct dl_buffer body;
    struct dl_error err = {0};
    int rc;

    dl_buffer_init(&body, DL_SPOOL_BODY_MAX);
    rc = dl_spool_next(spool, &entry, &body, &err);
    assert_int_equal(rc, text != NULL);
    if (text) {
        assert_string_equal(entry.body, text);
        assert_int_equal(entry.first, first);
        assert_int_equal(entry.raw_length, 2 * strlen(text));
        assert_int_equal(entry.taken_ms, 1700000000000);
    }
    dl_buffer_free(&body);
}

static struct dl_spool_counts counts(struct dl_spool *spool)
{
    struct dl_spool_counts c;

    dl_spool_counts(spool, &c);
    assert_int_equal(c.accepted, c.delivered + c.pending + c.quarantined + c.damaged + c.discarded);
    return c;
}

static void sync_it(struct dl_spool *spool)
{
    assert_int_equal(dl_spool_sync(spool, NULL), 0);
}

static void what_was_synced_comes_out_in_order(void **state)
{
    struct dl_spool *spool = open_it(NULL);

    (void)state;
    assert_int_equal(append(spool, "one", 1), 1);
    assert_int_equal(append(spool, "two", 10), 2);
    expect(spool, NULL, 0);
    sync_it(spool);
    expect(spool, "one", 1);
    assert_int_equal(append(spool, "three", 1000), 12);
    expect(spool, "two", 2);
    expect(spool, NULL, 0);
    sync_it(spool);
    expect(spool, "three", 12);
    assert_int_equal(counts(spool).accepted, 1011);
    assert_int_equal(counts(spool).pending, 1011);
    assert_int_equal(counts(spool).oldest_ms, 1700000000000);
    dl_spool_settle(spool, 12, 1000, DL_SPOOL_DELIVERED);
    dl_spool_settle(spool, 1, 1, DL_SPOOL_DISCARDED);
    assert_int_equal(counts(spool).pending, 10);
    dl_spool_close(spool);
}

static void a_restart_goes_on_at_the_oldest_that_is_not_settled(void **state)
{
    struct dl_spool *spool = open_it(NULL);

    (void)state;
    append(spool, "one", 1);
    append(spool, "two", 5);
    append(spool, "three", 1);
    append(spool, "four", 1);
    sync_it(spool);
    expect(spool, "one", 1);
    expect(spool, "two", 2);
    expect(spool, "three", 7);
    dl_spool_settle(spool, 1, 1, DL_SPOOL_DELIVERED);
    dl_spool_settle(spool, 7, 1, DL_SPOOL_DELIVERED);
    dl_spool_settle(spool, 3, 2, DL_SPOOL_DELIVERED); /* half of "two" */
    assert_int_equal(counts(spool).delivered, 4);
    dl_spool_close(spool);
    spool = open_it(NULL);
    assert_int_equal(counts(spool).delivered, 2);
    assert_int_equal(counts(spool).pending, 6);
    expect(spool, "two", 2);
    expect(spool, "four", 8);
    expect(spool, NULL, 0);
    assert_int_equal(append(spool, "five", 1), 9);
    sync_it(spool);
    expect(spool, "five", 9);
    dl_spool_settle(spool, 2, 5, DL_SPOOL_DELIVERED);
    dl_spool_settle(spool, 8, 2, DL_SPOOL_DELIVERED);
    assert_int_equal(counts(spool).delivered, 9);
    assert_int_equal(counts(spool).pending, 0);
    dl_spool_close(spool);
}

static void no_more_than_so_many_are_given_out(void **state)
{
    struct dl_spool *spool = open_it(NULL);

    (void)state;
    for (int i = 0; i < DL_SPOOL_AHEAD + 2; i++)
        append(spool, "x", 1);
    sync_it(spool);
    for (uint64_t i = 1; i <= DL_SPOOL_AHEAD; i++)
        expect(spool, "x", i);
    expect(spool, NULL, 0);
    dl_spool_settle(spool, 2, 1, DL_SPOOL_DELIVERED);
    expect(spool, NULL, 0);
    dl_spool_settle(spool, 1, 1, DL_SPOOL_DELIVERED);
    expect(spool, "x", DL_SPOOL_AHEAD + 1);
    expect(spool, "x", DL_SPOOL_AHEAD + 2);
    expect(spool, NULL, 0);
    dl_spool_close(spool);
}

static void settled_segments_vanish(void **state)
{
    struct dl_spool_options options = {.segment_bytes = 1};
    struct dl_spool *spool = open_it(&options);
    uint64_t empty = counts(spool).bytes;

    (void)state;
    for (int round = 0; round < 3; round++) {
        append(spool, "one", 1);
        sync_it(spool);
    }
    assert_true(counts(spool).bytes > empty);
    for (uint64_t i = 1; i <= 3; i++)
        expect(spool, "one", i);
    expect(spool, NULL, 0);
    dl_spool_settle(spool, 1, 2, DL_SPOOL_DELIVERED);
    assert_int_equal(access(in_folder("0000000000000001.seg"), F_OK), -1);
    assert_int_equal(access(in_folder("0000000000000003.seg"), F_OK), 0);
    dl_spool_settle(spool, 3, 1, DL_SPOOL_DELIVERED);
    dl_spool_rest(spool);
    assert_int_equal(counts(spool).bytes, empty);
    dl_spool_close(spool);
    spool = open_it(&options);
    assert_int_equal(counts(spool).accepted, 3);
    assert_int_equal(append(spool, "four", 1), 4);
    dl_spool_close(spool);
}

static void the_limit_is_kept(void **state)
{
    struct dl_spool_options options = {.bytes = 1};
    struct dl_spool *spool = open_it(&options);
    static char body[DL_SPOOL_BODY_MAX + 1];
    struct dl_spool_entry entry = {.count = 1, .body = body, .length = 3000000};
    struct dl_buffer out;
    struct dl_error err;

    (void)state;
    dl_buffer_init(&out, DL_SPOOL_BODY_MAX);
    for (uint64_t n = 1; n < 20; n += 2) {
        assert_int_equal(dl_spool_append(spool, &entry, NULL), 0);
        sync_it(spool);
        assert_int_equal(dl_spool_append(spool, &entry, NULL), 0);
        sync_it(spool);
        assert_int_equal(dl_spool_append(spool, &entry, &err), -DL_E_SPOOL_FULL);
        assert_int_equal(dl_spool_quarantine(spool, n, "{}", 2, NULL), 0);
        assert_int_equal(dl_spool_next(spool, &entry, &out, NULL), 1);
        assert_int_equal(dl_spool_next(spool, &entry, &out, NULL), 1);
        entry = (struct dl_spool_entry){.count = 1, .body = body, .length = 3000000};
        dl_spool_settle(spool, n, 1, DL_SPOOL_QUARANTINED);
        dl_spool_settle(spool, n + 1, 1, DL_SPOOL_DELIVERED);
    }
    entry.length = DL_SPOOL_BODY_MAX + 1;
    assert_int_equal(dl_spool_append(spool, &entry, NULL), -DL_E_LIMIT);
    entry.length = DL_SPOOL_BODY_MAX;
    entry.count = DL_SPOOL_ENTRY_LOGS + 1;
    assert_int_equal(dl_spool_append(spool, &entry, NULL), -DL_E_LIMIT);
    entry.count = DL_SPOOL_ENTRY_LOGS;
    assert_int_equal(dl_spool_append(spool, &entry, NULL), 0);
    assert_int_equal(counts(spool).quarantined, 10);
    dl_buffer_free(&out);
    dl_spool_close(spool);
}

static void one_owner_at_a_time(void **state)
{
    struct dl_spool *spool = open_it(NULL), *other = NULL;
    struct dl_error err;
    char pid[32];

    (void)state;
    assert_int_equal(dl_spool_open(&other, folder, NULL, &err), -DL_E_SPOOL_BUSY);
    assert_null(other);
    snprintf(pid, sizeof pid, "process %ld ", (long)getpid());
    if (access("/proc/locks", R_OK) == 0)
        assert_non_null(strstr(err.text, pid));
    dl_spool_close(spool);
    dl_spool_close(open_it(NULL));
}

static void a_folder_that_others_may_write_is_refused(void **state)
{
    struct dl_spool *spool = NULL;
    struct dl_error err;

    (void)state;
    assert_int_equal(chmod(folder, 0770), 0);
    assert_int_equal(dl_spool_open(&spool, folder, NULL, &err), -DL_E_SPOOL_PERM);
    assert_int_equal(chmod(folder, 0700), 0);
    put(in_folder("file"), "x");
    assert_int_equal(dl_spool_open(&spool, in_folder("file"), NULL, &err), -DL_E_IO);
    assert_null(spool);
}

static void files_are_of_this_user_alone(void **state)
{
    mode_t mask = umask(0);
    struct dl_spool *spool = NULL;
    struct stat st;

    (void)state;
    assert_int_equal(dl_spool_open(&spool, in_folder("a/b"), NULL, NULL), 0);
    append(spool, "one", 1);
    sync_it(spool);
    assert_int_equal(dl_spool_quarantine(spool, 1, "{}", 2, NULL), 0);
    umask(mask);
    assert_int_equal(stat(in_folder("a/b"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(stat(in_folder("a/b/cursor"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, 8192);
    assert_int_equal(stat(in_folder("a/b/0000000000000001.seg"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(in_folder("a/b/quarantine-0000000000000002.seg"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    dl_spool_close(spool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_synced_comes_out_in_order, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_restart_goes_on_at_the_oldest_that_is_not_settled,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(no_more_than_so_many_are_given_out, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(settled_segments_vanish, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(the_limit_is_kept, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(one_owner_at_a_time, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_folder_that_others_may_write_is_refused, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(files_are_of_this_user_alone, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
