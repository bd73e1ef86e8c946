#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "net/no_proxy.h"
#include "net/proxy.h"

#define ORIGIN "https://http-intake.logs.datadoghq.eu"

static struct dl_proxy resolve(const char *origin, const struct dl_proxy_environment *environment)
{
    struct dl_config config = {0};
    struct dl_proxy proxy = {0};
    struct dl_error err = {0};

    if (dl_proxy_resolve(&proxy, &config, environment, origin, &err))
        fail_msg("%s", err.text);
    return proxy;
}

static void the_variable_that_wins_is_named(void **state)
{
    struct dl_proxy_environment e = {0};
    struct dl_proxy proxy;

    (void)state;
    assert_string_equal(resolve(ORIGIN, &e).url, "");
    assert_string_equal(resolve(ORIGIN, &e).reason, "none");
    assert_string_equal(resolve(ORIGIN, &e).origin, "");

    e.http_proxy = "http://not-for-https:1";
    e.HTTP_PROXY = "http://not-for-https:2";
    assert_string_equal(resolve(ORIGIN, &e).url, "");
    e.ALL_PROXY = "http://a:1";
    assert_string_equal(resolve(ORIGIN, &e).origin, "ALL_PROXY");
    e.all_proxy = "http://b:2";
    assert_string_equal(resolve(ORIGIN, &e).origin, "all_proxy");
    e.HTTPS_PROXY = "http://c:3";
    assert_string_equal(resolve(ORIGIN, &e).origin, "HTTPS_PROXY");
    e.https_proxy = "http://d:4";
    assert_string_equal(resolve(ORIGIN, &e).origin, "https_proxy");
    e.dd_proxy_https = "http://e:5";
    proxy = resolve(ORIGIN, &e);
    assert_string_equal(proxy.origin, "DD_PROXY_HTTPS");
    assert_string_equal(proxy.url, "http://e:5");
    e.dd_proxy_https = ""; /* empty is as good as unset */
    assert_string_equal(resolve(ORIGIN, &e).url, "http://d:4");
}

static void an_address_is_completed_and_shown_without_its_password(void **state)
{
    static const struct {
        const char *value, *url, *shown;
    } rows[] = {
        {"proxy", "http://proxy:80", "http://proxy:80"},
        {"proxy:3128", "http://proxy:3128", "http://proxy:3128"},
        {"http://proxy:3128/", "http://proxy:3128", "http://proxy:3128"},
        {"https://proxy", "https://proxy:443", "https://proxy:443"},
        {"socks5h://proxy", "socks5h://proxy:1080", "socks5h://proxy:1080"},
        {"socks5://10.0.0.1:9", "socks5://10.0.0.1:9", "socks5://10.0.0.1:9"},
        {"http://[::1]:3128", "http://[::1]:3128", "http://[::1]:3128"},
        {"http://me:hunter2@proxy:3128", "http://me:hunter2@proxy:3128", "http://proxy:3128"},
        {"me:hunter2@proxy:3128", "http://me:hunter2@proxy:3128", "http://proxy:3128"},
        {"http://me@proxy", "http://me@proxy:80", "http://proxy:80"},
        {"http://me:a%40b@proxy", "http://me:a%40b@proxy:80", "http://proxy:80"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dl_proxy_environment e = {.HTTPS_PROXY = rows[i].value};
        struct dl_proxy proxy = resolve(ORIGIN, &e);

        assert_string_equal(proxy.url, rows[i].url);
        assert_string_equal(proxy.shown, rows[i].shown);
    }
}

static void an_address_that_cannot_be_used_is_refused_without_showing_it(void **state)
{
    static const char *const rows[] = {
        "ftp://me:hunter2@proxy",      "socks4://me:hunter2@proxy",
        "http://me:hunter2@",          "http://me:hunter2@proxy/path",
        "http://me:hunter2@proxy?x",   "http://me:hunter2@proxy:99999",
        "http://me:hunter2@pro xy",    "http://me:hunter2@p\r\nX: y",
        "http://me:hunter2@p#x",       "http://me:hunter2@proxy:abc",
        "http://me:hunter2@b\xc3\xbc",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dl_proxy_environment e = {.https_proxy = rows[i]};
        struct dl_config config = {0};
        struct dl_proxy proxy;
        struct dl_error err = {0};

        if (dl_proxy_resolve(&proxy, &config, &e, ORIGIN, &err) != -DL_E_PROXY_URL)
            fail_msg("%s is taken", rows[i]);
        assert_non_null(strstr(err.text, "https_proxy"));
        assert_non_null(strstr(err.text, "write it as http://HOST:PORT"));
        assert_null(strstr(err.text, "hunter2"));
    }
}

static void a_proxy_longer_than_its_place_is_refused(void **state)
{
    char value[700] = "http://";
    struct dl_proxy_environment e = {.https_proxy = value};
    struct dl_config config = {0};
    struct dl_proxy proxy;

    (void)state;
    memset(value + 7, 'p', 600);
    assert_int_equal(dl_proxy_resolve(&proxy, &config, &e, ORIGIN, NULL), -DL_E_PROXY_URL);
}

static void the_configuration_wins_over_the_environment(void **state)
{
    char url[] = "http://me:hunter2@proxy:3128", none[] = "none";
    struct dl_config config = {.proxy = url};
    struct dl_proxy_environment e = {.HTTPS_PROXY = "http://other:1", .NO_PROXY = "*"};
    struct dl_proxy proxy;

    (void)state;
    assert_int_equal(dl_proxy_resolve(&proxy, &config, &e, ORIGIN, NULL), 0);
    assert_string_equal(proxy.url, url);
    assert_string_equal(proxy.shown, "http://proxy:3128");
    assert_string_equal(proxy.origin, "proxy in the configuration");

    config.origin[DL_PROP_PROXY] = DL_ORIGIN_OPTION;
    assert_int_equal(dl_proxy_resolve(&proxy, &config, &e, "http://127.0.0.1:1", NULL), 0);
    assert_string_equal(proxy.origin, "--proxy");
    assert_string_equal(proxy.url, url);

    config.proxy = none;
    assert_int_equal(dl_proxy_resolve(&proxy, &config, &e, ORIGIN, NULL), 0);
    assert_string_equal(proxy.url, "");
    assert_string_equal(proxy.reason, "none, by --proxy");
}

static void loopback_is_never_proxied_by_the_environment(void **state)
{
    static const char *const origins[] = {"http://127.0.0.1:8080", "https://localhost",
                                          "http://[::1]:9"};
    struct dl_proxy_environment e = {.HTTPS_PROXY = "http://proxy:1",
                                     .ALL_PROXY = "http://proxy:2"};

    (void)state;
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        struct dl_proxy proxy = resolve(origins[i], &e);

        assert_string_equal(proxy.url, "");
        assert_string_equal(proxy.reason, "loopback");
    }
}

static void no_proxy_is_read_in_all_its_forms(void **state)
{
    static const struct {
        const char *list, *host;
        int port;
        const char *entry; /* NULL: no match */
    } rows[] = {
        {"*", "example.com", 443, "*"},
        {"example.com", "example.com", 443, "example.com"},
        {"example.com", "a.b.example.com", 443, "example.com"},
        {"example.com", "badexample.com", 443, NULL},
        {"example.com", "example.com.evil", 443, NULL},
        {".example.com", "a.example.com", 443, ".example.com"},
        {".example.com", "example.com", 443, ".example.com"},
        {"*.example.com", "a.example.com", 443, "*.example.com"},
        {"EXAMPLE.com", "a.Example.COM", 443, "EXAMPLE.com"},
        {"example.com.", "example.com", 443, "example.com."},
        {"example.com", "example.com.", 443, "example.com"},
        {"example.com:443", "example.com", 443, "example.com:443"},
        {"example.com:8443", "example.com", 443, NULL},
        {"a,b c\t,, example.com ,d", "example.com", 443, "example.com"},
        {"10.0.0.0/8", "10.255.1.2", 443, "10.0.0.0/8"},
        {"10.0.0.0/8", "11.0.0.1", 443, NULL},
        {"10.0.0.128/25", "10.0.0.127", 443, NULL},
        {"10.0.0.128/25", "10.0.0.129", 443, "10.0.0.128/25"},
        {"0.0.0.0/0", "1.2.3.4", 443, "0.0.0.0/0"},
        {"10.0.0.1", "10.0.0.1", 443, "10.0.0.1"},
        {"10.0.0.1:443", "10.0.0.1", 443, "10.0.0.1:443"},
        {"10.0.0.1:80", "10.0.0.1", 443, NULL},
        {"10.0.0.0/33", "10.0.0.1", 443, NULL},
        {"10.0.0.0/x", "10.0.0.1", 443, NULL},
        {"10.0.0.0/8", "10.example.com", 443, NULL},
        {"2001:db8::/32", "[2001:db8:1::5]", 443, "2001:db8::/32"},
        {"2001:db8::/32", "[2001:db9::5]", 443, NULL},
        {"[2001:db8::1]", "[2001:db8::1]", 443, "[2001:db8::1]"},
        {"[2001:db8::1]:443", "[2001:db8::1]", 443, "[2001:db8::1]:443"},
        {"[2001:db8::1]:80", "[2001:db8::1]", 443, NULL},
        {"2001:db8::/32", "10.0.0.1", 443, NULL},
        {"", "example.com", 443, NULL},
        {" , ,", "example.com", 443, NULL},
        {".", "example.com", 443, NULL},
        {"*.", "example.com", 443, NULL},
        {":443", "example.com", 443, NULL},
        {"com", "example.com", 443, "com"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char entry[128] = "";
        bool matches =
            dl_no_proxy_match(rows[i].list, rows[i].host, rows[i].port, entry, sizeof entry);

        if (matches != (rows[i].entry != NULL))
            fail_msg("NO_PROXY=%s and %s: %d", rows[i].list, rows[i].host, matches);
        if (matches)
            assert_string_equal(entry, rows[i].entry);
    }
}

static void the_no_proxy_entry_that_matched_is_named(void **state)
{
    struct dl_proxy_environment e = {.HTTPS_PROXY = "http://proxy:1",
                                     .NO_PROXY = "x, .datadoghq.eu"};
    struct dl_proxy proxy = resolve(ORIGIN, &e);

    (void)state;
    assert_string_equal(proxy.url, "");
    assert_string_equal(proxy.reason, "NO_PROXY matches .datadoghq.eu");
    e.no_proxy = "other"; /* the lower-case one is read instead, as curl does */
    assert_string_equal(resolve(ORIGIN, &e).url, "http://proxy:1");
    e.dd_proxy_no_proxy = "datadoghq.eu:443";
    assert_string_equal(resolve(ORIGIN, &e).reason, "DD_PROXY_NO_PROXY matches datadoghq.eu:443");
}

struct report {
    size_t count;
    enum dl_code code;
    char sentence[1000];
};

static void remember(void *context, enum dl_code code, const char *sentence)
{
    struct report *report = context;

    report->count++;
    report->code = code;
    snprintf(report->sentence, sizeof report->sentence, "%s", sentence);
}

static void each_trap_is_named_with_the_value_to_set(void **state)
{
    static const struct {
        struct dl_proxy_environment environment;
        enum dl_code code;
        const char *words;
    } rows[] = {
        {{.NO_PROXY = "a, .corp.example,.b"}, DL_E_NOPROXY_DOT, "NO_PROXY=a,corp.example,b"},
        {{.no_proxy = ".corp"}, DL_E_NOPROXY_DOT, "no_proxy=corp"},
        {{.HTTP_PROXY = "http://p:3128"}, DL_E_HTTP_PROXY_UPPER, "HTTPS_PROXY=http://p:3128"},
        {{.http_proxy = "http://p:3128"}, DL_E_HTTP_PROXY_UPPER, "http_proxy is not used"},
        {{.HTTP_PROXY = "http://u:hunter2@p:3128"}, DL_E_HTTP_PROXY_UPPER, "to the same value"},
        {{.HTTPS_PROXY = "p:3128"}, DL_E_HTTPS_PROXY, "HTTPS_PROXY=http://p:3128"},
        {{.https_proxy = "u:hunter2@p"}, DL_E_HTTPS_PROXY, "https_proxy=http://USER:PASSWORD@p:80"},
        {{.HTTPS_PROXY = "https://p:3128"}, DL_E_HTTPS_PROXY, "HTTPS_PROXY=http://p:3128"},
        {{.https_proxy = "http://a:1", .HTTPS_PROXY = "http://b:1"}, DL_E_HTTPS_PROXY, "differ"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct report report = {0};

        dl_proxy_lint(&rows[i].environment, remember, &report);
        assert_int_equal(report.count, 1);
        assert_int_equal(report.code, rows[i].code);
        if (!strstr(report.sentence, rows[i].words))
            fail_msg("\"%s\" does not say \"%s\"", report.sentence, rows[i].words);
        assert_null(strstr(report.sentence, "hunter2"));
    }
}

static void a_clean_environment_gives_no_warning(void **state)
{
    struct dl_proxy_environment e = {.HTTPS_PROXY = "http://p:3128",
                                     .https_proxy = "http://p:3128",
                                     .HTTP_PROXY = "http://p:3128",
                                     .NO_PROXY = "localhost,corp.example,10.0.0.0/8"};
    struct report report = {0};

    (void)state;
    dl_proxy_lint(&e, remember, &report);
    assert_int_equal(report.count, 0);
    dl_proxy_lint(&(struct dl_proxy_environment){.HTTPS_PROXY = "https://p"}, remember, &report);
    assert_int_equal(report.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_variable_that_wins_is_named),
        cmocka_unit_test(an_address_is_completed_and_shown_without_its_password),
        cmocka_unit_test(an_address_that_cannot_be_used_is_refused_without_showing_it),
        cmocka_unit_test(a_proxy_longer_than_its_place_is_refused),
        cmocka_unit_test(the_configuration_wins_over_the_environment),
        cmocka_unit_test(loopback_is_never_proxied_by_the_environment),
        cmocka_unit_test(no_proxy_is_read_in_all_its_forms),
        cmocka_unit_test(the_no_proxy_entry_that_matched_is_named),
        cmocka_unit_test(each_trap_is_named_with_the_value_to_set),
        cmocka_unit_test(a_clean_environment_gives_no_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
