#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "net/verdict.h"

static struct dl_http_answer answer(long status, const char *body)
{
    return (struct dl_http_answer){
        .status = status, .body = body, .body_length = strlen(body), .retry_after_ms = -1};
}

/* The policy, written a second time as a function of the status. */
static enum dl_verdict expected(long status, enum dl_code *code)
{
    *code = DL_E_HTTP_STATUS;
    switch (status) {
    case 200:
    case 202:
        *code = DL_OK;
        return DL_VERDICT_COMMIT;
    case 400:
        *code = DL_E_HTTP_400;
        return DL_VERDICT_BISECT;
    case 413:
        *code = DL_E_HTTP_413;
        return DL_VERDICT_SPLIT;
    case 408:
        *code = DL_E_HTTP_408;
        return DL_VERDICT_RETRY;
    case 429:
        *code = DL_E_HTTP_429;
        return DL_VERDICT_RETRY;
    case 401:
    case 403:
        *code = DL_E_KEY_403;
        return DL_VERDICT_HOLD;
    case 404:
        *code = DL_E_HTTP_404;
        return DL_VERDICT_HOLD;
    case 407:
        *code = DL_E_PROXY_AUTH;
        return DL_VERDICT_HOLD;
    case 415:
        *code = DL_E_HTTP_415;
        return DL_VERDICT_HOLD;
    default:
        break;
    }
    if (status >= 300 && status < 400) {
        *code = DL_E_HTTP_REDIRECT;
        return DL_VERDICT_HOLD;
    }
    if (status >= 500 && status < 600) {
        *code = DL_E_HTTP_5XX;
        return DL_VERDICT_RETRY;
    }
    return DL_VERDICT_HOLD;
}

static void every_status_has_a_verdict_and_what_is_unknown_is_held(void **state)
{
    static const char *const bodies[] = {"", "{}", "<html><title>x</title></html>",
                                         "{\"errors\":[\"Forbidden\"]}"};

    (void)state;
    for (long status = 0; status <= 1000; status++) {
        for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
            struct dl_http_answer a = answer(status, bodies[i]);
            struct dl_error err = {0};
            enum dl_code code;
            enum dl_verdict verdict = expected(status, &code);

            if (i == 2 && code == DL_OK) {
                verdict = DL_VERDICT_HOLD;
                code = DL_E_HTTP_HTML;
            }
            if (dl_verdict_intake(&a, &err) != verdict || err.code != code)
                fail_msg("status %ld with body %s", status, bodies[i]);
            if (code != DL_OK) {
                assert_int_equal(err.http_status, status);
                assert_true(strlen(err.text) > 10);
            }
        }
    }
}

static void a_success_has_json_or_nothing_in_it(void **state)
{
    static const struct {
        const char *body;
        enum dl_verdict verdict;
    } rows[] = {
        {"", DL_VERDICT_COMMIT},
        {" \r\n", DL_VERDICT_COMMIT},
        {"{}", DL_VERDICT_COMMIT},
        {" {} \n", DL_VERDICT_COMMIT},
        {"[]", DL_VERDICT_COMMIT},
        {"{\"status\":\"ok\"}", DL_VERDICT_COMMIT},
        {"<!DOCTYPE html><title>Log in</title>", DL_VERDICT_HOLD},
        {"<html>", DL_VERDICT_HOLD},
        {"OK", DL_VERDICT_HOLD},
        {"{", DL_VERDICT_HOLD},
        {"{} trailing", DL_VERDICT_HOLD},
        {"\x1f\x8b\x08", DL_VERDICT_HOLD},
        {"\xff", DL_VERDICT_HOLD},
    };

    (void)state;
    for (long status = 200; status <= 202; status += 2) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct dl_http_answer a = answer(status, rows[i].body);
            struct dl_error err = {0};

            if (dl_verdict_intake(&a, &err) != rows[i].verdict)
                fail_msg("%ld %s", status, rows[i].body);
            if (rows[i].verdict == DL_VERDICT_HOLD)
                assert_int_equal(err.code, DL_E_HTTP_HTML);
        }
    }
}

static void an_answer_that_was_cut_is_no_success(void **state)
{
    struct dl_http_answer a = answer(202, "{}");

    (void)state;
    a.body_cut = true;
    assert_int_equal(dl_verdict_intake(&a, NULL), DL_VERDICT_HOLD);
}

static void of_a_web_page_the_title_alone_is_shown(void **state)
{
    struct dl_http_answer a = answer(
        200, "<html><head><TITLE>Hotel WiFi\x1b[31m log in</TITLE></head><body>long text</body>");
    struct dl_error err;

    (void)state;
    dl_verdict_intake(&a, &err);
    assert_non_null(strstr(err.text, "Hotel WiFi"));
    assert_null(strstr(err.text, "long text"));
    assert_null(strchr(err.text, '\x1b'));
}

static void of_an_error_s_body_at_most_500_bytes_are_shown(void **state)
{
    char body[5000];
    struct dl_http_answer a;
    struct dl_error err;
    size_t shown = 0;

    (void)state;
    memset(body, '~', sizeof body - 1);
    body[sizeof body - 1] = '\0';
    a = answer(400, body);
    dl_verdict_intake(&a, &err);
    for (const char *c = err.text; *c; c++)
        shown += *c == '~';
    assert_int_equal(shown, 500);
}

static void a_redirect_names_where_it_leads(void **state)
{
    struct dl_http_answer a = answer(307, "");
    struct dl_error err;

    (void)state;
    strcpy(a.location, "https://portal.example/");
    assert_int_equal(dl_verdict_intake(&a, &err), DL_VERDICT_HOLD);
    assert_non_null(strstr(err.text, "https://portal.example/, which is not followed"));
}

static void a_wait_that_is_asked_for_is_told(void **state)
{
    struct dl_http_answer a = answer(429, "");
    struct dl_error err;

    (void)state;
    a.retry_after_ms = 7000;
    assert_int_equal(dl_verdict_intake(&a, &err), DL_VERDICT_RETRY);
    assert_non_null(strstr(err.text, "wait 7 s"));
}

static void without_an_answer_what_may_pass_is_tried_again_and_the_rest_is_held(void **state)
{
    static const enum dl_code again[] = {DL_E_NET_DNS,     DL_E_NET_REFUSED, DL_E_PROXY_REFUSED,
                                         DL_E_NET_TIMEOUT, DL_E_NET_UNREACH, DL_E_NET_RESET,
                                         DL_E_TLS_TIMEOUT};
    static const enum dl_code hold[] = {DL_E_TLS_CA,     DL_E_TLS_NAME,    DL_E_TLS_TIME,
                                        DL_E_TLS_NOTTLS, DL_E_TLS_VERSION, DL_E_PROXY_AUTH,
                                        DL_E_PROXY_DENY, DL_E_CA_FILE,     DL_E_NET_DNS_PROXY,
                                        DL_E_HTTP_HTML,  DL_E_NOMEM,       DL_E_INTERNAL};

    (void)state;
    for (size_t i = 0; i < sizeof again / sizeof *again + sizeof hold / sizeof *hold; i++) {
        size_t retries = sizeof again / sizeof *again;
        /* a status that came before the failure does not count */
        struct dl_http_answer a = answer(202, "{}");
        struct dl_error err = {0};

        a.code = i < retries ? again[i] : hold[i - retries];
        strcpy(a.text, "the sentence of the transfer");
        assert_int_equal(dl_verdict_intake(&a, &err),
                         i < retries ? DL_VERDICT_RETRY : DL_VERDICT_HOLD);
        assert_int_equal(err.code, a.code);
        assert_string_equal(err.text, a.text);
        assert_int_equal(dl_verdict_validate(&a, &err), -(int)a.code);
    }
}

static void the_validate_call_has_to_say_valid(void **state)
{
    static const struct {
        long status;
        const char *body;
        int result;
    } rows[] = {
        {200, "{\"valid\":true}", 0},
        {200, "{\"data\":{\"id\":\"o\",\"type\":\"validate_v2\",\"attributes\":{\"valid\":true}}}",
         0},
        {200, "{\"valid\":false}", -DL_E_KEY_403},
        {200, "{\"valid\":\"true\"}", -DL_E_KEY_403},
        {200, "{}", -DL_E_KEY_403},
        {200, "[]", -DL_E_KEY_403},
        {200, "", -DL_E_HTTP_HTML},
        {200, "<html>", -DL_E_HTTP_HTML},
        {202, "{\"valid\":true}", -DL_E_HTTP_STATUS},
        {204, "", -DL_E_HTTP_STATUS},
        {302, "", -DL_E_HTTP_REDIRECT},
        {401, "", -DL_E_KEY_403},
        {403, "{\"errors\":[\"API key required\"]}", -DL_E_KEY_403},
        {404, "", -DL_E_HTTP_404},
        {429, "", -DL_E_HTTP_429},
        {503, "", -DL_E_HTTP_5XX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dl_http_answer a = answer(rows[i].status, rows[i].body);
        struct dl_error err = {0};

        if (dl_verdict_validate(&a, &err) != rows[i].result)
            fail_msg("%ld %s", rows[i].status, rows[i].body);
        assert_int_equal(err.code, -rows[i].result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_verdict_and_what_is_unknown_is_held),
        cmocka_unit_test(a_success_has_json_or_nothing_in_it),
        cmocka_unit_test(an_answer_that_was_cut_is_no_success),
        cmocka_unit_test(of_a_web_page_the_title_alone_is_shown),
        cmocka_unit_test(of_an_error_s_body_at_most_500_bytes_are_shown),
        cmocka_unit_test(a_redirect_names_where_it_leads),
        cmocka_unit_test(a_wait_that_is_asked_for_is_told),
        cmocka_unit_test(without_an_answer_what_may_pass_is_tried_again_and_the_rest_is_held),
        cmocka_unit_test(the_validate_call_has_to_say_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
