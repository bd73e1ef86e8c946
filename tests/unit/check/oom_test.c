/* No memory, at every single allocation: a report is made and written, or the code says why and
 * nothing is left on the disk. libarchive keeps its own allocator. */
#include "oom.h"

#include "folder.h"

#include "check/report.h"
#include "secret/key.h"

static int reports(void *context)
{
    static const char text[] = "password=hunter2 and w\0i\0d\0e\0 letters\n";
    struct dl_report *report = NULL;
    struct dl_error err = {0};
    int rc = dl_report_new(&report, &err);

    (void)context;
    if (rc == 0)
        rc = dl_report_add(report, "a.txt", text, sizeof text - 1, &err);
    if (rc == 0)
        rc = dl_report_add(report, "b.txt", "x", 1, &err);
    if (rc == 0)
        rc = dl_report_write(report, in_folder("r"), NULL, &err);
    assert_int_equal(rc == 0, unlink(in_folder("r")) == 0);
    if (rc < 0)
        assert_int_equal(err.code, DL_E_NOMEM);
    dl_report_free(report);
    return rc;
}

static void a_report_is_written_or_the_code_says_why(void **state)
{
    struct dl_key *key = NULL;

    (void)state;
    assert_int_equal(dl_key_new(&key, "a-live-key-0123", 15, NULL), 0);
    oom_each(reports, NULL);
    dl_key_free(key);
    assert_int_equal(rmdir(folder), 0); /* nothing is left */
    assert_int_equal(mkdir(folder, 0700), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_report_is_written_or_the_code_says_why, make_folder,
                                        remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
