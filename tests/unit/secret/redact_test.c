#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/log.h"
#include "secret/redact.h"

#define S "********"
#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX40 HEX32 "01234567"

static void redact(const char *text, char *to, size_t size)
{
    struct dl_buffer b;

    dl_buffer_init(&b, 1 << 20);
    assert_int_equal(dl_buffer_text(&b, text), 0);
    assert_int_equal(dl_redact(&b), 0);
    snprintf(to, size, "%s", dl_buffer_string(&b));
    dl_buffer_free(&b);
}

static void expect(const char *text, const char *wanted)
{
    char got[4096];

    redact(text, got, sizeof(got));
    assert_string_equal(got, wanted);
    /* what is redacted stays as it is when it comes by again */
    redact(wanted, got, sizeof(got));
    assert_string_equal(got, wanted);
}

/* Values of no known pattern, so that only the knowledge of the value can find them. */
#define VALUE "Zq7\"x/p+w%y\\N-t_4vK~kEy"

static struct dl_key *know(const char *text)
{
    struct dl_key *key = NULL;

    assert_int_equal(dl_key_new(&key, text, strlen(text), NULL), 0);
    return key;
}

static void hides_a_known_key_as_long_as_it_lives(void **state)
{
    struct dl_key *key = know(VALUE);

    (void)state;
    expect("it is " VALUE "!", "it is " S "!");
    expect(VALUE VALUE, S);
    expect("ZQ7\"X/P+W%Y\\n-T_4VK~KEY", S);
    dl_key_free(key);
    expect("it is " VALUE "!", "it is " VALUE "!");
}

static void hides_a_known_key_however_it_is_written(void **state)
{
    struct dl_key *key = know(VALUE);

    (void)state;
    expect("url %5Aq7%22x%2Fp%2Bw%25y%5CN-t_4vK~kEy.", "url " S ".");
    expect("url %5a%71%37%22%78%2f%70%2b%77%25%79%5c%4e%2d%74%5f%34%76%4b%7e%6b%45%79.",
           "url " S ".");
    expect("{\"k\":\"Zq7\\\"x\\/p+w%y\\\\N-t_4vK~kEy\"}", "{\"k\":\"" S "\"}");
    expect("\\u005aq7\\u0022x/p+w%y\\x5cN-t_4vK~kEy", S);
    expect("hex 5a713722782f702b7725795c4e2d745f34764b7e6b4579.", "hex " S ".");
    expect("hex 5A713722782F702B7725795C4E2D745F34764B7E6B4579.", "hex " S ".");
    dl_key_free(key);
    key = know("100%25%5cdone");
    expect("it is 100%25%5cdone.", "it is " S ".");
    expect("it is 100%2525%255cdone.", "it is " S ".");
    dl_key_free(key);
}

/* A plain encoder of its own, so that the test does not share a mistake with the code. */
static void base64(const char *text, const char *alphabet, char *to)
{
    size_t len = strlen(text), n = 0;

    for (size_t i = 0; i < len; i += 3) {
        unsigned v = (unsigned)(unsigned char)text[i] << 16;
        v |= i + 1 < len ? (unsigned)(unsigned char)text[i + 1] << 8 : 0;
        v |= i + 2 < len ? (unsigned)(unsigned char)text[i + 2] : 0;
        to[n++] = alphabet[v >> 18 & 63];
        to[n++] = alphabet[v >> 12 & 63];
        to[n++] = i + 1 < len ? alphabet[v >> 6 & 63] : '=';
        to[n++] = i + 2 < len ? alphabet[v & 63] : '=';
    }
    to[n] = '\0';
}

static void hides_a_known_key_inside_any_base64(void **state)
{
    static const char *const alphabets[] = {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};
    static const char *const around[][2] = {{"", ""},     {"u:", ""},   {"a", ""},  {"user", "\n"},
                                            {"abc", "z"}, {"ab", "yz"}, {"", "xyz"}};
    struct dl_key *key = know(VALUE);

    (void)state;
    for (size_t a = 0; a < 2; a++)
        for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
            char plain[128], coded[256], got[256];
            snprintf(plain, sizeof(plain), "%s%s%s", around[i][0], VALUE, around[i][1]);
            base64(plain, alphabets[a], coded);
            redact(coded, got, sizeof(got));
            assert_non_null(strstr(got, S));
            /* at most the characters of what stood around it are left */
            assert_true(strlen(got) <= 8 + 4 + 4);
        }
    dl_key_free(key);
}

static void hides_several_keys_and_forgets_only_the_one_that_is_freed(void **state)
{
    struct dl_key *a = know("first-value"), *b = know("second-value"), *c = know("third-value");

    (void)state;
    expect("first-value second-value third-value", S " " S " " S);
    dl_key_free(b);
    expect("first-value second-value third-value", S " second-value " S);
    dl_key_free(a);
    dl_key_free(c);
}

static void does_not_look_for_values_so_short_that_words_hold_them(void **state)
{
    struct dl_key *key = know("a");

    (void)state;
    expect("a cat sat", "a cat sat");
    dl_key_free(key);
}

static void hides_keys_by_their_pattern(void **state)
{
    static const char *const rows[][2] = {
        {HEX32, S},
        {HEX40, S},
        {"key " HEX32 ".", "key " S "."},
        {"0123456789ABCDEF0123456789ABCDEF", S},
        /* 64 characters: a trace or container id */
        {HEX32 HEX32, HEX32 HEX32},
        {"x" HEX32, "x" HEX32},
        {HEX32 "0", HEX32 "0"},
        {"pub" HEX32, S},
        {"https://app.datadoghq.com/api?api_key=" HEX32 "&x=1",
         "https://app.datadoghq.com/api?api_key=" S "&x=1"},
        {"api_key=abc&application_key=def", "api_key=" S "&application_key=" S},
        {"apikey=dhsf76dsf76sdf", "apikey=" S},
        {"api_key: abcdef", "api_key: " S},
        {"  api_key: 'abc def'", "  api_key: '" S "'"},
        {"api_key: ", "api_key: "},
        {"\"api_key\":\"abc\",\"b\":1", "\"api_key\":\"" S "\",\"b\":1"},
        {"{\\\"api_key\\\":\\\"abc\\\",\\\"b\\\":1}",
         "{\\\"api_key\\\":\\\"" S "\\\",\\\"b\\\":1}"},
        {"{\"api_key\":null}", "{\"api_key\":null}"},
        {"DD_API_KEY=3290", "DD_API_KEY=" S},
        {"\"DD_API_KEY=3290\"", "\"DD_API_KEY=" S "\""},
        {"POST https://h/v1/input/aaaabbbbcccc HTTP/1.1", "POST https://h/v1/input/" S " HTTP/1.1"},
        {"DDRCM_ABCDEFGHIJKLMNOPQRSTUVWXYZ", S},
        {"--api-key abc --site eu1", "--api-key " S " --site eu1"},
        {"--api-key=abc", "--api-key=" S},
        {"ddap_", "ddap_"},
        {"it begins with ddap_: not", "it begins with ddap_: not"},
        {"use ddap_AbCdEfGhIjKl now", "use " S " now"},
        {"ddpat_AbCdEfGhIj_KlMn", S},
        {"x=ddsat_AbCdEfGhIj;", "x=" S ";"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(rows[i][0], rows[i][1]);
}

static void hides_headers_and_passwords_by_their_name(void **state)
{
    static const char *const rows[][2] = {
        {"DD-API-KEY: x", "DD-API-KEY: " S},
        {"> dd-api-key: not hex at all\r\nHost: h", "> dd-api-key: " S "\r\nHost: h"},
        {"h2 [dd-api-key: abc]", "h2 [dd-api-key: " S "]"},
        {"dd-application-key: abc", "dd-application-key: " S},
        {"Authorization: Bearer abc def", "Authorization: " S},
        {"proxy-authorization: Basic dXNlcjpwYXNzd29yZA==", "proxy-authorization: " S},
        {"said Bearer 0123456789abcdef0123 there", "said Bearer " S " there"},
        {"Basic dXNlcjpwYXNzd29yZA== now", "Basic " S " now"},
        {"basic checks are done", "basic checks are done"},
        {"password: hunter2", "password: " S},
        {"mysql_password: 'hun\\'ter'", "mysql_password: '" S "'"},
        {"pwd: x", "pwd: " S},
        {"db.password=hunter2 host=h", "db.password=" S " host=h"},
        {"auth_token: \"x y\"", "auth_token: \"" S "\""},
        {"\"secret\" : \"x\"", "\"secret\" : \"" S "\""},
        {"password => 'x'", "password => '" S "'"},
        {"--api-key - or DD_API_KEY", "--api-key - or DD_API_KEY"},
        {"--api-key-fd 3", "--api-key-fd 3"},
        {"key_source: file", "key_source: file"},
        {"api_key_file: /run/key", "api_key_file: /run/key"},
        {"the password was wrong", "the password was wrong"},
        {"API key: 33 characters", "API key: 33 characters"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(rows[i][0], rows[i][1]);
}

static void hides_passwords_in_addresses(void **state)
{
    static const char *const rows[][2] = {
        {"http://user:password@host:port", "http://user:" S "@host:port"},
        {"proxy http://user:p@ssw0r)@host:3128 used", "proxy http://user:" S "@host:3128 used"},
        {"HTTPS://u:a/b@h", "HTTPS://u:" S "@h"},
        {"\"https://u:p@h/x\"", "\"https://u:" S "@h/x\""},
        {"user:pw@proxy:3128", "user:" S "@proxy:3128"},
        {"http://host:8080/a@b", "http://host:8080/a@b"},
        {"https://http-intake.logs.datadoghq.eu:443/api/v2/logs",
         "https://http-intake.logs.datadoghq.eu:443/api/v2/logs"},
        {"owner:me@example.com", "owner:me@example.com"},
        {"http://user@host", "http://user@host"},
        {"http://u:@h", "http://u:@h"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(rows[i][0], rows[i][1]);
}

static void hides_pem_blocks_even_cut_ones(void **state)
{
    (void)state;
    expect("a\n-----BEGIN PRIVATE KEY-----\nMIIB\nxyz\n-----END PRIVATE KEY-----\nb",
           "a\n" S "\nb");
    expect("-----BEGIN RSA PRIVATE KEY-----\nMIIB", S);
    expect("-----END X-----", "-----END X-----");
}

static void leaves_ordinary_text_alone(void **state)
{
    static const char *const rows[] = {
        "",
        "Key file /home/a/key: permission denied",
        "test 7f3c91be-02d14a6e accepted (202)",
        "E-KS-LOCKED: the default keyring is locked; unlock it on the desktop, or use --unlock.",
        "{\"schema\":1,\"ok\":true,\"has_key\":true,\"label\":\"Login\"}",
        "GDBus.Error:org.freedesktop.Secret.Error.IsLocked: no",
        "https://app.datadoghq.eu/organization-settings/api-keys",
        "12:30:45 a@b c:d @ : = == :: \\ \" ' `",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(rows[i], rows[i]);
}

static void refuses_rather_than_shows_when_there_is_no_room(void **state)
{
    struct dl_buffer b;

    (void)state;
    dl_buffer_init(&b, 12);
    assert_int_equal(dl_buffer_text(&b, "api_key=abcd"), 0);
    assert_int_equal(dl_redact(&b), -DL_E_LIMIT);
    dl_buffer_free(&b);
}

static char last_line[4096];

static void keep_line(void *context, enum dl_log_level level, const char *line)
{
    (void)context;
    (void)level;
    snprintf(last_line, sizeof(last_line), "%s", line);
}

static void stands_before_the_log_sink(void **state)
{
    struct dl_key *key = know(VALUE);

    (void)state;
    dl_redact_install();
    dl_log_set_sink(keep_line, NULL);
    dl_log(DL_LOG_INFO, "server said %s and http://u:pw@h", VALUE);
    assert_string_equal(last_line, "server said " S " and http://u:" S "@h");
    dl_log_set_sink(NULL, NULL);
    dl_log_set_filter(NULL);
    dl_key_free(key);
}

/* Text as UTF-16 behind `lead` bytes; returns the length. */
static size_t wide(char *to, size_t lead, const char *text, bool big_endian)
{
    size_t n = lead;

    memset(to, '.', lead);
    for (; *text; text++, n += 2) {
        to[n + big_endian] = *text;
        to[n + !big_endian] = '\0';
    }
    to[n] = '\0';
    return n;
}

static void reads_a_text_with_nul_bytes_as_utf_16_too(void **state)
{
    static const char *const texts[] = {"it is " VALUE "!", "password=hunter2", HEX32,
                                        "http://u:hunter2@h:1"};
    static const char *const secrets[] = {VALUE, "hunter2", HEX32, "hunter2"};
    struct dl_key *key = know(VALUE);

    (void)state;
    for (unsigned i = 0; i < 16; i++) {
        const char *text = texts[i / 4], *secret = secrets[i / 4];
        char bytes[256], hidden[256];
        size_t n = wide(bytes, i & 1, text, i & 2), m = wide(hidden, 0, secret, false);
        struct dl_buffer b;

        dl_buffer_init(&b, 1 << 20);
        assert_int_equal(dl_buffer_add(&b, bytes, n), 0);
        assert_non_null(memmem(b.data, b.len, hidden, m - 1));
        assert_int_equal(dl_redact_finds(b.data, b.len), i / 4 == 0);
        assert_int_equal(dl_redact(&b), 0);
        assert_null(memmem(b.data, b.len, hidden, m - 1));
        assert_non_null(memmem(b.data, b.len, S, strlen(S)));
        assert_int_equal(dl_redact_finds(b.data, b.len), 0);
        dl_buffer_free(&b);
    }
    dl_key_free(key);
}

static void finds_live_keys_and_nothing_else(void **state)
{
    static const char text[] = "it is " VALUE " and password=hunter2 and " HEX32;
    struct dl_key *key;

    (void)state;
    assert_int_equal(dl_redact_finds("", 0), 0);
    assert_int_equal(dl_redact_finds(text, strlen(text)), 0);
    key = know(VALUE);
    assert_int_equal(dl_redact_finds(text, strlen(text)), 1);
    dl_key_free(key);
    assert_int_equal(dl_redact_finds(text, strlen(text)), 0);
}

/* Texts built against each rule: a mebibyte must not take long, whatever it holds. */
static void takes_time_in_proportion_to_the_text(void **state)
{
    static const char *const units[] = {
        "a",         "0",          "pwd=\\\"a", "pwd=\"",
        "pwd='\\'a", "token ",     "--token ",  "-----BEGIN ",
        "http://a:", "@",          "a:b@c:1",   "\\u0061",
        "%61",       "YWFhYWFh",   "ddap_",     "authorization:",
        "bearer ",   "/v1/input/", "_",         "        :",
        "-",         "\\\\\\\\:",  "\"\\\"",
    };
    struct dl_key *key = know("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");

    (void)state;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        struct dl_buffer b;
        clock_t begun = clock();
        dl_buffer_init(&b, 16 << 20);
        while (b.len < 1 << 20)
            assert_int_equal(dl_buffer_text(&b, units[i]), 0);
        assert_int_equal(dl_redact(&b), 0);
        /* about 0.1 s without sanitizers; a rule that is quadratic takes minutes */
        assert_true(clock() - begun < 10 * CLOCKS_PER_SEC);
        dl_buffer_free(&b);
    }
    dl_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hides_a_known_key_as_long_as_it_lives),
        cmocka_unit_test(hides_a_known_key_however_it_is_written),
        cmocka_unit_test(hides_a_known_key_inside_any_base64),
        cmocka_unit_test(hides_several_keys_and_forgets_only_the_one_that_is_freed),
        cmocka_unit_test(does_not_look_for_values_so_short_that_words_hold_them),
        cmocka_unit_test(hides_keys_by_their_pattern),
        cmocka_unit_test(hides_headers_and_passwords_by_their_name),
        cmocka_unit_test(hides_passwords_in_addresses),
        cmocka_unit_test(hides_pem_blocks_even_cut_ones),
        cmocka_unit_test(leaves_ordinary_text_alone),
        cmocka_unit_test(refuses_rather_than_shows_when_there_is_no_room),
        cmocka_unit_test(stands_before_the_log_sink),
        cmocka_unit_test(reads_a_text_with_nul_bytes_as_utf_16_too),
        cmocka_unit_test(finds_live_keys_and_nothing_else),
        cmocka_unit_test(takes_time_in_proportion_to_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
