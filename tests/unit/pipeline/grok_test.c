/* Rules: helpers, captures, names, limits, and every matcher. */
#include "kit.h"

#include "pipeline/grok.h"
#include "pipeline/suite.h"

static struct dl_grok_result parse(const char *support, const char *rules, const char *input)
{
    struct dl_grok_result result;
    struct dl_grok *grok = NULL;
    struct dl_error err = {0};

    if (dl_grok_compile(&grok, text_of(support), text_of(rules), &err) < 0)
        fail_msg("%s", err.text);
    dl_grok_parse(&result, grok, &arena, text_of(input), DL_SUITE_NOW);
    result.rule = text_of(string_of(result.rule)); /* it outlives the rules */
    dl_grok_free(grok);
    return result;
}

static void expect(const char *support, const char *rules, const char *input,
                   const char *attributes)
{
    struct dl_grok_result result = parse(support, rules, input);
    const char *got = shown(result.attributes);

    if (strcmp(got, attributes) != 0)
        fail_msg("%s on \"%s\": %s, not %s", rules, input, got, attributes);
}

static void rules_are_tried_in_their_order(void **state)
{
    static const char rules[] =
        "  # a comment\n\none %{integer:a}\n  two.b_2 %{word:b}\nthree .*\n";
    struct dl_grok_result result;

    (void)state;
    result = parse("", rules, "12");
    assert_string_equal(string_of(result.rule), "one");
    assert_string_equal(shown(result.attributes), "{\"a\":12}");
    result = parse("", rules, "x");
    assert_string_equal(string_of(result.rule), "two.b_2");
    result = parse("", rules, "- -");
    assert_string_equal(string_of(result.rule), "three");
    assert_string_equal(shown(result.attributes), "{}");
    result = parse("", "one a\n", "b");
    assert_null(result.attributes);
    assert_int_equal(result.rule.len, 0);
    assert_false(result.limit);
}

static void the_whole_trimmed_input_must_match(void **state)
{
    (void)state;
    expect("", "r %{word:a}", "  \t word\r\n", "{\"a\":\"word\"}");
    expect("", "r %{word:a}", "two words", "nothing");
    expect("", "r ord", "word", "nothing");
    expect("", "r %{data:a}", "line 1\nline 2", "{\"a\":\"line 1\\nline 2\"}");
    expect("", "r %{word:a} ", "word", "nothing"); /* blanks at a rule's end are kept */
    expect("", "r a|ab", "ab", "{}");
    expect("", "r %{data:a}", "", "{}");
    expect("", "r caf. %{data:a}", "caf\xc3\xa9 \xe2\x82\xac", "{\"a\":\"€\"}");
}

static void helpers_are_put_in_as_text(void **state)
{
    (void)state;
    expect("h %{integer:a}", "r x%{h}y", "x5y", "{\"a\":5}");
    expect("h ab", "r %{h}?c", "ac", "{}"); /* the ? is the b's */
    expect("h ab", "r %{h}?c", "c", "nothing");
    expect("h ab", "r %{h:}?c", "c", "{}"); /* a colon makes a group */
    expect("h ab", "r %{h:}?c", "ac", "nothing");
    expect("h a|b", "r x%{h}y", "by", "{}"); /* the | leaks */
    expect("h a|b", "r x%{h:}y", "by", "nothing");
    expect("h a|b", "r x%{h:}y", "xby", "{}");
    expect("h %{integer:n} %{word:w}", "r %{h:all}", "5 abc",
           "{\"all\":\"5 abc\",\"n\":5,\"w\":\"abc\"}");
    expect("a %{word:x}\nb %{a}-%{a}", "r %{b}", "p-q", "{\"x\":[\"p\",\"q\"]}");
    expect("", "one k=%{word:k}\ntwo %{one};", "k=v;", "{\"k\":\"v\"}"); /* an earlier rule */
    expect("word \\d+", "r %{word:a}", "12", "{\"a\":\"12\"}"); /* a helper hides a matcher */
    expect("h %{data}", "r %{h::json}", "{\"a\":1}", "{\"a\":1}");
}

static void captures_make_attributes(void **state)
{
    (void)state;
    expect("", "r %{word:a.b} %{word:a.c}", "x y", "{\"a\":{\"b\":\"x\",\"c\":\"y\"}}");
    expect("", "r %{word:a} %{word:a} %{word:a}", "x y z", "{\"a\":[\"x\",\"y\",\"z\"]}");
    expect("", "r %{data:a:json} %{data:a:json}", "{\"x\":1} {\"y\":2}",
           "{\"a\":{\"x\":1,\"y\":2}}");
    expect("", "r (%{integer:i}|%{word:w})", "abc", "{\"w\":\"abc\"}");
    expect("", "r (%{integer:i}|%{word:w})", "12", "{\"i\":12}");
    expect("", "r \\[%{data:a}\\]", "[]", "{}"); /* an empty capture sets nothing */
    expect("", "r %{word} %{word:} %{word:a}", "x y z", "{\"a\":\"z\"}");
    expect("", "r %{word:\"a b\"}", "x", "{\"a b\":\"x\"}");
    expect("", "r %{data::json}", "{\"a\":{\"b\":1},\"c\":null}", "{\"a\":{\"b\":1}}");
    expect("", "r %{data::json}", "12", "{}"); /* a scalar has no name */
    expect("", "r %{ word : a : uppercase }", "x", "{\"a\":\"X\"}");
}

static void groups_that_a_rule_names_are_attributes(void **state)
{
    (void)state;
    expect("", "r (?<user>\\w+) %{word:b}", "x y", "{\"b\":\"y\",\"user\":\"x\"}");
    expect("", "r (?<a>%{word:a}).*", "x y", "{\"a\":\"x\"}"); /* it gives way */
}

static void expressions_are_those_of_java(void **state)
{
    (void)state;
    expect("", "r (?>a+)b", "aab", "{}");
    expect("", "r (?>a+)ab", "aab", "nothing");
    expect("", "r a++b", "aab", "{}");
    expect("", "r (?=x)%{word:a}", "xy", "{\"a\":\"xy\"}");
    expect("", "r (?!x)%{word:a}", "xy", "nothing");
    expect("", "r (?i)HELLO", "hello", "{}");
    expect("", "r %{?>notSpace:a} b", "a b", "{\"a\":\"a\"}");
}

static void every_matcher(void **state)
{
    static const struct {
        const char *matcher, *good, *value, *bad;
    } cases[] = {
        {"notSpace", "a-b:c", "\"a-b:c\"", "a b"},
        {"data", "a b", "\"a b\"", NULL},
        {"greedyData", "a b", "\"a b\"", NULL},
        {"word", "ab_1", "\"ab_1\"", "a-b"},
        {"integer", "-12", "-12", "1.5"},
        {"integer", "+12", "12", "x"},
        {"integerStr", "007", "\"007\"", "x"},
        {"integerExt", "12e2", "1200", "1.5"},
        {"integerExtStr", "12E+2", "\"12E+2\"", "e2"},
        {"number", "12", "12.0", "1e3"},
        {"number", "-12.5", "-12.5", "."},
        {"number", ".5", "0.5", "-"},
        {"number", "12.", "12.0", "1.2.3"},
        {"numberStr", "1.50", "\"1.50\"", "x"},
        {"numberExt", "1.5e3", "1500.0", "1.5e"},
        {"numberExtStr", "1.5e3", "\"1.5e3\"", "e3"},
        {"ip", "192.0.2.1", "\"192.0.2.1\"", "192.0.2.256"},
        {"ip", "2001:db8::1", "\"2001:db8::1\"", "2001:db8:::1"},
        {"ip", "::ffff:192.0.2.1", "\"::ffff:192.0.2.1\"", "192.0.2"},
        {"ip", "fe80::1%eth0", "\"fe80::1%eth0\"", "1:2:3:4:5:6:7:8:9"},
        {"ipv4", "255.255.255.255", "\"255.255.255.255\"", "1.2.3.4.5"},
        {"ipv6", "::", "\"::\"", "1.2.3.4"},
        {"hostname", "web-1.Example_x.com.", "\"web-1.Example_x.com.\"", "-a"},
        {"ipOrHost", "host", "\"host\"", "a b"},
        {"ipOrHost", "10.1.2.3", "\"10.1.2.3\"", "/"},
        {"port", "8080", "\"8080\"", "080"},
        {"port", "99999", "\"99999\"", "100000"},
        {"mac", "00:1A:2b:3c:4d:5e", "\"00:1A:2b:3c:4d:5e\"", "00:1A:2b:3c:4d"},
        {"mac", "00-1a-2b-3c-4d-5e", "\"00-1a-2b-3c-4d-5e\"", "001a2b3c4d5e"},
        {"mac", "001a.2b3c.4d5e", "\"001a.2b3c.4d5e\"", "001a.2b3c"},
        {"uuid", "123e4567-e89b-12d3-a456-426614174000", "\"123e4567-e89b-12d3-a456-426614174000\"",
         "123e4567-e89b-12d3-a456"},
        {"boolean", "TRUE", "true", "yes"},
        {"boolean", "false", "false", "0"},
        {"boolean(\"on\", \"off\")", "On", "true", "true"},
        {"boolean(\"on\", \"off\")", "off", "false", "o"},
        {"doubleQuotedString", "\"a \\\" b\"", "\"\\\"a \\\\\\\" b\\\"\"", "\"a"},
        {"singleQuotedString", "'a b'", "\"'a b'\"", "'a'b'"},
        {"quotedString", "'a'", "\"'a'\"", "a"},
        {"regex(\"[a-c]{2}\")", "ab", "\"ab\"", "ad"},
        {"regex(\"\\\\d\\\"\\\\\\\\\")", "1\"\\", "\"1\\\"\\\\\"", "1"},
        {"date(\"yyyy\")", "1971", "31536000000", "71"},
        {"httpdate", "01/Jan/1970:00:00:01 +0000", "1000", "01/Jan/1970"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char rule[200], attributes[200];

        snprintf(rule, sizeof rule, "r %%{%s:a}", cases[i].matcher);
        snprintf(attributes, sizeof attributes, "{\"a\":%s}", cases[i].value);
        expect("", rule, cases[i].good, attributes);
        if (cases[i].bad)
            expect("", rule, cases[i].bad, "nothing");
    }
    expect("", "r %{data:a} %{greedyData:b}", "x y z", "{\"a\":\"x\",\"b\":\"y z\"}");
    expect("", "r %{greedyData:a} %{data:b}", "x y z", "{\"a\":\"x y\",\"b\":\"z\"}");
    expect("", "r %{integer:a}", "99999999999999999999", "{\"a\":9223372036854775807}");
}

/* No rule after it is tried, and the outcome names the rule. */
static void a_rule_that_takes_too_many_steps_is_given_up(void **state)
{
    struct dl_grok_result result =
        parse("", "first x\nslow (?:(?:a|aa)+)+[bc]\nlast .*\n",
              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaad");

    (void)state;
    assert_true(result.limit);
    assert_string_equal(string_of(result.rule), "slow");
    assert_null(result.attributes);
}

/* Bytes that are no UTF-8 match nothing: the expressions read characters. */
static void broken_utf8_matches_no_rule(void **state)
{
    (void)state;
    expect("", "r .*",
           "a\xff"
           "b",
           "nothing");
    expect("", "r .*", "\xc3", "nothing");
}

static void errors_name_the_rule(void **state)
{
    static const struct {
        const char *support, *rules, *words;
    } cases[] = {
        {"", "r %{nope:a}", "rule r: there is no rule and no matcher \"nope\""},
        {"", "ok a\nr %{word:a:nope}", "rule r: there is no filter \"nope\""},
        {"h %{h}", "r %{h}", "rule r: the rule \"h\" refers to itself"},
        {"a %{b}\nb %{a}", "r %{a}", "refers to itself"},
        {"", "r %{r}", "refers to itself"},
        {"", "r (a", "rule r: "},
        {"", "r %{word:a", "rule r: the closing } of a %{ is missing"},
        {"", "r %{regex(\"a:b}", "rule r: the closing \" is missing"},
        {"", "r %{regex(\"a\":b}", "rule r: the closing ) of the arguments is missing"},
        {"", "r %{regex:a}", "rule r: regex takes one argument"},
        {"", "r %{date:a}", "rule r: date takes a pattern"},
        {"", "r %{date(\"QQ\"):a}", "rule r: the date pattern knows no letter \"Q\""},
        {"", "r %{word:a:scale(\"x\")}", "rule r: scale takes a number"},
        {"", "r %{word:a:nullIf}", "the filter nullIf has 0 arguments and takes 1 to 1"},
        {"", "r %{word:a:lowercase(1)}", "the filter lowercase has 1 arguments and takes 0 to 0"},
        {"", "r %{word:a:array(\"a\", \"b\", \"c\", keyvalue)}", "the filter array has 3"},
        {"", "r %{word:a:array(\",\", nope)}", "there is no filter \"nope\""},
        {"", "r %{word:a:keyvalue(\"(\")}", "rule r: "},
        {"", "r [%{word:a}]", "rule r: a %{...} stands where no group can be"},
        {"", "a! x", "\"a!\" is no name of a rule"},
        {"a! x", "r x", "\"a!\" is no name of a rule"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dl_grok *grok = NULL;
        struct dl_error err = {0};

        if (dl_grok_compile(&grok, text_of(cases[i].support), text_of(cases[i].rules), &err) !=
            -DL_E_VALUE)
            fail_msg("%s: \"%s\"", cases[i].rules, err.text);
        assert_null(grok);
        if (!strstr(err.text, cases[i].words))
            fail_msg("%s: \"%s\" is not in \"%s\"", cases[i].rules, cases[i].words, err.text);
    }
}

/* Helpers that double what they hold, twenty times over. */
static void helpers_cannot_multiply_without_end(void **state)
{
    char support[1200];
    struct dl_grok *grok = NULL;
    struct dl_error err = {0};
    int n = 0;

    (void)state;
    for (int i = 0; i < 20; i++)
        n += snprintf(support + n, sizeof support - (size_t)n, "h%d %%{h%d}%%{h%d}%%{h%d}\n", i,
                      i + 1, i + 1, i + 1);
    snprintf(support + n, sizeof support - (size_t)n, "h20 \n");
    assert_int_equal(dl_grok_compile(&grok, text_of(support), DL_TEXT("r %{h0}"), &err),
                     -DL_E_VALUE);
    assert_non_null(strstr(err.text, "rule r: helpers are put in too often"));
}

static void people_see_how_far_a_rule_gets(void **state)
{
    struct dl_grok *grok = NULL;

    (void)state;
    assert_int_equal(dl_grok_compile(&grok, DL_TEXT("h \\d+"),
                                     DL_TEXT("one user %{word:u} id %{h}\ntwo x\n"), NULL),
                     0);
    assert_int_equal(dl_grok_rule_count(grok), 2);
    assert_string_equal(string_of(dl_grok_rule_name(grok, 1)), "two");
    assert_int_equal(dl_grok_rule_name(grok, 2).len, 0);
    assert_int_equal(dl_grok_longest_prefix(grok, 0, DL_TEXT("user ann id x")), 12);
    assert_int_equal(dl_grok_longest_prefix(grok, 0, DL_TEXT("nothing of it")), 0);
    assert_int_equal(dl_grok_longest_prefix(grok, 2, DL_TEXT("x")), 0);
    assert_int_equal(dl_grok_longest_prefix(grok, 0, DL_TEXT("user \xff")), 0);
    dl_grok_free(grok);
    dl_grok_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(rules_are_tried_in_their_order),
        ARENA_TEST(the_whole_trimmed_input_must_match),
        ARENA_TEST(helpers_are_put_in_as_text),
        ARENA_TEST(captures_make_attributes),
        ARENA_TEST(groups_that_a_rule_names_are_attributes),
        ARENA_TEST(expressions_are_those_of_java),
        ARENA_TEST(every_matcher),
        ARENA_TEST(a_rule_that_takes_too_many_steps_is_given_up),
        ARENA_TEST(broken_utf8_matches_no_rule),
        ARENA_TEST(errors_name_the_rule),
        ARENA_TEST(helpers_cannot_multiply_without_end),
        ARENA_TEST(people_see_how_far_a_rule_gets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
