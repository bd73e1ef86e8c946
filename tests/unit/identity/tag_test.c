#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/tag.h"

static char seen[4096];

static void note(void *context, const struct dl_tag_word *word)
{
    static const char *const fates[] = {"kept", "changed", "merged", "refused"};

    (void)context;
    snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "[%s>%s %s]", word->before,
             word->after, fates[word->fate]);
    assert_int_equal(word->why[0] == '\0', word->fate == DL_TAG_KEPT);
}

static char *joined(const struct dl_tags *tags)
{
    static char text[4096];

    text[0] = '\0';
    for (size_t i = 0; i < tags->count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i > 0 ? "," : "",
                 tags->items[i]);
    return text;
}

static void lists_are_taken_apart_however_they_are_written(void **state)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"  ,, \n ", ""},
        {"env:prod", "env:prod"},
        {"env:prod,team:web", "env:prod,team:web"},
        {"env:prod team:web", "env:prod,team:web"},
        {" env:prod ,  team:web , ", "env:prod,team:web"},
        {"env:prod\nteam:web\r\nregion:eu", "env:prod,team:web,region:eu"},
        {"env:prod\tteam:web", "env:prod,team:web"},
        {"DD_TAGS=env:prod,team:web", "env:prod,team:web"},
        {"DD_TAGS=\"env:prod team:web\"", "env:prod,team:web"},
        {"export DD_TAGS='env:prod,team:web'", "env:prod,team:web"},
        {"- DD_TAGS=env:prod team:web", "env:prod,team:web"},
        {"DD_TAGS: \"env:prod team:web\"", "env:prod,team:web"},
        {"\"env:prod,team:web\"", "env:prod,team:web"},
        {"\"env:prod\", 'team:web'", "env:prod,team:web"},
        {"foo bar", "foo,bar"},
        {"Team:Web Ops", "team:web_ops"},
        {"Team:Web Ops,env:prod", "team:web_ops,env:prod"},
        {"a:b c d:e", "a:b_c,d:e"},
        {"\"team:a, b\" env:prod", "team:a__b,env:prod"},
        {"env:staging:east", "env:staging:east"},
        {"url:http://h/p", "url:http://h/p"},
        {"version:1.2-rc_3", "version:1.2-rc_3"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dl_tags tags = {0};
        struct dl_error err = {0};

        if (dl_tags_parse(&tags, rows[i][0], NULL, NULL, &err) < 0)
            fail_msg("\"%s\": %s", rows[i][0], err.text);
        assert_string_equal(joined(&tags), rows[i][1]);
        dl_tags_free(&tags);
    }
}

static void tags_are_normalised_as_datadog_does(void **state)
{
    static const char *const rows[][2] = {
        {"ENV:Prod", "env:prod"},
        {"a:b!c#d", "a:b_c_d"},
        {"Größe:ÄÖÜ", "größe:äöü"},
        {"Город:Москва", "город:москва"},
        {"チーム:開発", "チーム:開発"},
        {"a:1\xe2\x82\xac", "a:1_"},   /* a currency sign is no letter */
        {"a:\xf0\x9f\x90\xb6", "a:_"}, /* nor is an emoji */
        {"a:_-.:/z", "a:_-.:/z"},
        {"a:=b", "a:_b"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dl_tags tags = {0};
        struct dl_error err = {0};

        if (dl_tags_parse(&tags, rows[i][0], NULL, NULL, &err) < 0)
            fail_msg("\"%s\": %s", rows[i][0], err.text);
        assert_int_equal(tags.count, 1);
        assert_string_equal(tags.items[0], rows[i][1]);
        dl_tags_free(&tags);
    }
}

static void a_refused_tag_is_named_with_its_reason(void **state)
{
    static const char *const rows[][2] = {
        {"host:a", "from the machine"},
        {"Device:a", "from the machine"},
        {"source:a", "manifest"},
        {"SERVICE:a", "manifest"},
        {"ddsource:a", "manifest"},
        {"ddtags:a", "manifest"},
        {"env:", "colon"},
        {"1a:b", "starts with a letter"},
        {"_a:b", "starts with a letter"},
        {":b", "starts with a letter"},
        {"a:b \xff:c", "UTF-8"},
        {"k:0123456789abcdef0123456789abcdef", "looks like a key"},
        {"k:0123456789ABCDEF0123456789ABCDEF01234567", "looks like a key"},
        {"0123456789abcdef0123456789abcdef", "looks like a key"},
        {"k:ddpat_x", "looks like a key"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dl_tags tags = {0};
        struct dl_error err = {0};
        const char *reason = rows[i][1];

        assert_int_equal(dl_tags_parse(&tags, rows[i][0], NULL, NULL, &err), -DL_E_TAG);
        if (strstr(err.text, reason) == NULL)
            fail_msg("\"%s\": %s", rows[i][0], err.text);
        assert_int_equal(tags.count, 0);
    }
}

static void env_and_version_are_what_people_set(void **state)
{
    struct dl_tags tags = {0};

    (void)state;
    assert_int_equal(
        dl_tags_parse(&tags, "env:prod version:1 hostname:x status:y", NULL, NULL, NULL), 0);
    assert_int_equal(tags.count, 4);
    dl_tags_free(&tags);
}

static void one_refused_word_refuses_all_of_them(void **state)
{
    struct dl_tags tags = {0};
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_tags_parse(&tags, "a:b", NULL, NULL, NULL), 0);
    assert_int_equal(dl_tags_parse(&tags, "c:d,host:x,e:f", NULL, NULL, &err), -DL_E_TAG);
    assert_string_equal(joined(&tags), "a:b");
    dl_tags_free(&tags);
}

static void the_report_hears_of_every_word(void **state)
{
    struct dl_tags tags = {0};
    struct dl_error err;

    (void)state;
    seen[0] = '\0';
    dl_tags_parse(&tags, "a:b A:C a:b host:x", note, NULL, &err);
    assert_string_equal(seen, "[a:b>a:b kept][A:C>a:c changed][a:b>a:b merged][host:x> refused]");
    seen[0] = '\0';
    dl_tags_parse(&tags, "k:0123456789abcdef0123456789abcdef", note, NULL, &err);
    assert_string_equal(seen, "[(withheld)> refused]");
    assert_null(strstr(err.text, "0123456789abcdef"));
    dl_tags_free(&tags);
}

static void a_key_with_an_invisible_character_in_it_is_one(void **state)
{
    struct dl_tags tags = {0};
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_tags_parse(&tags,
                                   "k:0123456789abcdef\xe2\x80\x8b"
                                   "0123456789abcdef",
                                   NULL, NULL, &err),
                     -DL_E_TAG);
    assert_non_null(strstr(err.text, "(withheld)"));
    assert_int_equal(dl_tags_parse(&tags,
                                   "0123456789abcdef0123456789abcdef\xe2\x80\x8b"
                                   "0",
                                   NULL, NULL, &err),
                     -DL_E_TAG);
    assert_non_null(strstr(err.text, "(withheld)"));
}

static void escape_sequences_do_not_reach_the_report(void **state)
{
    struct dl_tags tags = {0};

    (void)state;
    seen[0] = '\0';
    assert_int_equal(dl_tags_parse(&tags, "a:\x1b[31mred", note, NULL, NULL), 0);
    assert_null(strchr(seen, '\x1b'));
    assert_string_equal(joined(&tags), "a:__31mred");
    dl_tags_free(&tags);
}

/* A tag of so many characters, each of `bytes` bytes. */
static int parse_long(size_t characters, bool wide)
{
    struct dl_tags tags = {0};
    char text[1000] = "k:";
    struct dl_error err;
    int status;

    for (size_t i = 2; i < characters; i++)
        strcat(text, wide ? "\xe5\xad\x97" : "x");
    status = dl_tags_parse(&tags, text, NULL, NULL, &err);
    if (status == 0)
        assert_string_equal(joined(&tags), text);
    else
        assert_non_null(strstr(err.text, "200 characters"));
    dl_tags_free(&tags);
    return status;
}

static void a_tag_has_at_most_200_characters(void **state)
{
    (void)state;
    assert_int_equal(parse_long(199, false), 0);
    assert_int_equal(parse_long(200, false), 0);
    assert_int_equal(parse_long(201, false), -DL_E_TAG);
    assert_int_equal(parse_long(199, true), 0);
    assert_int_equal(parse_long(200, true), 0);
    assert_int_equal(parse_long(201, true), -DL_E_TAG);
}

static void a_list_has_at_most_100_tags(void **state)
{
    (void)state;
    for (int count = 99; count <= 101; count++) {
        struct dl_tags tags = {0};
        char text[2000] = "";
        struct dl_error err;

        for (int i = 0; i < count; i++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "k%d:v,", i);
        assert_int_equal(dl_tags_parse(&tags, text, NULL, NULL, &err),
                         count <= 100 ? 0 : -DL_E_TAG);
        assert_int_equal(tags.count, count <= 100 ? count : 0);
        if (count == 100) { /* one that is there already takes no room */
            assert_int_equal(dl_tags_parse(&tags, "k0:v", NULL, NULL, &err), 0);
            assert_int_equal(dl_tags_parse(&tags, "new:v", NULL, NULL, &err), -DL_E_TAG);
        }
        dl_tags_free(&tags);
    }
}

static void a_text_of_tags_has_a_largest_size(void **state)
{
    char *text = malloc(DL_TAGS_TEXT + 2);
    struct dl_tags tags = {0};
    struct dl_error err;

    (void)state;
    assert_non_null(text);
    memset(text, ',', DL_TAGS_TEXT + 1);
    text[DL_TAGS_TEXT + 1] = '\0';
    assert_int_equal(dl_tags_parse(&tags, text, NULL, NULL, &err), -DL_E_TAG);
    text[DL_TAGS_TEXT] = '\0';
    assert_int_equal(dl_tags_parse(&tags, text, NULL, NULL, &err), 0);
    free(text);
}

static void tags_are_split_at_the_first_colon(void **state)
{
    const char *value;
    size_t length;

    (void)state;
    dl_tag_split("env:staging:east", &length, &value);
    assert_int_equal(length, 3);
    assert_string_equal(value, "staging:east");
    dl_tag_split("plain", &length, &value);
    assert_int_equal(length, 5);
    assert_null(value);
}

static void only_unique_keys_that_datadog_does_not_read_become_attributes(void **state)
{
    struct dl_tags tags = {0};
    static const bool expected[] = {true, false, true, false, false, false, false};

    (void)state;
    assert_int_equal(dl_tags_parse(&tags, "env:a,env:b,team:c,plain,status:d,hostname:e,message:f",
                                   NULL, NULL, NULL),
                     0);
    assert_int_equal(tags.count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(dl_tag_as_attribute(&tags, i), expected[i]);
    dl_tags_free(&tags);
}

static void lists_are_copied_compared_and_shortened(void **state)
{
    struct dl_tags a = {0}, b = {0};

    (void)state;
    assert_int_equal(dl_tags_parse(&a, "a:1,b:2,c:3", NULL, NULL, NULL), 0);
    assert_int_equal(dl_tags_copy(&b, &a, NULL), 0);
    assert_true(dl_tags_equal(&a, &b));
    dl_tags_remove(&b, 1);
    assert_string_equal(joined(&b), "a:1,c:3");
    assert_false(dl_tags_equal(&a, &b));
    dl_tags_remove(&b, 2);
    assert_int_equal(b.count, 2);
    assert_int_equal(dl_tags_copy(&b, &a, NULL), 0);
    assert_true(dl_tags_equal(&a, &b));
    dl_tags_free(&a);
    dl_tags_free(&b);
    assert_true(dl_tags_equal(&a, &b));
}

static void texts_that_look_like_a_secret_are_told_from_others(void **state)
{
    static const struct {
        const char *text;
        bool secret;
    } rows[] = {
        {"", false},
        {"prod", false},
        {"0123456789abcdef0123456789abcde", false},           /* 31 */
        {"0123456789abcdef0123456789abcdef", true},           /* 32 */
        {"0123456789abcdef0123456789abcdef0", false},         /* 33 */
        {"0123456789abcdef0123456789abcdef0123456", false},   /* 39 */
        {"0123456789abcdef0123456789abcdef01234567", true},   /* 40 */
        {"0123456789abcdef0123456789abcdef012345678", false}, /* 41 */
        {"0123456789ABCDEF0123456789ABCDEF", true},
        {"g123456789abcdef0123456789abcdef", false},
        {"a=0123456789abcdef0123456789abcdef;", true},
        {"x_0123456789abcdef0123456789abcdef", true},
        {"https://h/v1/input/0123456789abcdef0123456789abcdef?x", true},
        {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false}, /* SHA-256 */
        {"123e4567-e89b-12d3-a456-426614174000", false},
        {"ddap_a", true},
        {"DDAP_a", true},
        {"ddpat_0123", true},
        {"team:ddsat_9", true},
        {"ddap_", false},
        {"xddap_a", false},
        {"pub0123456789abcdef0123456789abcdef", true},
        {"pub0123456789abcdef0123456789abcde", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (dl_text_looks_secret(rows[i].text, strlen(rows[i].text)) != rows[i].secret)
            fail_msg("\"%s\"", rows[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_taken_apart_however_they_are_written),
        cmocka_unit_test(tags_are_normalised_as_datadog_does),
        cmocka_unit_test(a_refused_tag_is_named_with_its_reason),
        cmocka_unit_test(env_and_version_are_what_people_set),
        cmocka_unit_test(one_refused_word_refuses_all_of_them),
        cmocka_unit_test(the_report_hears_of_every_word),
        cmocka_unit_test(a_key_with_an_invisible_character_in_it_is_one),
        cmocka_unit_test(escape_sequences_do_not_reach_the_report),
        cmocka_unit_test(a_tag_has_at_most_200_characters),
        cmocka_unit_test(a_list_has_at_most_100_tags),
        cmocka_unit_test(a_text_of_tags_has_a_largest_size),
        cmocka_unit_test(tags_are_split_at_the_first_colon),
        cmocka_unit_test(only_unique_keys_that_datadog_does_not_read_become_attributes),
        cmocka_unit_test(lists_are_copied_compared_and_shortened),
        cmocka_unit_test(texts_that_look_like_a_secret_are_told_from_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
