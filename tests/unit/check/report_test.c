/* The support file: what goes in is redacted, what is finished is searched, nothing is overwritten.
 */
#include "folder.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/file.h"
#include "check/report.h"
#include "secret/key.h"

/* Of no known pattern, so that its value alone can find it. */
#define VALUE "Zq7x/p+w%yN~t_4vK.kEy"
#define STARS "********"
#define SMALL "{\"ok\":true}\n"

static struct dl_report *new_report(void)
{
    struct dl_report *report = NULL;

    assert_int_equal(dl_report_new(&report, NULL), 0);
    return report;
}

static struct dl_key *know(const char *text)
{
    struct dl_key *key = NULL;

    assert_int_equal(dl_key_new(&key, text, strlen(text), NULL), 0);
    return key;
}

static void add(struct dl_report *report, const char *name, const char *text)
{
    assert_int_equal(dl_report_add(report, name, text, strlen(text), NULL), 0);
}

/* Nothing but the names given stands in the folder: no half-written file. */
static void expect_files(unsigned count)
{
    char command[128];

    snprintf(command, sizeof command, "test \"$(ls -A '%s' | wc -l)\" -eq %u", folder, count);
    assert_int_equal(system(command), 0);
}

/* ---- what goes in ---- */

static void a_file_is_kept_as_it_is(void **state)
{
    struct dl_report *report = new_report();

    (void)state;
    add(report, "doctor.json", SMALL);
    add(report, "empty.txt", "");
    assert_int_equal(dl_report_count(report), 2);
    assert_string_equal(dl_report_name(report, 0), "doctor.json");
    assert_string_equal(dl_report_bytes(report, 0), SMALL);
    assert_int_equal(dl_report_size(report, 0), strlen(SMALL));
    assert_string_equal(dl_report_bytes(report, 1), "");
    dl_report_free(report);
    dl_report_free(NULL);
}

static void a_secret_is_hidden_as_it_is_added(void **state)
{
    struct dl_key *key = know(VALUE);
    struct dl_report *report = new_report();
    static const char wide[] = "k\0e\0y\0 \0Z\0q\0"
                               "7\0x\0/\0p\0+\0w\0%\0y\0N\0~\0t\0_\0"
                               "4\0v\0K\0.\0k\0E\0y\0";

    (void)state;
    add(report, "a.txt", "it is " VALUE "\n");
    add(report, "b.txt", "http://user:hunter2@proxy:3128\n");
    add(report, "c.txt", "ddapp_0123456789abcdefgh ddap_0123456789abcdefgh\n");
    assert_int_equal(dl_report_add(report, "d.txt", wide, sizeof wide - 1, NULL), 0);
    assert_string_equal(dl_report_bytes(report, 0), "it is " STARS "\n");
    assert_string_equal(dl_report_bytes(report, 1), "http://user:" STARS "@proxy:3128\n");
    assert_string_equal(dl_report_bytes(report, 2), STARS " " STARS "\n");
    assert_memory_equal(dl_report_bytes(report, 3), "k\0e\0y\0 \0" STARS, 8 + strlen(STARS));
    assert_int_equal(dl_report_size(report, 3), 8 + strlen(STARS));
    dl_report_free(report);
    dl_key_free(key);
}

static void a_name_that_is_no_file_name_is_refused(void **state)
{
    static const char *const names[] = {
        "",    ".hidden", "../up",       "a/b",
        "a b", "a\nb",    "caf\xc3\xa9", "a_name_of_fifty_characters_which_is_longer_than.txt"};
    struct dl_report *report = new_report();

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(dl_report_add(report, names[i], "x", 1, NULL), -DL_E_INTERNAL);
    add(report, "a.txt", "x");
    assert_int_equal(dl_report_add(report, "a.txt", "y", 1, NULL), -DL_E_INTERNAL);
    assert_int_equal(dl_report_count(report), 1);
    dl_report_free(report);
}

static void a_file_over_its_limit_is_refused_and_the_others_stay(void **state)
{
    char *large = malloc(DL_REPORT_FILE_BYTES + 1);
    struct dl_report *report = new_report();
    struct dl_error err = {0};
    char name[32];

    (void)state;
    assert_non_null(large);
    memset(large, ' ', DL_REPORT_FILE_BYTES + 1);
    assert_int_equal(dl_report_add(report, "large.txt", large, DL_REPORT_FILE_BYTES + 1, &err),
                     -DL_E_LIMIT);
    assert_non_null(strstr(err.text, "large.txt"));
    assert_non_null(strstr(err.text, "4194304"));
    for (unsigned i = 0; i < 8; i++) {
        snprintf(name, sizeof name, "%u.txt", i);
        assert_int_equal(dl_report_add(report, name, large, DL_REPORT_FILE_BYTES, NULL), 0);
    }
    assert_int_equal(dl_report_add(report, "more.txt", "x", 1, &err), -DL_E_LIMIT);
    add(report, "nothing.txt", "");
    assert_int_equal(dl_report_count(report), 9);
    dl_report_free(report);
    free(large);
}

static void there_are_at_most_64_files(void **state)
{
    struct dl_report *report = new_report();
    char name[32];

    (void)state;
    for (unsigned i = 0; i < DL_REPORT_FILES_MAX; i++) {
        snprintf(name, sizeof name, "%u.txt", i);
        add(report, name, "x");
    }
    assert_int_equal(dl_report_add(report, "more.txt", "x", 1, NULL), -DL_E_LIMIT);
    assert_int_equal(dl_report_count(report), DL_REPORT_FILES_MAX);
    dl_report_free(report);
}

/* Stars are longer than a short secret: what grows past the limit is refused, never cut. */
static void a_text_that_redaction_makes_too_large_is_refused(void **state)
{
    static const char pair[] = "pwd=a ";
    const size_t count = DL_REPORT_FILE_BYTES / (sizeof pair - 1);
    char *text = malloc(DL_REPORT_FILE_BYTES + 1);
    struct dl_report *report = new_report();

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * (sizeof pair - 1), pair, sizeof pair - 1);
    assert_int_equal(dl_report_add(report, "a.txt", text, count * (sizeof pair - 1), NULL),
                     -DL_E_LIMIT);
    assert_int_equal(dl_report_count(report), 0);
    dl_report_free(report);
    free(text);
}

/* ---- the archive ---- */

static int64_t one_moment(void)
{
    return 1795360145678; /* 2026-11-22T15:09:05.678Z */
}

static void read_all(const char *path, struct dl_buffer *out)
{
    dl_buffer_init(out, 1 << 20);
    assert_int_equal(dl_file_read(path, false, out, NULL), 0);
}

static void the_same_files_of_the_same_moment_are_the_same_bytes(void **state)
{
    struct dl_buffer a, b;
    size_t size = 0;

    (void)state;
    dl_clock_replace(NULL, one_moment, NULL);
    for (int i = 0; i < 2; i++) {
        struct dl_report *report = new_report();

        assert_string_equal(dl_report_folder(report), "ddlogs-report-20261122T150905Z");
        add(report, "doctor.json", SMALL);
        assert_int_equal(dl_report_write(report, in_folder(i ? "b" : "a"), &size, NULL), 0);
        dl_report_free(report);
    }
    dl_clock_replace(NULL, NULL, NULL);
    read_all(in_folder("a"), &a);
    read_all(in_folder("b"), &b);
    assert_int_equal(a.len, size);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    assert_memory_equal(a.data, "\x1f\x8b", 2);
    dl_buffer_free(&a);
    dl_buffer_free(&b);
    expect_files(2);
}

static void it_is_for_its_owner_alone_and_tar_reads_it(void **state)
{
    struct dl_report *report = new_report();
    char command[512];
    struct stat st;
    mode_t mask = umask(0);

    (void)state;
    add(report, "doctor.json", SMALL);
    add(report, "empty.txt", "");
    assert_int_equal(dl_report_write(report, in_folder("r.tar.gz"), NULL, NULL), 0);
    umask(mask);
    assert_int_equal(stat(in_folder("r.tar.gz"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    snprintf(command, sizeof command, "tar -xzOf '%s' '%s/doctor.json' | grep -qxF '{\"ok\":true}'",
             in_folder("r.tar.gz"), dl_report_folder(report));
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof command, "test \"$(tar -tzf '%s' | wc -l)\" -eq 2",
             in_folder("r.tar.gz"));
    assert_int_equal(system(command), 0);
    dl_report_free(report);
    expect_files(1);
}

static void what_is_there_is_not_overwritten(void **state)
{
    struct dl_report *report = new_report();
    struct dl_error err = {0};
    struct dl_buffer now;

    (void)state;
    add(report, "doctor.json", SMALL);
    put(in_folder("there"), "mine\n");
    assert_int_equal(dl_report_check_path(in_folder("there"), &err), -DL_E_REPORT_WRITE);
    assert_int_equal(dl_report_write(report, in_folder("there"), NULL, &err), -DL_E_REPORT_WRITE);
    assert_non_null(strstr(err.text, in_folder("there")));
    assert_non_null(strstr(err.text, "is there already"));
    read_all(in_folder("there"), &now);
    assert_string_equal(dl_buffer_string(&now), "mine\n");
    dl_buffer_free(&now);
    assert_int_equal(symlink("nowhere", in_folder("link")), 0);
    assert_int_equal(dl_report_write(report, in_folder("link"), NULL, &err), -DL_E_REPORT_WRITE);
    dl_report_free(report);
    expect_files(2);
}

static void a_folder_that_cannot_take_it_is_named(void **state)
{
    struct dl_report *report = new_report();
    struct dl_error err = {0};

    (void)state;
    add(report, "doctor.json", SMALL);
    assert_int_equal(dl_report_write(report, in_folder("none/r"), NULL, &err), -DL_E_REPORT_WRITE);
    assert_non_null(strstr(err.text, "none/r"));
    assert_int_equal(err.sys_errno, ENOENT);
    put(in_folder("file"), "");
    assert_int_equal(dl_report_write(report, in_folder("file/r"), NULL, &err), -DL_E_REPORT_WRITE);
    assert_int_equal(err.sys_errno, ENOTDIR);
    assert_int_equal(dl_report_write(report, "/proc/r.tar.gz", NULL, &err), -DL_E_REPORT_WRITE);
    dl_report_free(report);
    expect_files(1);
}

/* A limit on the size of files stands for a full disk: the write fails half way. */
static void what_does_not_fit_leaves_nothing_behind(void **state)
{
    struct dl_report *report = new_report();
    struct dl_error err = {0};
    struct rlimit before, small;
    char *noise = malloc(1 << 20);
    unsigned seed = 1;

    (void)state;
    assert_non_null(noise);
    for (size_t i = 0; i < 1 << 20; i++) /* letters that pack badly and are no pattern */
        noise[i] = (char)('g' + (seed = seed * 1103515245 + 12345) / 65536 % 20);
    assert_int_equal(dl_report_add(report, "noise.txt", noise, 1 << 20, NULL), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t limit = 0; limit <= 65536; limit += 16384) {
        small.rlim_cur = limit;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        int rc = dl_report_write(report, in_folder("r"), NULL, &err);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(rc, -DL_E_REPORT_WRITE);
        assert_non_null(strstr(err.text, in_folder("r")));
        assert_int_equal(err.sys_errno, EFBIG);
        expect_files(0);
    }
    assert_int_equal(dl_report_write(report, in_folder("r"), NULL, &err), 0);
    dl_report_free(report);
    free(noise);
}

/* ---- the last look: a key that redaction was not told of when the text came in ---- */

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static size_t base64(char *to, const char *text, const char *alphabet)
{
    size_t n = 0, len = strlen(text);

    for (size_t i = 0; i < len; i += 3) {
        unsigned a = (unsigned char)text[i], b = i + 1 < len ? (unsigned char)text[i + 1] : 0,
                 c = i + 2 < len ? (unsigned char)text[i + 2] : 0, all = a << 16 | b << 8 | c;

        for (int shift = 18; shift >= 0; shift -= 6)
            to[n++] = alphabet[all >> shift & 63];
    }
    to[n] = '\0';
    return n;
}

/* Every character as two hexadecimal digits behind a prefix; returns the length. */
static size_t each(char *to, const char *prefix, bool upper, const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += (size_t)(upper ? sprintf(to + n, "%s%02X", prefix, (unsigned char)*text)
                            : sprintf(to + n, "%s%02x", prefix, (unsigned char)*text));
    return n;
}

static size_t wide(char *to, const char *text, bool big_endian)
{
    size_t n = 0;

    for (; *text; text++) {
        to[n + big_endian] = *text;
        to[n + !big_endian] = '\0';
        n += 2;
    }
    return n;
}

/* The form number `which` of the value behind two bytes of other text; 0: there are no more. */
static size_t form(char *to, unsigned which)
{
    static const char *const before[] = {(VALUE "bb"), ("x" VALUE "b"), ("xx" VALUE)};
    char inner[256];

    switch (which) {
    case 0:
        return (size_t)sprintf(to, "%s", VALUE);
    case 1:
    case 2:
    case 3:
        return base64(to, before[which - 1], standard);
    case 4:
    case 5:
    case 6:
        return base64(to, before[which - 4], url_safe);
    case 7:
        return each(to, "", false, VALUE);
    case 8:
        return each(to, "", true, VALUE);
    case 9:
        return each(to, "%", true, VALUE);
    case 10:
        return each(to, "%", false, VALUE);
    case 11:
        return (size_t)sprintf(to, "Zq7x%%2Fp%%2Bw%%25yN~t_4vK.kEy");
    case 12:
        return each(to, "\\u00", false, VALUE);
    case 13:
        return wide(to, VALUE, false);
    case 14:
        return wide(to, VALUE, true);
    case 15: /* at an odd byte */
        to[0] = 'x';
        return 1 + wide(to + 1, VALUE, false);
    case 16:
        base64(inner, VALUE, standard);
        return wide(to, inner, false);
    default:
        return 0;
    }
}

static void a_finished_archive_with_a_live_key_is_refused_in_every_form(void **state)
{
    struct dl_error err = {0};
    char text[1024], planted[1100];
    unsigned which = 0;
    size_t len;

    (void)state;
    for (; (len = form(text, which)) > 0; which++) {
        struct dl_report *report = new_report();
        struct dl_key *key;
        int n = snprintf(planted, sizeof planted, "see:\n");

        memcpy(planted + n, text, len);
        assert_int_equal(dl_report_add(report, "a.txt", SMALL, strlen(SMALL), NULL), 0);
        assert_int_equal(dl_report_add(report, "planted.txt", planted, (size_t)n + len, NULL), 0);
        /* a secret of no form that is known stays as it is ... */
        assert_int_equal(dl_report_size(report, 1), (size_t)n + len);
        key = know(VALUE);
        /* ... and is found once it is known */
        if (dl_report_write(report, in_folder("r"), NULL, &err) != -DL_E_REPORT_SECRET)
            fail_msg("form %u was not found", which);
        assert_non_null(strstr(err.text, "planted.txt"));
        assert_null(strstr(err.text, VALUE));
        expect_files(0);
        dl_key_free(key);
        /* without the key it is any text */
        assert_int_equal(dl_report_write(report, in_folder("r"), NULL, &err), 0);
        assert_int_equal(unlink(in_folder("r")), 0);
        dl_report_free(report);
    }
    assert_int_equal(which, 17);
}

/* The value stands in no file but in the names of the archive itself. */
static void a_live_key_in_a_name_is_refused(void **state)
{
    struct dl_report *report = new_report();
    struct dl_key *key;
    struct dl_error err = {0};

    (void)state;
    add(report, "open-sesame-123.txt", "x");
    key = know("open-sesame-123");
    assert_int_equal(dl_report_write(report, in_folder("r"), NULL, &err), -DL_E_REPORT_SECRET);
    expect_files(0);
    dl_key_free(key);
    dl_report_free(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_kept_as_it_is),
        cmocka_unit_test(a_secret_is_hidden_as_it_is_added),
        cmocka_unit_test(a_name_that_is_no_file_name_is_refused),
        cmocka_unit_test(a_file_over_its_limit_is_refused_and_the_others_stay),
        cmocka_unit_test(there_are_at_most_64_files),
        cmocka_unit_test(a_text_that_redaction_makes_too_large_is_refused),
        cmocka_unit_test_setup_teardown(the_same_files_of_the_same_moment_are_the_same_bytes,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(it_is_for_its_owner_alone_and_tar_reads_it, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(what_is_there_is_not_overwritten, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_take_it_is_named, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(what_does_not_fit_leaves_nothing_behind, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_finished_archive_with_a_live_key_is_refused_in_every_form,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_live_key_in_a_name_is_refused, make_folder,
                                        remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
