#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "net/endpoint.h"

static const struct dl_site site = {
    .id = "eu1",
    .app_url = "https://app.datadoghq.eu",
    .api_url = "https://api.datadoghq.eu",
    .intake_url = "https://http-intake.logs.datadoghq.eu",
};

static void an_origin_gives_host_and_port(void **state)
{
    static const struct {
        const char *origin, *host;
        int port;
        bool tls;
    } rows[] = {
        {"https://http-intake.logs.datadoghq.eu", "http-intake.logs.datadoghq.eu", 443, true},
        {"https://Example.COM:8443", "example.com", 8443, true},
        {"HTTPS://example.com/", "example.com", 443, true},
        {"http://127.0.0.1:8080", "127.0.0.1", 8080, false},
        {"http://localhost", "localhost", 80, false},
        {"http://[::1]:9", "[::1]", 9, false},
        {"http://127.255.0.3:1", "127.255.0.3", 1, false},
        {"http://2130706433:7", "127.0.0.1", 7, false},
        {"https://[2001:db8::1]", "[2001:db8::1]", 443, true},
        {"https://10.0.0.1:65535", "10.0.0.1", 65535, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char host[256] = "";
        int port = 0;
        bool tls = !rows[i].tls;
        struct dl_error err = {0};

        if (dl_origin_split(rows[i].origin, host, sizeof host, &port, &tls, &err))
            fail_msg("%s: %s", rows[i].origin, err.text);
        assert_string_equal(host, rows[i].host);
        assert_int_equal(port, rows[i].port);
        assert_int_equal(tls, rows[i].tls);
    }
}

static void what_is_no_origin_is_refused_with_the_reason(void **state)
{
    static const struct {
        const char *origin, *words;
    } rows[] = {
        {"", "https://"},
        {"example.com", "does not begin with https://"},
        {"ftp://example.com", "does not begin with https://"},
        {"file:///etc/passwd", "does not begin with https://"},
        {"https://", "address"},
        {"https:///example.com", "no host"},
        {"https://example.com/path", "path or query"},
        {"https://example.com?x=1", "path or query"},
        {"https://example.com#part", "fragment"},
        {"https://user@example.com", "user or password"},
        {"https://user:secret@example.com", "user or password"},
        {"https://:secret@example.com", "user or password"},
        {"https://example.com:0", "port"},
        {"https://example.com:65536", "address"},
        {"https://example.com:abc", "address"},
        {"https://exam ple.com", "blank"},
        {"https://example.com\r\nX: y", "control"},
        {"https://example.com\\@evil.example", "backslash"},
        {"https://b\xc3\xbc"
         "cher.example",
         "xn--"},
        {"http://example.com", "unencrypted"},
        {"http://10.0.0.1", "unencrypted"},
        {"http://128.0.0.1", "unencrypted"},
        {"http://localhost.example.com", "unencrypted"},
        {"http://127.0.0.1.example.com", "unencrypted"},
        {"http://[::2]", "unencrypted"},
        {"http://0.0.0.0", "unencrypted"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char host[256] = "untouched";
        struct dl_error err = {0};

        if (dl_origin_split(rows[i].origin, host, sizeof host, NULL, NULL, &err) != -DL_E_VALUE)
            fail_msg("%s is taken", rows[i].origin);
        if (!strstr(err.text, rows[i].words))
            fail_msg("%s: \"%s\" does not say \"%s\"", rows[i].origin, err.text, rows[i].words);
        assert_null(strstr(err.text, "secret"));
        assert_string_equal(host, "untouched");
    }
}

static void a_host_that_is_too_long_is_refused(void **state)
{
    char origin[700] = "https://";

    (void)state;
    memset(origin + 8, 'a', 600);
    assert_int_equal(dl_origin_split(origin, NULL, 0, NULL, NULL, NULL), -DL_E_VALUE);
}

static void loopback_is_this_machine_and_nothing_that_looks_like_it(void **state)
{
    static const char *const yes[] = {"localhost", "LOCALHOST", "127.0.0.1",        "127.1.2.3",
                                      "::1",       "[::1]",     "[0:0:0:0:0:0:0:1]"};
    static const char *const no[] = {
        "",          "localhos",      "localhost.", "127.0.0.1.example.com",
        "126.0.0.1", "128.0.0.1",     "::",         "[::ffff:127.0.0.1]",
        "[::1",      "0127.0.0.1",    "10.0.0.1",   "example.com",
        "0.0.0.0",   "localhost.evil"};

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!dl_host_is_loopback(yes[i]))
            fail_msg("%s is loopback", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (dl_host_is_loopback(no[i]))
            fail_msg("%s is not loopback", no[i]);
}

static void the_site_gives_both_origins(void **state)
{
    struct dl_config config = {.site = &site};
    struct dl_endpoint endpoint;

    (void)state;
    assert_int_equal(dl_endpoint_from_config(&endpoint, &config, NULL), 0);
    assert_string_equal(endpoint.intake, "https://http-intake.logs.datadoghq.eu");
    assert_string_equal(endpoint.api, "https://api.datadoghq.eu");
    assert_false(endpoint.custom);
}

static void an_endpoint_stands_for_both_and_an_api_endpoint_splits_them(void **state)
{
    char both[] = "HTTP://LocalHost:8080/", api[] = "https://api.example.com:443";
    struct dl_config config = {.endpoint = both};
    struct dl_endpoint endpoint;

    (void)state;
    assert_int_equal(dl_endpoint_from_config(&endpoint, &config, NULL), 0);
    assert_string_equal(endpoint.intake, "http://localhost:8080");
    assert_string_equal(endpoint.api, "http://localhost:8080");
    assert_true(endpoint.custom);

    config.api_endpoint = api;
    assert_int_equal(dl_endpoint_from_config(&endpoint, &config, NULL), 0);
    assert_string_equal(endpoint.intake, "http://localhost:8080");
    assert_string_equal(endpoint.api, "https://api.example.com");

    config.endpoint = NULL;
    config.site = &site;
    assert_int_equal(dl_endpoint_from_config(&endpoint, &config, NULL), 0);
    assert_string_equal(endpoint.intake, "https://http-intake.logs.datadoghq.eu");
    assert_string_equal(endpoint.api, "https://api.example.com");
    assert_true(endpoint.custom);
}

static void without_a_site_or_with_a_bad_origin_there_is_no_endpoint(void **state)
{
    char bad[] = "http://example.com", api[] = "https://x/y";
    struct dl_config config = {0};
    struct dl_endpoint endpoint;
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_endpoint_from_config(&endpoint, &config, &err), -DL_E_SITE);
    config.endpoint = bad;
    assert_int_equal(dl_endpoint_from_config(&endpoint, &config, &err), -DL_E_VALUE);
    assert_non_null(strstr(err.text, "endpoint: "));
    config.endpoint = NULL;
    config.site = &site;
    config.api_endpoint = api;
    assert_int_equal(dl_endpoint_from_config(&endpoint, &config, &err), -DL_E_VALUE);
    assert_non_null(strstr(err.text, "api_endpoint: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_origin_gives_host_and_port),
        cmocka_unit_test(what_is_no_origin_is_refused_with_the_reason),
        cmocka_unit_test(a_host_that_is_too_long_is_refused),
        cmocka_unit_test(loopback_is_this_machine_and_nothing_that_looks_like_it),
        cmocka_unit_test(the_site_gives_both_origins),
        cmocka_unit_test(an_endpoint_stands_for_both_and_an_api_endpoint_splits_them),
        cmocka_unit_test(without_a_site_or_with_a_bad_origin_there_is_no_endpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
