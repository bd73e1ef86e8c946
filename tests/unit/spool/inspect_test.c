/* A spool looked at from outside: what is counted, and what is found. */
#include "folder.h"

#include "spool/spool.h"

/* Two logs that wait, and two that were refused. */
static void fill(void)
{
    struct dl_spool_entry entry = {.count = 2, .raw_length = 2, .body = "[]", .length = 2};
    struct dl_spool *spool = NULL;

    assert_int_equal(dl_spool_open(&spool, folder, NULL, NULL), 0);
    assert_int_equal(dl_spool_append(spool, &entry, NULL), 0);
    assert_int_equal(dl_spool_sync(spool, NULL), 0);
    assert_int_equal(dl_spool_quarantine(spool, 7, "{\"n\":1}", 7, NULL), 0);
    assert_int_equal(dl_spool_quarantine(spool, 8, "{\"n\":2}", 7, NULL), 0);
    dl_spool_close(spool);
}

static uint64_t size_of(const char *name)
{
    struct stat st;

    assert_int_equal(stat(in_folder(name), &st), 0);
    return (uint64_t)st.st_size;
}

static void the_bytes_are_those_of_the_files(void **state)
{
    struct dl_spool_counts counts;
    uint64_t bytes;

    (void)state;
    fill();
    put(in_folder("a stranger"), "xyz");
    bytes = 3 + size_of("cursor") + size_of("0000000000000001.seg") +
            size_of("quarantine-0000000000000002.seg");
    assert_int_equal(dl_spool_look(&counts, NULL, folder, NULL), 0);
    assert_int_equal(counts.bytes, bytes);
}

static int note_number(void *context, const struct dl_spool_entry *entry)
{
    uint64_t *sum = context;

    *sum = 10 * *sum + entry->first;
    return 0;
}

static void note_finding(void *context, const struct dl_spool_finding *finding)
{
    snprintf(context, 128, "%s %llu", finding->file, (unsigned long long)finding->offset);
}

static void refused_logs_that_are_whole_are_no_finding(void **state)
{
    struct dl_spool_counts counts;
    char finding[128] = "";
    uint64_t sum = 0;

    (void)state;
    fill();
    assert_int_equal(dl_spool_walk(folder, DL_SPOOL_QUARANTINE, true, note_number, &sum, NULL), 0);
    assert_int_equal(sum, 78);
    assert_int_equal(dl_spool_verify(&counts, folder, note_finding, finding, NULL), 0);
    assert_string_equal(finding, "");
}

static void a_refused_log_that_is_not_whole_is_a_finding(void **state)
{
    const char *path;
    struct dl_spool_counts counts;
    char finding[128] = "";
    uint64_t sum = 0;

    (void)state;
    fill();
    path = in_folder("quarantine-0000000000000002.seg");
    assert_int_equal(truncate(path, (off_t)size_of("quarantine-0000000000000002.seg") - 1), 0);
    assert_int_equal(dl_spool_verify(&counts, folder, note_finding, finding, NULL), 1);
    assert_string_equal(finding, "quarantine-0000000000000002.seg 135");
    assert_int_equal(dl_spool_walk(folder, DL_SPOOL_QUARANTINE, true, note_number, &sum, NULL), 0);
    assert_int_equal(sum, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_bytes_are_those_of_the_files, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(refused_logs_that_are_whole_are_no_finding, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_refused_log_that_is_not_whole_is_a_finding, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
