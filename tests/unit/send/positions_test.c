#include "folder.h"

#include <fcntl.h>

#include "send/positions.h"

static const struct place one = {UINT64_MAX, 12, 9007199254740992u, 0xfedcba9876543210u, 256};
static const struct place two = {0, 1, 0, 0, 0};

static char damage[1024];

static struct positions opened(const char *path)
{
    struct positions p;

    assert_int_equal(positions_open(&p, path, damage, sizeof damage, NULL), 0);
    return p;
}

static void same(const struct place *a, const struct place *b)
{
    assert_non_null(a);
    assert_true(a->device == b->device && a->inode == b->inode && a->offset == b->offset &&
                a->print == b->print && a->print_len == b->print_len);
}

static void what_is_written_is_read_again(void **state)
{
    const char *path = in_folder("state/deep/positions.json");
    struct positions p = opened(path);
    struct stat st;

    (void)state;
    assert_string_equal(damage, "");
    assert_int_equal(positions_set(&p, "/var/log/a \"quoted\" \xc3\xa9", &two), 0);
    assert_int_equal(positions_set(&p, "/b", &two), 0);
    assert_int_equal(positions_set(&p, "/b", &one), 0);
    assert_int_equal(positions_write(&p, false, NULL), 0);
    assert_int_equal(positions_write(&p, true, NULL), 0);
    positions_close(&p);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    p = opened(path);
    assert_string_equal(damage, "");
    assert_int_equal(p.count, 2);
    same(positions_find(&p, "/var/log/a \"quoted\" \xc3\xa9"), &two);
    same(positions_find(&p, "/b"), &one);
    assert_null(positions_find(&p, "/c"));
    positions_close(&p);
}

static void a_second_process_is_refused(void **state)
{
    const char *path = in_folder("locked.json");
    struct positions p = opened(path), q;
    struct dl_error err;

    (void)state;
    assert_int_equal(positions_open(&q, path, damage, sizeof damage, &err), -DL_E_CFG_BUSY);
    assert_non_null(strstr(err.text, "--positions"));
    positions_close(&p);
    p = opened(path);
    positions_close(&p);
}

#define ENTRY                                                                                      \
    "{\"path\":\"/a\",\"device\":\"1\",\"inode\":\"2\",\"offset\":3,"                              \
    "\"fingerprint\":\"0123456789abcdef\",\"fingerprint_bytes\":4}"

static int parse(const char *text)
{
    struct positions p = {.lock = -1};
    int rc = positions_parse(&p, text, strlen(text), NULL);

    if (rc < 0)
        assert_int_equal(p.count, 0);
    positions_close(&p);
    return rc;
}

static void the_reader_takes_nothing_that_it_would_not_write(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"version\":1}",
        "{\"version\":1,\"files\":{}}",
        "{\"version\":2,\"files\":[]}",
        "{\"version\":\"1\",\"files\":[]}",
        "{\"version\":1,\"files\":[],\"more\":1}",
        "{\"version\":1,\"files\":[]}x",
        "{\"version\":1,\"files\":[" ENTRY "," ENTRY "]}",
        "{\"version\":1,\"files\":[7]}",
    };
    static const char *const changes[][2] = {
        {"\"/a\"", "\"a\""},
        {"\"1\"", "1"},
        {"\"1\"", "\"-1\""},
        {"\"2\"", "\"\""},
        {":3,", ":-3,"},
        {":3,", ":3.5,"},
        {":3,", ":1e300,"},
        {":3,", ":\"3\","},
        {"0123456789abcdef", "0123456789abcde"},
        {"0123456789abcdef", "0123456789abcdeg"},
        {":4}", ":257}"},
        {":4}", ":4,\"x\":1}"},
        {"\"offset\":3,", ""},
        {"0123456789abcdef", "99999999999999999"},
    };

    (void)state;
    assert_int_equal(parse("{\"version\":1,\"files\":[" ENTRY "]}"), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(parse(bad[i]) < 0);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const char *whole = "{\"version\":1,\"files\":[" ENTRY "]}";
        const char *at = strstr(whole, changes[i][0]);
        char text[600];

        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, changes[i][1],
                 at + strlen(changes[i][0]));
        assert_true(parse(text) < 0);
    }
}

static void a_damaged_file_is_put_aside_and_said(void **state)
{
    const char *path = in_folder("damaged.json"), *aside = in_folder("damaged.json.damaged");
    struct positions p = opened(path);
    struct dl_buffer text;

    (void)state;
    assert_int_equal(positions_set(&p, "/a", &one), 0);
    dl_buffer_init(&text, 10000);
    assert_int_equal(positions_print(&p, &text), 0);
    positions_close(&p);
    for (size_t cut = 1; cut < text.len; cut += 7) {
        FILE *f = fopen(path, "w");

        assert_int_equal(fwrite(text.data, 1, text.len - cut, f), text.len - cut);
        fclose(f);
        unlink(aside);
        p = opened(path);
        assert_int_equal(p.count, 0);
        assert_non_null(strstr(damage, aside));
        assert_int_equal(access(aside, F_OK), 0);
        assert_int_equal(access(path, F_OK), -1);
        positions_close(&p);
    }
    dl_buffer_free(&text);
}

static void what_a_killed_process_left_does_not_hinder(void **state)
{
    const char *path = in_folder("left.json");
    struct positions p = opened(path);

    (void)state;
    put(in_folder("left.json.new"), "{\"half");
    assert_int_equal(positions_set(&p, "/a", &one), 0);
    assert_int_equal(positions_write(&p, false, NULL), 0);
    assert_int_equal(access(in_folder("left.json.new"), F_OK), -1);
    positions_close(&p);
}

static void a_file_that_cannot_be_replaced_stays(void **state)
{
    const char *path = in_folder("full.json");
    struct positions p = opened(path);
    struct dl_error err;

    (void)state;
    assert_int_equal(positions_set(&p, "/a", &one), 0);
    assert_int_equal(positions_write(&p, false, NULL), 0);
    assert_int_equal(mkdir(in_folder("full.json.new"), 0700), 0);
    assert_int_equal(positions_write(&p, false, &err), -DL_E_IO);
    positions_close(&p);
    p = opened(path);
    assert_int_equal(p.count, 1);
    positions_close(&p);
}

static void there_is_an_end_to_the_paths(void **state)
{
    struct positions p = {.lock = -1};
    char path[32];

    (void)state;
    for (int i = 0; i < POSITIONS_MAX; i++) {
        snprintf(path, sizeof path, "/%d", i);
        assert_int_equal(positions_set(&p, path, &one), 0);
    }
    assert_int_equal(positions_set(&p, "/more", &one), -DL_E_LIMIT);
    assert_int_equal(positions_set(&p, "/7", &two), 0);
    positions_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(a_second_process_is_refused),
        cmocka_unit_test(the_reader_takes_nothing_that_it_would_not_write),
        cmocka_unit_test(a_damaged_file_is_put_aside_and_said),
        cmocka_unit_test(what_a_killed_process_left_does_not_hinder),
        cmocka_unit_test(a_file_that_cannot_be_replaced_stays),
        cmocka_unit_test(there_is_an_end_to_the_paths),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
