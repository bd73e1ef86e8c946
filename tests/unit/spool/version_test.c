/* A spool that version 1 of the format wrote stays readable. */
#include "folder.h"

#include "base/file.h"
#include "spool/spool.h"

static const char *const files[] = {
    "cursor",
    "0000000000000002.seg",
    "0000000000000003.seg",
    "quarantine-0000000000000004.seg",
};

static void copy(const char *name)
{
    struct dl_buffer bytes;
    char path[512];

    snprintf(path, sizeof path, "%s/tests/unit/spool/version1/%s", SOURCE_TREE, name);
    dl_buffer_init(&bytes, 100000);
    assert_int_equal(dl_file_read(path, false, &bytes, NULL), 0);
    assert_int_equal(dl_file_replace(in_folder(name), bytes.data, bytes.len, false, NULL), 0);
    dl_buffer_free(&bytes);
}

static void expect_next(struct dl_spool *spool, struct dl_buffer *body, uint64_t first,
                        uint32_t count, const char *text, int64_t taken_ms)
{
    struct dl_spool_entry entry;

    assert_int_equal(dl_spool_next(spool, &entry, body, NULL), 1);
    assert_int_equal(entry.first, first);
    assert_int_equal(entry.count, count);
    assert_int_equal(entry.encoding, 2);
    assert_int_equal(entry.taken_ms, taken_ms);
    assert_int_equal(entry.raw_length, strlen(text));
    assert_string_equal(entry.body, text);
}

static int refused(void *context, const struct dl_spool_entry *entry)
{
    assert_int_equal(entry->first, 4);
    assert_string_equal(entry->body, "{\"reason\":\"400\"}");
    *(int *)context += 1;
    return 0;
}

static void version_1_is_read(void **state)
{
    struct dl_spool_counts c;
    struct dl_spool *spool = NULL;
    struct dl_buffer body;
    int seen = 0;

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        copy(files[i]);
    assert_int_equal(dl_spool_verify(&c, folder, NULL, NULL, NULL), 0);
    assert_int_equal(c.accepted, 5);
    assert_int_equal(c.delivered, 1);
    assert_int_equal(c.quarantined, 1);
    assert_int_equal(c.pending, 3);
    assert_int_equal(dl_spool_walk(folder, DL_SPOOL_QUARANTINE, true, refused, &seen, NULL), 0);
    assert_int_equal(seen, 1);
    dl_buffer_init(&body, DL_SPOOL_BODY_MAX);
    assert_int_equal(dl_spool_open(&spool, folder, NULL, NULL), 0);
    expect_next(spool, &body, 2, 2, "[{\"n\":2},{\"n\":3}]", 1700000000001);
    expect_next(spool, &body, 5, 1, "[{\"n\":5}]", 1700000000003);
    dl_spool_close(spool);
    dl_buffer_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(version_1_is_read, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
