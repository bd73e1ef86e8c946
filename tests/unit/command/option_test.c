#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "command/option.h"

static const enum option_id accepted[] = {OPTION_ID_site,    OPTION_ID_tags,  OPTION_ID_tags_in,
                                          OPTION_ID_json,    OPTION_ID_quiet, OPTION_ID_api_key_fd,
                                          OPTION_ID_timeout, OPTION_COUNT};

static int parse(struct options *out, struct dl_error *err, char *a, char *b, char *c, char *d)
{
    char *argv[] = {(char[]){"setup"}, a, b, c, d, NULL};
    static char *kept[6];
    int argc = 1;

    while (argv[argc])
        argc++;
    memcpy(kept, argv, sizeof kept);
    return options_parse(out, argc, kept, accepted, err);
}

#define S(text) ((char[]){text})

static void every_way_of_writing_an_option_is_understood(void **state)
{
    struct options o;
    struct dl_error err;

    (void)state;
    assert_int_equal(parse(&o, &err, S("--site"), S("eu1"), S("--json"), NULL), 0);
    assert_string_equal(o.site, "eu1");
    assert_true(o.json);
    assert_int_equal(o.api_key_fd, -1);
    assert_int_equal(parse(&o, &err, S("--site=eu1"), S("--tag=a:1"), S("-tb:2"), S("-qs")),
                     -DL_E_USAGE);
    assert_int_equal(parse(&o, &err, S("-qseu1"), S("--tag=a:1"), S("-tb:2"), NULL), 0);
    assert_true(o.quiet);
    assert_string_equal(o.site, "eu1");
    assert_int_equal(o.tags.count, 2);
    assert_string_equal(o.tags.items[1], "b:2");
    assert_int_equal(parse(&o, &err, S("--api-key-fd"), S("3"), NULL, NULL), 0);
    assert_int_equal(o.api_key_fd, 3);
    assert_int_equal(parse(&o, &err, S("--ti=5"), NULL, NULL, NULL), 0);
    assert_int_equal(o.timeout, 5);
}

static void words_may_stand_anywhere_and_behind_two_dashes(void **state)
{
    struct options o;
    struct dl_error err;

    (void)state;
    assert_int_equal(parse(&o, &err, S("status"), S("--json"), S("--"), S("--site")), 0);
    assert_int_equal(o.word_count, 2);
    assert_string_equal(o.words[0], "status");
    assert_string_equal(o.words[1], "--site");
    assert_null(o.site);
    assert_int_equal(parse(&o, &err, S("-"), NULL, NULL, NULL), 0);
    assert_string_equal(o.words[0], "-");
}

static void a_mistake_is_named_with_the_nearest_option(void **state)
{
    struct options o;
    struct dl_error err;

    (void)state;
    assert_int_equal(parse(&o, &err, S("--sitee"), S("x"), NULL, NULL), -DL_E_USAGE);
    assert_string_equal(err.text, "there is no option --sitee; did you mean --site?");
    assert_int_equal(parse(&o, &err, S("--tag"), NULL, NULL, NULL), -DL_E_USAGE);
    assert_string_equal(err.text, "--tag needs a value: KEY:VALUE");
    assert_int_equal(parse(&o, &err, S("--json=yes"), NULL, NULL, NULL), -DL_E_USAGE);
    assert_string_equal(err.text, "--json takes no value");
    assert_int_equal(parse(&o, &err, S("--api-key-fd"), S("x"), NULL, NULL), -DL_E_USAGE);
    assert_int_equal(parse(&o, &err, S("-x"), NULL, NULL, NULL), -DL_E_USAGE);
    /* an option of another command is not taken here */
    assert_int_equal(parse(&o, &err, S("--record"), S("f"), NULL, NULL), -DL_E_USAGE);
    assert_int_equal(parse(&o, &err, S("--t"), S("f"), NULL, NULL), -DL_E_USAGE);
    assert_string_equal(err.text, "--t begins several options; write it out");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_of_writing_an_option_is_understood),
        cmocka_unit_test(words_may_stand_anywhere_and_behind_two_dashes),
        cmocka_unit_test(a_mistake_is_named_with_the_nearest_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
