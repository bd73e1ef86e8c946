#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "identity/address.h"

typedef int check(char to[DL_ADDRESS_MAX], const char *text, struct dl_error *err);

struct row {
    const char *text, *expected; /* NULL: refused */
};

static void try_rows(check *function, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char to[DL_ADDRESS_MAX] = "";
        struct dl_error err = {0};
        int status = function(to, rows[i].text, &err);

        if ((status == 0) != (rows[i].expected != NULL))
            fail_msg("\"%s\": %d %s", rows[i].text, status, err.text);
        if (status == 0) {
            assert_string_equal(to, rows[i].expected);
        } else {
            assert_int_equal(status, -DL_E_VALUE);
            assert_true(err.text[0] != '\0');
        }
    }
}

static void an_origin_is_https_or_loopback(void **state)
{
    static const struct row rows[] = {
        {"https://intake.example", "https://intake.example"},
        {"HTTPS://Intake.Example/", "https://intake.example"},
        {"https://intake.example:8443", "https://intake.example:8443"},
        {"https://10.0.0.1", "https://10.0.0.1"},
        {"https://[2001:DB8::1]:443", "https://[2001:db8::1]:443"},
        {"http://127.0.0.1:8126", "http://127.0.0.1:8126"},
        {"http://127.9.9.9", "http://127.9.9.9"},
        {"http://localhost:1", "http://localhost:1"},
        {"http://[::1]:65535", "http://[::1]:65535"},
        {"https://my_host.example", "https://my_host.example"},
        {"", NULL},
        {"intake.example", NULL},
        {"http://intake.example", NULL},
        {"http://127.0.0.1.evil.example", NULL},
        {"http://localhost.evil.example", NULL},
        {"http://128.0.0.1", NULL},
        {"http://127.1", NULL},
        {"http://2130706433", NULL},
        {"http://0", NULL},
        {"http://[::ffff:127.0.0.1]", NULL},
        {"http://user@127.0.0.1", NULL},
        {"http://127.0.0.1@evil.example", NULL},
        {"https://user:pw@intake.example", NULL},
        {"https://intake.example/api/v2/logs", NULL},
        {"https://intake.example//", NULL},
        {"https://intake.example?x", NULL},
        {"https://intake.example#x", NULL},
        {"https://intake.example:0", NULL},
        {"https://intake.example:080", NULL},
        {"https://intake.example:65536", NULL},
        {"https://intake.example:", NULL},
        {"https://intake.example:1x", NULL},
        {"https://:443", NULL},
        {"https://", NULL},
        {"https:///x", NULL},
        {"https://-a.example", NULL},
        {"https://a-.example", NULL},
        {"https://a..example", NULL},
        {"https://a.example.", NULL},
        {"https://a b", NULL},
        {"https://a\nb", NULL},
        {"https://a\\b", NULL},
        {"https://\xc3\xa4.example", NULL},
        {"https://[::1", NULL},
        {"https://[]", NULL},
        {"https://[::g]", NULL},
        {"https://1.2.3.4.5", NULL},
        {"https://256.1.1.1", NULL},
        {"ftp://intake.example", NULL},
        {"https ://intake.example", NULL},
        {"averylongscheme://intake.example", NULL},
    };

    (void)state;
    try_rows(dl_address_origin, rows, sizeof rows / sizeof *rows);
}

static void an_address_has_host_and_port(void **state)
{
    static const struct row rows[] = {
        {"vpce.example:443", "vpce.example:443"},
        {"10.0.0.1:8443", "10.0.0.1:8443"},
        {"[fd00::1]:443", "[fd00::1]:443"},
        {"vpce.example", NULL},
        {"https://vpce.example:443", NULL},
        {"vpce.example:443/", NULL},
        {":443", NULL},
        {"", NULL},
    };

    (void)state;
    try_rows(dl_address_host_port, rows, sizeof rows / sizeof *rows);
}

static void a_proxy_is_none_or_an_address_without_password(void **state)
{
    static const struct row rows[] = {
        {"none", "none"},
        {"http://proxy.example:3128", "http://proxy.example:3128"},
        {"http://proxy.example:3128/", "http://proxy.example:3128"},
        {"https://proxy.example", "https://proxy.example"},
        {"proxy.example:3128", NULL},
        {"socks5://proxy.example:1080", NULL},
        {"http://user:hunter2@proxy.example:3128", NULL},
        {"http://user@proxy.example", NULL},
        {"None", NULL},
    };
    char to[DL_ADDRESS_MAX];
    struct dl_error err;

    (void)state;
    try_rows(dl_address_proxy, rows, sizeof rows / sizeof *rows);
    dl_address_proxy(to, "http://user:hunter2@proxy.example:3128", &err);
    assert_null(strstr(err.text, "hunter2"));
    assert_non_null(strstr(err.text, "put credentials into HTTPS_PROXY"));
    dl_address_origin(to, "https://user:hunter2@intake.example", &err);
    assert_null(strstr(err.text, "hunter2"));
}

static void a_host_has_at_most_253_bytes_and_63_a_label(void **state)
{
    char text[DL_ADDRESS_MAX + 2], to[DL_ADDRESS_MAX], label[65];

    (void)state;
    for (int len = 62; len <= 64; len++) {
        memset(label, 'a', sizeof label);
        label[len] = '\0';
        snprintf(text, sizeof text, "https://%s", label);
        assert_int_equal(dl_address_origin(to, text, NULL), len <= 63 ? 0 : -DL_E_VALUE);
    }
    for (int len = 252; len <= 254; len++) {
        memset(text, 'a', sizeof text);
        memcpy(text, "https://", 8);
        for (int i = 8 + 50; i < len; i += 50)
            text[i] = '.';
        text[8 + len] = '\0';
        assert_int_equal(dl_address_origin(to, text, NULL), len <= 253 ? 0 : -DL_E_VALUE);
    }
    memset(text, 'a', DL_ADDRESS_MAX);
    text[DL_ADDRESS_MAX] = '\0';
    assert_int_equal(dl_address_origin(to, text, NULL), -DL_E_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_origin_is_https_or_loopback),
        cmocka_unit_test(an_address_has_host_and_port),
        cmocka_unit_test(a_proxy_is_none_or_an_address_without_password),
        cmocka_unit_test(a_host_has_at_most_253_bytes_and_63_a_label),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
