#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/target.h"

static void test_host_and_port_are_found(void **state)
{
    static const struct {
        const char *url, *host;
        int port;
        bool tls, literal;
    } rows[] = {
        {"https://http-intake.logs.datadoghq.eu", "http-intake.logs.datadoghq.eu", 443, true,
         false},
        {"https://intake.example:8443/path?x", "intake.example", 8443, true, false},
        {"http://127.0.0.1:80", "127.0.0.1", 80, false, true},
        {"http://[::1]:8126/", "::1", 8126, false, true},
        {"http://[::1]", "::1", 80, false, true},
        {"http://user:secret@proxy.corp:3128", "proxy.corp", 3128, false, false},
        {"socks5://proxy.corp", "proxy.corp", 1080, false, false},
        {"127.0.0.1:18443", "127.0.0.1", 18443, false, true},
    };
    struct dl_target target;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(dl_target_from_url(&target, rows[i].url));
        assert_string_equal(target.host, rows[i].host);
        assert_int_equal(target.port, rows[i].port);
        assert_int_equal(target.tls, rows[i].tls);
        assert_int_equal(target.literal, rows[i].literal);
    }
}

static void test_what_has_no_host_or_no_port_number_is_refused(void **state)
{
    static const char *const rows[] = {"",
                                       "https://",
                                       "https://:443",
                                       "https://a:",
                                       "https://a:0",
                                       "https://a:65536",
                                       "https://a:x",
                                       "https://[::1",
                                       "https://a:443443443"};
    struct dl_target target = {.port = 7};
    char longest[300] = "https://";

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_false(dl_target_from_url(&target, rows[i]));
    memset(longest + 8, 'a', 256);
    assert_false(dl_target_from_url(&target, longest));
    assert_int_equal(target.port, 7);
    longest[8 + 255] = '\0';
    assert_true(dl_target_from_url(&target, longest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host_and_port_are_found),
        cmocka_unit_test(test_what_has_no_host_or_no_port_number_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
