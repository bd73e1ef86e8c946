#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"

static void test_every_row_is_complete_and_found_by_its_id(void **state)
{
    (void)state;
    for (int i = DL_OK + 1; i < DL_CODE_COUNT; i++) {
        const struct dl_error_info *info = dl_error_info((enum dl_code)i);

        assert_int_equal(info->code, i);
        assert_ptr_equal(dl_error_find(info->id), info);
        assert_true(strlen(info->title) > 10);
        assert_true(info->causes[0] && info->next[0]);
        assert_int_equal(info->kind == DL_KIND_WARN, info->exit_code == 0);
        assert_null(strchr(info->causes, '%'));
        assert_int_equal(info->title[strlen(info->title) - 1], '.');
    }
    assert_null(dl_error_find("E-NOTHING"));
    assert_null(dl_error_find(""));
    assert_string_equal(dl_error_find("e-net-dns")->id, "E-NET-DNS");
    assert_int_equal(dl_error_info((enum dl_code)DL_CODE_COUNT)->code, DL_E_INTERNAL);
    assert_int_equal(dl_error_info((enum dl_code) - 1)->code, DL_E_INTERNAL);
}

static void test_steps_come_one_by_one_with_what_was_met(void **state)
{
    const struct dl_error_word words[] = {
        {"HOST", "intake.example"}, {"PORT", "8443"}, {"PROXY", NULL}, {NULL, NULL}};
    char step[256];
    size_t count = 0;

    (void)state;
    assert_true(dl_error_step(DL_E_NET_REFUSED, 0, words, step, sizeof step));
    assert_string_equal(step, "Try the port: curl -sv https://intake.example:8443/");
    assert_true(dl_error_step(DL_E_NET_REFUSED, 0, NULL, step, sizeof step));
    assert_string_equal(step, "Try the port: curl -sv https://HOST:PORT/");
    while (dl_error_step(DL_E_NET_REFUSED, count, words, step, sizeof step)) {
        assert_null(strchr(step, '\n'));
        count++;
    }
    assert_int_equal(count, 3);
    assert_false(dl_error_step(DL_E_NET_REFUSED, 99, words, step, sizeof step));
    assert_false(dl_error_step(DL_OK, 0, words, step, sizeof step));
}

static void test_a_word_within_a_longer_one_stays(void **state)
{
    const struct dl_error_word words[] = {{"PROXY", "http://p:1"}, {"HOST", "h"}, {NULL, NULL}};
    char step[256];

    (void)state;
    /* HTTPS_PROXY and PROXYHOST are no PROXY */
    assert_true(dl_error_step(DL_E_NET_DNS, 2, words, step, sizeof step));
    assert_string_equal(step, "Behind a proxy: HTTPS_PROXY=http://PROXYHOST:3128 ddlogs test");
}

static void test_a_step_never_leaves_its_array(void **state)
{
    const struct dl_error_word words[] = {{"HOST", "a-rather-long-name.example"}, {NULL, NULL}};
    char step[24], guard[24];

    (void)state;
    for (size_t size = 1; size <= sizeof step; size++) {
        memset(step, '#', sizeof step);
        memset(guard, '#', sizeof guard);
        assert_true(dl_error_step(DL_E_NET_DNS, 0, words, step, size));
        assert_true(strlen(step) < size);
        assert_memory_equal(step + size, guard, sizeof step - size);
    }
    assert_false(dl_error_step(DL_E_NET_DNS, 0, words, step, 0));
}

static void test_an_error_keeps_code_text_and_number(void **state)
{
    struct dl_error err;
    char text[2100];

    (void)state;
    assert_int_equal(dl_error_set(&err, DL_E_VALUE, "no %s at %d", "port", 7), -DL_E_VALUE);
    assert_string_equal(err.text, "no port at 7");
    assert_int_equal(err.code, DL_E_VALUE);
    assert_int_equal(dl_error_set_errno(&err, DL_E_IO, ENOENT, "open x"), -DL_E_IO);
    assert_int_equal(err.sys_errno, ENOENT);
    assert_string_equal(err.text, "open x: No such file or directory");
    dl_error_prefix(&err, "config %d", 1);
    assert_string_equal(err.text, "config 1: open x: No such file or directory");
    assert_int_equal(dl_error_set(NULL, DL_E_VALUE, "nobody listens"), -DL_E_VALUE);
    dl_error_prefix(NULL, "nobody");
    /* a text too long is cut between characters */
    for (size_t i = 0; i < sizeof text - 1; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    text[sizeof text - 2] = '\0';
    dl_error_set(&err, DL_E_VALUE, "x%s", text);
    assert_true(dl_utf8_valid(err.text, strlen(err.text), NULL));
    assert_true(strlen(err.text) > sizeof err.text - 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_is_complete_and_found_by_its_id),
        cmocka_unit_test(test_steps_come_one_by_one_with_what_was_met),
        cmocka_unit_test(test_a_word_within_a_longer_one_stays),
        cmocka_unit_test(test_a_step_never_leaves_its_array),
        cmocka_unit_test(test_an_error_keeps_code_text_and_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
