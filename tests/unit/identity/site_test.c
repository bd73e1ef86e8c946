#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/site.h"

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static const struct dl_site *recognise(const char *text, char said[256])
{
    const struct dl_site *site = NULL;
    struct dl_error err = {0};
    int status = dl_site_recognise(&site, said, 256, text, &err);

    if (status < 0)
        fail_msg("\"%s\" was refused: %s", text, err.text);
    assert_non_null(site);
    return site;
}

static void refuse(const char *text, struct dl_error *err)
{
    const struct dl_site *site = NULL;
    char said[256] = "x";

    *err = (struct dl_error){0};
    if (dl_site_recognise(&site, said, sizeof said, text, err) != -DL_E_SITE)
        fail_msg("\"%s\" was taken for %s", text, site != NULL ? site->id : "nothing");
    assert_null(site);
    assert_string_equal(said, "");
    assert_int_equal(err->code, DL_E_SITE);
    assert_true(err->text[0] != '\0');
}

static void the_table_holds_the_nine_sites(void **state)
{
    static const char *const rows[DL_SITE_COUNT][4] = {
        {"us1", "datadoghq.com", "https://app.datadoghq.com",
         "https://http-intake.logs.datadoghq.com"},
        {"us3", "us3.datadoghq.com", "https://us3.datadoghq.com",
         "https://http-intake.logs.us3.datadoghq.com"},
        {"us5", "us5.datadoghq.com", "https://us5.datadoghq.com",
         "https://http-intake.logs.us5.datadoghq.com"},
        {"eu1", "datadoghq.eu", "https://app.datadoghq.eu",
         "https://http-intake.logs.datadoghq.eu"},
        {"ap1", "ap1.datadoghq.com", "https://ap1.datadoghq.com",
         "https://http-intake.logs.ap1.datadoghq.com"},
        {"ap2", "ap2.datadoghq.com", "https://ap2.datadoghq.com",
         "https://http-intake.logs.ap2.datadoghq.com"},
        {"uk1", "uk1.datadoghq.com", "https://uk1.datadoghq.com",
         "https://http-intake.logs.uk1.datadoghq.com"},
        {"us1-fed", "ddog-gov.com", "https://app.ddog-gov.com",
         "https://http-intake.logs.ddog-gov.com"},
        {"us2-fed", "us2.ddog-gov.com", "https://us2.ddog-gov.com",
         "https://http-intake.logs.us2.ddog-gov.com"},
    };

    (void)state;
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        const struct dl_site *site = dl_site_by_id(rows[i][0]);
        char api[64];

        snprintf(api, sizeof api, "https://api.%s", rows[i][1]);
        assert_ptr_equal(site, &dl_sites[i]);
        assert_string_equal(site->site, rows[i][1]);
        assert_string_equal(site->app_url, rows[i][2]);
        assert_string_equal(site->api_url, api);
        assert_string_equal(site->intake_url, rows[i][3]);
        assert_int_equal(site->government, strstr(site->site, "gov") != NULL);
    }
    assert_null(dl_site_by_id("EU1"));
    assert_null(dl_site_by_id(""));
}

/* %s is the id or the name */
static const char *const id_spellings[] = {"%s",   " %s ",    "\t%s\n", "\"%s\"",
                                           "'%s'", "\" %s\"", "`%s`",   "DD_SITE=%s"};

static void every_site_is_known_by_id_and_name(void **state)
{
    char text[64], said[256];

    (void)state;
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        for (size_t k = 0; k < sizeof id_spellings / sizeof *id_spellings; k++) {
            snprintf(text, sizeof text, id_spellings[k], dl_sites[i].id);
            assert_ptr_equal(recognise(text, said), &dl_sites[i]);
            assert_string_equal(said, "");
            snprintf(text, sizeof text, id_spellings[k], dl_sites[i].name);
            assert_ptr_equal(recognise(text, said), &dl_sites[i]);
            assert_string_equal(said, "");
        }
    }
}

/* %s is the site; `told`: what was understood is said */
static const struct {
    const char *format;
    bool told;
} site_spellings[] = {
    {"%s", false},
    {" '%s' ", false},
    {"DD_SITE=\"%s\"", false},
    {"https://%s", true},
    {"http://%s/", true},
    {"HTTPS://%s/", true},
    {"%s/", true},
    {"%s.", true},
    {"%s:443", true},
    {"<https://%s>", true},
    {"https://%s?query=x", true},
    {"https://%s#top", true},
    {"app.%s", true},
    {"https://app.%s/logs?query=service%%3Ax&live=true#frag", true},
    {"https://acme.%s/logs/livetail", true},
    {"acme-corp.%s", true},
    {"https://Acme.%s/dashboard/abc-def?from_ts=1", true},
    {"api.%s", true},
    {"https://api.%s/api/v1/validate", true},
    {"http-intake.logs.%s", true},
    {"https://http-intake.logs.%s/api/v2/logs", true},
    {"https://http-intake.logs.%s:443/v1/input", true},
    {"agent-http-intake.logs.%s", true},
    {"agent-http-intake-pci.logs.%s", true},
    {"lambda-http-intake.logs.%s", true},
    {"http-encrypted-intake.logs.%s", true},
    {"http-intake.logs.app.%s", true},
    {"gold.intake.%s", true},
    {"https://otlp.%s/v1/logs", true},
    {"https://ip-ranges.%s/logs.json", true},
};

static void every_site_is_known_by_every_address(void **state)
{
    char text[128], said[256];

    (void)state;
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        for (size_t k = 0; k < sizeof site_spellings / sizeof *site_spellings; k++) {
            snprintf(text, sizeof text, site_spellings[k].format, dl_sites[i].site);
            assert_string_equal(recognise(text, said)->id, dl_sites[i].id);
            if (site_spellings[k].told) {
                assert_non_null(strstr(said, dl_sites[i].name));
                assert_non_null(strstr(said, dl_sites[i].site));
            } else {
                assert_string_equal(said, "");
            }
        }
        assert_ptr_equal(recognise(dl_sites[i].app_url, said), &dl_sites[i]);
        assert_ptr_equal(recognise(dl_sites[i].api_url, said), &dl_sites[i]);
        assert_ptr_equal(recognise(dl_sites[i].intake_url, said), &dl_sites[i]);
    }
}

static void legacy_spellings_are_known_and_said(void **state)
{
    static const char *const spellings[] = {
        "http-intake.logs.ddog-gov.datadoghq.com",
        "https://http-intake.logs.ddog-gov.datadoghq.com/api/v2/logs",
        "ddog-gov.datadoghq.com",
        "app.ddog-gov.datadoghq.com",
        "http-intake.logs.app.ddog-gov.com",
    };
    char said[256];

    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        assert_string_equal(recognise(spellings[i], said)->id, "us1-fed");
        assert_non_null(strstr(said, "legacy"));
    }
}

static void what_was_understood_is_said_in_words(void **state)
{
    char said[256];

    (void)state;
    recognise("https://acme.us5.datadoghq.com/logs", said);
    assert_string_equal(said, "US5 (us5.datadoghq.com), from the organization's own address "
                              "acme.us5.datadoghq.com");
    recognise("https://app.datadoghq.eu/logs", said);
    assert_string_equal(said, "EU1 (datadoghq.eu), from the web address app.datadoghq.eu");
    recognise("http-intake.logs.ap1.datadoghq.com", said);
    assert_string_equal(said, "AP1 (ap1.datadoghq.com), from the log intake host "
                              "http-intake.logs.ap1.datadoghq.com");
}

static void a_small_buffer_for_what_is_said_is_kept_to(void **state)
{
    const struct dl_site *site;
    char said[8];

    (void)state;
    assert_int_equal(dl_site_recognise(&site, said, sizeof said, "app.datadoghq.eu", NULL), 0);
    assert_string_equal(said, "EU1 (da");
    assert_int_equal(dl_site_recognise(&site, NULL, 0, "app.datadoghq.eu", NULL), 0);
}

/* %s is the site */
static const char *const look_alikes[] = {
    "%s.evil.example",
    "https://%s.evil.example/logs",
    "https://app.%s.evil.example/logs",
    "https://%s@evil.example/",
    "https://user:pass@%s/",
    "https://evil.example/%s",
    "https://evil.example?%s",
    "https://evil.example#%s",
    "https://evil.example\\.%s/",
    "https://%s\\@evil.example/",
    "ftp://%s/",
    "javascript://%s/",
    "https://%s:x/",
    "https://%s:/",
    "https://%s:1234567/",
    "https://%s evil.example/",
    "%s..",
    ".%s",
    "app..%s",
    "https://\xd0\xb0pp.%s/",
    "https://app.%s%%2eevil.example",
    "//%s",
    "evil-%s-evil.example",
};

static void look_alikes_are_refused(void **state)
{
    struct dl_error err;
    char text[128];

    (void)state;
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        for (size_t k = 0; k < sizeof look_alikes / sizeof *look_alikes; k++) {
            snprintf(text, sizeof text, look_alikes[k], dl_sites[i].site);
            refuse(text, &err);
        }
    }
    refuse("evildatadoghq.com", &err);
    refuse("app.evil-datadoghq.com", &err);
    refuse("xddog-gov.com", &err);
}

static void what_is_no_site_is_refused_with_the_nearest(void **state)
{
    static const struct {
        const char *text, *guess;
    } rows[] = {
        {"datadog.com", "us1 (datadoghq.com)"},
        {"app.datadog.com", "us1 (datadoghq.com)"},
        {"https://acme.datadog.eu/logs", "eu1 (datadoghq.eu)"},
        {"datadoghq.co", "us1 (datadoghq.com)"},
        {"us3.datadohgq.com", "us3 (us3.datadoghq.com)"},
        {"http-intake.logs.datadoghg.eu", "eu1 (datadoghq.eu)"},
        {"ddog-gov.con", "us1-fed (ddog-gov.com)"},
        {"datadoghq.com.evil.example", "us1 (datadoghq.com)"},
        {"evildatadoghq.eu", "eu1 (datadoghq.eu)"},
        {"us5.datadoghq.com.evil.example", "us5 (us5.datadoghq.com)"},
        {"eu1.datadoghq.com", "eu1 (datadoghq.eu)"},
        {"acme.eu1.datadoghq.com", "eu1 (datadoghq.eu)"},
        {"us4", "us1 (datadoghq.com)"},
        {"eu", "eu1 (datadoghq.eu)"},
        {"us1fed", "us1-fed (ddog-gov.com)"},
    };
    struct dl_error err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        refuse(rows[i].text, &err);
        if (strstr(err.text, rows[i].guess) == NULL)
            fail_msg("\"%s\": %s", rows[i].text, err.text);
    }
}

static void without_a_guess_the_sites_are_listed(void **state)
{
    static const char *const texts[] = {"",         "  ",        "\"\"",  "example.org",
                                        "https://", "127.0.0.1", "a b c", "\xff\xfe"};
    struct dl_error err;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        refuse(texts[i], &err);
        for (size_t k = 0; k < DL_SITE_COUNT; k++)
            assert_non_null(strstr(err.text, dl_sites[k].id));
    }
}

static void pages_for_everyone_tell_no_site(void **state)
{
    struct dl_error err;

    (void)state;
    refuse("https://docs.datadoghq.com/getting_started/site/", &err);
    assert_non_null(strstr(err.text, "logged in"));
    refuse("www.datadoghq.com", &err);
}

static void a_pasted_key_or_password_is_not_repeated(void **state)
{
    struct dl_error err;

    (void)state;
    refuse("0123456789abcdef0123456789abcdef", &err);
    assert_null(strstr(err.text, "0123456789abcdef"));
    refuse("https://me:hunter2@app.example.org/", &err);
    assert_null(strstr(err.text, "hunter2"));
}

static void a_text_longer_than_any_address_is_refused(void **state)
{
    struct dl_error err;
    char said[256], *text = malloc(5000);

    (void)state;
    assert_non_null(text);
    memset(text, 'a', 5000);
    memcpy(text, "app.datadoghq.eu/", 17);
    text[4096] = '\0';
    recognise(text, said);
    text[4096] = 'a';
    text[4097] = '\0';
    refuse(text, &err);
    free(text);
}

static void a_host_longer_than_the_dns_allows_is_refused(void **state)
{
    struct dl_error err;
    char said[256], text[300];

    (void)state;
    for (int labels = 253; labels <= 254; labels++) {
        memset(text, 'a', sizeof text);
        strcpy(text + labels - 13, ".datadoghq.eu");
        if (labels == 253)
            assert_string_equal(recognise(text, said)->id, "eu1");
        else
            refuse(text, &err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_holds_the_nine_sites),
        cmocka_unit_test(every_site_is_known_by_id_and_name),
        cmocka_unit_test(every_site_is_known_by_every_address),
        cmocka_unit_test(legacy_spellings_are_known_and_said),
        cmocka_unit_test(what_was_understood_is_said_in_words),
        cmocka_unit_test(a_small_buffer_for_what_is_said_is_kept_to),
        cmocka_unit_test(look_alikes_are_refused),
        cmocka_unit_test(what_is_no_site_is_refused_with_the_nearest),
        cmocka_unit_test(without_a_guess_the_sites_are_listed),
        cmocka_unit_test(pages_for_everyone_tell_no_site),
        cmocka_unit_test(a_pasted_key_or_password_is_not_repeated),
        cmocka_unit_test(a_text_longer_than_any_address_is_refused),
        cmocka_unit_test(a_host_longer_than_the_dns_allows_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
