/* No memory, at every single allocation of a spool's life. */
#include "folder.h"

#include "oom.h"
#include "spool/spool.h"

static int write_some(struct dl_spool *spool)
{
    struct dl_spool_entry entry = {.count = 3, .body = "[1,2,3]", .length = 7};
    int rc = dl_spool_append(spool, &entry, NULL);

    return rc == 0 ? dl_spool_sync(spool, NULL) : rc;
}

/* What cannot be had now is had by the next open. */
static int live(void *context)
{
    const struct dl_spool_options options = {.segment_bytes = 1};
    struct dl_spool_entry entry;
    struct dl_spool_counts counts;
    struct dl_buffer body;
    struct dl_spool *spool = NULL;
    int rc = dl_spool_open(&spool, folder, &options, NULL);

    (void)context;
    if (rc < 0) {
        assert_null(spool);
        return rc;
    }
    dl_buffer_init(&body, DL_SPOOL_BODY_MAX);
    for (int i = 0; i < 20 && rc == 0; i++)
        rc = write_some(spool);
    while (rc >= 0 && (rc = dl_spool_next(spool, &entry, &body, NULL)) == 1) {
        dl_spool_settle(spool, entry.first, 3, DL_SPOOL_DELIVERED);
        assert_string_equal(entry.body, "[1,2,3]");
    }
    dl_spool_counts(spool, &counts);
    assert_int_equal(counts.accepted, counts.delivered + counts.pending);
    assert_int_equal(counts.damaged, 0);
    dl_buffer_free(&body);
    dl_spool_close(spool);
    return rc;
}

static void a_life_without_memory_loses_nothing(void **state)
{
    struct dl_spool_counts counts;

    (void)state;
    oom_each(live, NULL);
    assert_int_equal(live(NULL), 0);
    assert_int_equal(dl_spool_look(&counts, NULL, folder, NULL), 0);
    assert_int_equal(counts.pending, 0);
    assert_int_equal(counts.damaged, 0);
}

static int stop_at_each(void *context, const struct dl_spool_entry *entry)
{
    assert_true(entry->length > 0);
    *(unsigned *)context += 1;
    return 0;
}

static int look(void *context)
{
    struct dl_spool_counts counts;
    pid_t owner;
    int rc = dl_spool_look(&counts, &owner, folder, NULL);

    if (rc == 0)
        rc = dl_spool_verify(&counts, folder, NULL, NULL, NULL);
    if (rc == 0)
        rc = dl_spool_walk(folder, DL_SPOOL_PENDING, true, stop_at_each, context, NULL);
    if (rc == 0)
        rc = dl_spool_walk(folder, DL_SPOOL_QUARANTINE, true, stop_at_each, context, NULL);
    return rc;
}

static void looking_without_memory_says_so(void **state)
{
    const struct dl_spool_options options = {.segment_bytes = 1};
    struct dl_spool *spool = NULL;
    uint64_t logs = 0;
    unsigned seen = 0;

    (void)state;
    assert_int_equal(dl_spool_open(&spool, folder, &options, NULL), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(write_some(spool), 0);
    assert_int_equal(dl_spool_quarantine(spool, 1, "{}", 2, NULL), 0);
    dl_spool_close(spool);
    oom_each(look, &seen);
    assert_true(seen >= 4);
    assert_int_equal(dl_spool_discard(&logs, folder, DL_SPOOL_PENDING, NULL), 0);
    assert_int_equal(logs, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_life_without_memory_loses_nothing, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(looking_without_memory_says_so, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
