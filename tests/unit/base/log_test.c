#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"

static char seen[256];

static void sink(void *context, enum dl_log_level level, const char *line)
{
    (void)context;
    (void)level;
    strncpy(seen, line, sizeof seen - 1);
}

/* Hides every "secret", as redaction would. */
static int hide(struct dl_buffer *text)
{
    char *at;

    while (text->data && (at = strstr(text->data, "secret")))
        memcpy(at, "******", 6);
    return 0;
}

static int refuse(struct dl_buffer *text)
{
    (void)text;
    return -DL_E_NOMEM;
}

static void a_line_is_redacted_and_cleaned_before_it_leaves(void **state)
{
    (void)state;
    dl_log_set_sink(sink, NULL);
    dl_log_set_filter(hide);
    dl_log(DL_LOG_INFO, "the %s\n", "secret");
    assert_string_equal(seen, "the ****** ");
    /* cleaning joins the parts: redaction must see the result too */
    dl_log(DL_LOG_INFO, "sec\xe2\x80\x8bret");
    assert_string_equal(seen, "******");
}

static void what_cannot_be_redacted_is_withheld(void **state)
{
    char to[64];

    (void)state;
    dl_log_set_filter(refuse);
    dl_log_scrub(to, sizeof to, "secret", 6);
    assert_string_equal(to, "(withheld)");
    dl_log_set_filter(NULL);
    dl_log_scrub(to, 4, "abcdef", 6);
    assert_string_equal(to, "abc");
}

static void a_cut_never_hides_a_secret_from_redaction(void **state)
{
    char to[8];

    (void)state;
    dl_log_set_filter(hide);
    dl_log_scrub(to, sizeof to, "xxxxsecret", 10);
    assert_string_equal(to, "xxxx***");
}

static void every_error_row_is_complete(void **state)
{
    (void)state;
    for (int code = DL_OK + 1; code < DL_CODE_COUNT; code++) {
        const struct dl_error_info *info = dl_error_info((enum dl_code)code);

        assert_int_equal(info->code, code);
        assert_true(strlen(info->title) > 5 && strlen(info->causes) > 5 && strlen(info->next) > 5);
        assert_ptr_equal(dl_error_find(info->id), info);
        assert_true(info->kind == DL_KIND_WARN ? info->id[0] == 'W' : info->id[0] == 'E');
        assert_true((info->exit_code == 0) == (info->kind == DL_KIND_WARN));
    }
    assert_null(dl_error_find("E-NOTHING"));
}

static void an_error_text_is_cut_on_a_border(void **state)
{
    struct dl_error err;
    char many[3000];

    (void)state;
    memset(many, 'a', sizeof many);
    many[0] = 'b';
    for (size_t i = 1; i + 1 < sizeof many; i += 2)
        memcpy(many + i, "\xc3\xa9", 2);
    many[sizeof many - 1] = '\0';
    assert_int_equal(dl_error_set(&err, DL_E_VALUE, "%s", many), -DL_E_VALUE);
    assert_true((strlen(err.text) & 1) == 1);
    dl_error_prefix(&err, "%s", "p");
    assert_memory_equal(err.text, "p: b", 4);
}

static void times_are_written_as_rfc_3339(void **state)
{
    char text[32];

    (void)state;
    dl_clock_iso(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    dl_clock_iso(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
    dl_clock_iso(1795359845678, text);
    assert_string_equal(text, "2026-11-22T15:04:05.678Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_redacted_and_cleaned_before_it_leaves),
        cmocka_unit_test(what_cannot_be_redacted_is_withheld),
        cmocka_unit_test(a_cut_never_hides_a_secret_from_redaction),
        cmocka_unit_test(every_error_row_is_complete),
        cmocka_unit_test(an_error_text_is_cut_on_a_border),
        cmocka_unit_test(times_are_written_as_rfc_3339),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
