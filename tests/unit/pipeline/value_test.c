#include "kit.h"

#include <float.h>
#include <math.h>

#include "pipeline/value.h"

static void doubles_are_printed_as_java_does(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {2, "2.0"},
        {0, "0.0"},
        {-0.0, "-0.0"},
        {0.1, "0.1"},
        {1.5, "1.5"},
        {-12.25, "-12.25"},
        {100, "100.0"},
        {9999999, "9999999.0"},
        {1e7, "1.0E7"},
        {12345678, "1.2345678E7"},
        {0.001, "0.001"},
        {-12.5, "-12.5"},
        {9999999.999, "9999999.999"},
        {1.005, "1.005"},
        {1.0005, "1.0005"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1234567, "1234567.0"},
        {202000000, "2.02E8"},
        {112470000, "1.1247E8"},
        {1743702813.4011424, "1.7437028134011424E9"},
        {0.001, "0.001"},
        {0.00099, "9.9E-4"},
        {0.0001, "1.0E-4"},
        {0.012345, "0.012345"},
        {1234567.125, "1234567.125"},
        {1.0 / 3, "0.3333333333333333"},
        {1e21, "1.0E21"},
        {1e100, "1.0E100"},
        {DBL_MAX, "1.7976931348623157E308"},
        {INFINITY, "Infinity"},
        {-INFINITY, "-Infinity"},
        {NAN, "NaN"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char text[32];

        dl_value_print_double(cases[i].value, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

/* The order that java.util.HashMap gives: known hash codes are "a" = 97, "Aa" = "BB" = 2112. */
static void the_pretty_printer_has_the_order_of_a_hash_map(void **state)
{
    static const struct {
        const char *json, *pretty;
    } cases[] = {
        {"{}", "{ }"},
        {"[]", "[ ]"},
        {"{\"b\":1,\"a\":2}", "{\n  \"a\" : 2,\n  \"b\" : 1\n}"},
        /* in one bucket they stay as they came */
        {"{\"BB\":1,\"Aa\":2}", "{\n  \"BB\" : 1,\n  \"Aa\" : 2\n}"},
        {"{\"Aa\":2,\"BB\":1}", "{\n  \"Aa\" : 2,\n  \"BB\" : 1\n}"},
        /* 97 & 15 = 1 and 112 & 15 = 0 */
        {"{\"a\":1,\"p\":2}", "{\n  \"p\" : 2,\n  \"a\" : 1\n}"},
        {"{\"o\":{\"x\":[1,2,{}],\"y\":\"t\\n\"}}",
         "{\n  \"o\" : {\n    \"x\" : [ 1, 2, { } ],\n    \"y\" : \"t\\n\"\n  }\n}"},
        {"[1,2.5,\"x\",null,true]", "[ 1, 2.5, \"x\", null, true ]"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dl_buffer out;

        dl_buffer_init(&out, 4096);
        assert_int_equal(dl_value_pretty(&out, json(cases[i].json)), 0);
        assert_string_equal(dl_buffer_string(&out), cases[i].pretty);
        dl_buffer_free(&out);
    }
}

/* Twelve members fit in 16 buckets; with the thirteenth there are 32, and "p" (112) comes after
 * "a" (97). */
static void the_hash_map_doubles_past_three_quarters(void **state)
{
    static const char twelve[] = "{\"a\":0,\"p\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,"
                                 "\"h\":0,\"i\":0,\"j\":0,\"k\":0}";
    struct dl_value *v = json(twelve);
    struct dl_buffer out;

    (void)state;
    dl_buffer_init(&out, 4096);
    assert_int_equal(dl_value_pretty(&out, v), 0);
    assert_true(strstr(dl_buffer_string(&out), "\"p\"") < strstr(dl_buffer_string(&out), "\"a\""));
    dl_value_put(&arena, v, DL_TEXT("l"), dl_value_null(&arena));
    dl_buffer_clear(&out);
    assert_int_equal(dl_value_pretty(&out, v), 0);
    assert_true(strstr(dl_buffer_string(&out), "\"p\"") > strstr(dl_buffer_string(&out), "\"a\""));
    dl_buffer_free(&out);
}

static void values_print_as_texts(void **state)
{
    static const struct {
        const char *json, *text;
    } cases[] = {
        {"\"a \\\"b\\\"\"", "a \"b\""},
        {"12", "12"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"9223372036854775807", "9223372036854775807"},
        {"3.0", "3.0"},
        {"true", "true"},
        {"null", "null"},
        {"[1, \"x\"]", "[1,\"x\"]"},
        {"{\"k\" : {\"n\" : 1.0}}", "{\"k\":{\"n\":1.0}}"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(string_of(dl_value_print(&arena, json(cases[i].json))), cases[i].text);
    assert_int_equal(dl_value_print(&arena, NULL).len, 0);
}

static void numbers_are_told_from_other_texts(void **state)
{
    static const char *const whole[] = {"0", "12", "-7", "+3", "007"};
    static const char *const decimal[] = {"1.5",  "-.5", "2E3",
                                          "1e-3", "3.",  "99999999999999999999"};
    static const char *const none[] = {"",   "-",   "+",   ".",  "1x", "0x10", "1 ",
                                       " 1", "nan", "inf", "e5", "1e", "1-2"};
    int64_t integer;
    double real;

    (void)state;
    for (size_t i = 0; i < LENGTH(whole); i++)
        assert_true(dl_value_parse_integer(text_of(whole[i]), &integer) &&
                    dl_value_parse_double(text_of(whole[i]), &real) && (double)integer == real);
    for (size_t i = 0; i < LENGTH(decimal); i++)
        assert_true(!dl_value_parse_integer(text_of(decimal[i]), &integer) &&
                    dl_value_parse_double(text_of(decimal[i]), &real));
    for (size_t i = 0; i < LENGTH(none); i++)
        assert_false(dl_value_parse_integer(text_of(none[i]), &integer) ||
                     dl_value_parse_double(text_of(none[i]), &real));
    assert_true(dl_value_parse_integer(DL_TEXT("-9223372036854775808"), &integer));
    assert_true(integer == INT64_MIN);
    assert_false(dl_value_parse_integer(DL_TEXT("9223372036854775808"), &integer));
    assert_false(dl_value_parse_integer(DL_TEXT("-9223372036854775809"), &integer));
}

static void doubles_become_whole_as_java_casts_them(void **state)
{
    (void)state;
    assert_int_equal(dl_value_whole(1.9), 1);
    assert_int_equal(dl_value_whole(-1.9), -1);
    assert_true(dl_value_whole(1e300) == INT64_MAX);
    assert_true(dl_value_whole(-1e300) == INT64_MIN);
    assert_true(dl_value_whole(INFINITY) == INT64_MAX);
    assert_int_equal(dl_value_whole(NAN), 0);
}

static void equality_is_by_value(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
        size_t types;
    } cases[] = {
        {"1", "1.0", true, 1},
        {"1", "2", false, 0},
        {"\"1\"", "1", false, 0},
        {"{\"a\":1,\"b\":2}", "{\"b\":2.0,\"a\":1.0}", true, 2},
        {"{\"a\":1}", "{\"a\":1,\"b\":2}", false, 0},
        {"{\"a\":1}", "{\"b\":1}", false, 0},
        {"[1,2]", "[1,2]", true, 0},
        {"[1,2]", "[2,1]", false, 0},
        {"null", "null", true, 0},
        {"true", "false", false, 0},
        {"9007199254740993", "9007199254740992", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        size_t types = 0;

        assert_int_equal(dl_value_equal(json(cases[i].a), json(cases[i].b), &types),
                         cases[i].equal);
        if (cases[i].equal)
            assert_int_equal(types, cases[i].types);
    }
    assert_true(dl_value_equal(NULL, NULL, NULL));
    assert_false(dl_value_equal(NULL, json("1"), NULL));
}

static void members_are_put_dropped_and_sorted(void **state)
{
    struct dl_value *v = json("{\"c\":1,\"a\":{\"z\":1,\"y\":[{\"q\":1,\"p\":2}]},\"b\":3}");

    (void)state;
    dl_value_put(&arena, v, DL_TEXT("a"), json("{\"z\":1,\"y\":[{\"q\":1,\"p\":2}]}"));
    dl_value_put(&arena, v, DL_TEXT("aa"), dl_value_bool(&arena, true));
    dl_value_sort(v);
    assert_string_equal(shown(v),
                        "{\"a\":{\"y\":[{\"p\":2,\"q\":1}],\"z\":1},\"aa\":true,\"b\":3,\"c\":1}");
    dl_value_drop(v, DL_TEXT("c")); /* the last */
    dl_value_drop(v, DL_TEXT("nothing"));
    dl_value_put(&arena, v, DL_TEXT("d"), dl_value_integer(&arena, 4));
    dl_value_drop(v, DL_TEXT("a")); /* the first */
    assert_string_equal(shown(v), "{\"aa\":true,\"b\":3,\"d\":4}");
    assert_int_equal(v->of.list.count, 3);
}

static void a_copy_is_a_value_of_its_own(void **state)
{
    struct dl_value *v = json("{\"a\":[1,{\"b\":\"c\"}]}"), *copy = dl_value_copy(&arena, v);

    (void)state;
    dl_value_append(&arena, dl_value_get(v, "a"), json("2"));
    assert_string_equal(shown(copy), "{\"a\":[1,{\"b\":\"c\"}]}");
    assert_null(dl_value_copy(&arena, NULL));
}

static void an_arena_that_is_full_says_so_until_its_reset(void **state)
{
    struct dl_arena small;

    (void)state;
    dl_arena_init(&small, 128 * 1024);
    assert_non_null(dl_arena_take(&small, 1000));
    assert_null(dl_arena_take(&small, 200 * 1024));
    assert_true(small.failed && small.full);
    dl_arena_reset(&small);
    assert_false(small.failed || small.full);
    assert_non_null(dl_arena_take(&small, 1000));
    dl_arena_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_are_printed_as_java_does),
        ARENA_TEST(the_pretty_printer_has_the_order_of_a_hash_map),
        ARENA_TEST(the_hash_map_doubles_past_three_quarters),
        ARENA_TEST(values_print_as_texts),
        cmocka_unit_test(numbers_are_told_from_other_texts),
        cmocka_unit_test(doubles_become_whole_as_java_casts_them),
        ARENA_TEST(equality_is_by_value),
        ARENA_TEST(members_are_put_dropped_and_sorted),
        ARENA_TEST(a_copy_is_a_value_of_its_own),
        cmocka_unit_test(an_arena_that_is_full_says_so_until_its_reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
