/* Every filter of grok rules, on what data captured. */
#include "kit.h"

#include "pipeline/grok.h"
#include "pipeline/suite.h"

struct filter_case {
    const char *filter, *input, *value; /* of the attribute; "nothing": it is not set */
};

static void all_are_as_said(const struct filter_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct dl_grok_result result;
        struct dl_grok *grok = NULL;
        struct dl_error err = {0};
        char rule[300];
        const char *got;

        snprintf(rule, sizeof rule, "r %%{data:a:%s}", cases[i].filter);
        if (dl_grok_compile(&grok, DL_TEXT(""), text_of(rule), &err) < 0)
            fail_msg("%s", err.text);
        dl_grok_parse(&result, grok, &arena, text_of(cases[i].input), DL_SUITE_NOW);
        assert_non_null(result.attributes);
        got = shown(dl_value_get(result.attributes, "a"));
        if (strcmp(got, cases[i].value) != 0)
            fail_msg("%s of \"%s\": %s, not %s", cases[i].filter, cases[i].input, got,
                     cases[i].value);
        dl_grok_free(grok);
    }
}

static void small_filters(void **state)
{
    static const struct filter_case cases[] = {
        {"nullIf(\"-\")", "-", "nothing"},
        {"nullIf(\"-\")", "--", "\"--\""},
        {"nullIf(\"0\")", "0", "nothing"},
        {"lowercase", "ABC \xc3\x89", "\"abc \xc3\x89\""},
        {"uppercase", "abc1", "\"ABC1\""},
        {"integer", "12", "12"},
        {"integer", "12.9", "12"},
        {"integer", "x", "nothing"},
        {"integer", "1e300", "9223372036854775807"},
        {"number", "12", "12.0"},
        {"number", "1.5e2", "150.0"},
        {"number", "x", "nothing"},
        {"boolean", "True", "true"},
        {"boolean", "yes", "false"},
        {"scale(1000)", "1.5", "1500.0"},
        {"scale(0.001)", "5", "0.005"},
        {"scale(\"2\")", "3", "6.0"},
        {"scale(2)", "x", "nothing"},
        {"decodeuricomponent", "%2Fhello%20w+x%C3%A9", "\"/hello w+x\xc3\xa9\""},
        {"decodeuricomponent", "100%", "\"100%\""},
        {"decodeuricomponent", "%zz%4", "\"%zz%4\""},
        {"decodeuricomponent", "%ff", "\"%ff\""}, /* that would be no UTF-8 */
        {"url", "http://Host:81/p?q=1#h",
         "{\"scheme\":\"http\",\"port\":81,\"host\":\"host\",\"path\":\"/p\","
         "\"queryString\":{\"q\":\"1\"},\"hash\":\"h\"}"},
        {"querystring", "?a=1&b=x%20y+z&a=2&a=1&c&d=",
         "{\"a\":[\"1\",\"2\"],\"b\":\"x y z\",\"c\":\"\",\"d\":\"\"}"},
        {"querystring", "&=1&", "nothing"},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases));
}

static void json_objects_and_scalars(void **state)
{
    static const struct filter_case cases[] = {
        {"json", "{\"k\":1,\"n\":null,\"e\":{}}", "{\"k\":1}"},
        {"json", "{\"a.b\":1.0}", "{\"a\":{\"b\":1.0}}"},
        {"json", "[1,2]", "[1,2]"},
        {"json", "\"text\"", "\"text\""},
        {"json", "12", "12"},
        {"json", "null", "nothing"},
        {"json", "{}", "nothing"},
        {"json", "{\"a\":}", "nothing"},
        {"json", "{\"a\":\"x\ny\"}", "{\"a\":\"x\\ny\"}"},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases));
}

/* The forms of the documentation's table. */
static void keyvalue_takes_pairs(void **state)
{
    static const struct filter_case cases[] = {
        {"keyvalue", "k=v", "{\"k\":\"v\"}"},
        {"keyvalue", "k=v, l=w; m=x", "{\"k\":\"v\",\"l\":\"w\",\"m\":\"x\"}"},
        {"keyvalue", "some text k=v (l=w) [m=x] {n=y}",
         "{\"k\":\"v\",\"l\":\"w\",\"m\":\"x\",\"n\":\"y\"}"},
        {"keyvalue", "k=\"two words\" l='it is' m=<a b>",
         "{\"k\":\"two words\",\"l\":\"it is\",\"m\":\"a b\"}"},
        {"keyvalue", "\"k\"=v 'l'=w", "{\"k\":\"v\",\"l\":\"w\"}"},
        {"keyvalue", "k=valid l==x m=/p", "{\"k\":\"valid\"}"},
        {"keyvalue", "a.b=1 a.c=2", "{\"a\":{\"b\":1,\"c\":2}}"},
        {"keyvalue", "k=1 k=2 k=3", "{\"k\":[1,2,3]}"},
        {"keyvalue", "k=\"\" l= m=null n=v", "{\"n\":\"v\"}"},
        {"keyvalue", "no pairs here", "nothing"},
        {"keyvalue(\": \")", "k: v", "{\"k\":\"v\"}"},
        {"keyvalue(\":\")", "k:v l:2", "{\"k\":\"v\",\"l\":2}"},
        {"keyvalue(\"\\\\s*=\\\\s*\")", "k = v", "{\"k\":\"v\"}"}, /* it is an expression */
        {"keyvalue(\"=\", \"/:\")", "k=/p:1 l=x", "{\"k\":\"/p:1\",\"l\":\"x\"}"},
        {"keyvalue(\"=\", \" \", \"\", \"|\")", "k=a b|l=c d", "{\"k\":\"a b\",\"l\":\"c d\"}"},
        {"keyvalue(\"=\", \"\", \"{}\")", "k={a b} l=c", "{\"k\":\"a b\",\"l\":\"c\"}"},
        {"keyvalue(\"=\", \"\", \"{}\")", "k=\"a b\" l=c", "{\"l\":\"c\"}"},
        {"keyvalue(\"=\", \"\", \"\", \"()\")", "(k=v)(l=w)", "{\"k\":\"v\",\"l\":\"w\"}"},
        {"keyvalue(\":=\", \"\", \"<>\")", "k:=<a b> l:=c", "{\"k\":\"a b\",\"l\":\"c\"}"},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases));
}

static void keyvalue_knows_types(void **state)
{
    static const struct filter_case cases[] = {
        {"keyvalue", "k=12 l=-3", "{\"k\":12,\"l\":-3}"},
        {"keyvalue", "k=1.5 l=1.0", "{\"k\":1.5,\"l\":1.0}"},
        {"keyvalue", "k=true l=false m=True", "{\"k\":true,\"l\":false,\"m\":\"True\"}"},
        {"keyvalue", "k=\"12\" l='true'", "{\"k\":\"12\",\"l\":\"true\"}"},
        {"keyvalue", "k=10.013689387s l=263ms m=0s", "{\"k\":10013,\"l\":263,\"m\":0}"},
        {"keyvalue", "k=1m3.3s l=16MB m=s n=ms",
         "{\"k\":\"1m3.3s\",\"l\":\"16MB\",\"m\":\"s\",\"n\":\"ms\"}"},
        {"keyvalue", "k=023001016134 l=012001018742 m=0 n=007",
         "{\"k\":23001016134,\"l\":\"012001018742\",\"m\":0,\"n\":7}"},
        {"keyvalue", "k=1e400", "{\"k\":\"1e400\"}"},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases));
}

static void arrays_are_cut_at_their_separator(void **state)
{
    static const struct filter_case cases[] = {
        {"array", "[a,b]", "[\"a\",\"b\"]"},
        {"array", "a, b", "[\"a\",\" b\"]"}, /* brackets are not required, blanks stay */
        {"array", "[]", "[]"},
        {"array", "[1,2]", "[\"1\",\"2\"]"},
        {"array(\";\")", "[a;b,c]", "[\"a\",\"b,c\"]"},
        {"array(\"{}\", \"-\")", "{a-b}", "[\"a\",\"b\"]"},
        {"array(\"\", \"|\")", "[a|b]", "[\"[a\",\"b]\"]"},
        {"array(\"\", \"\\\\n\")", "a\nb", "[\"a\",\"b\"]"},
        {"array(\"[]\", \",\", integer)", "[1,x,3]", "[1,null,3]"},
        {"array(\"[]\", \",\", nullIf(\"-\"))", "[a,-]", "[\"a\",null]"},
        {"array(\"\", \";\", keyvalue)", "k=1;l=2", "[{\"k\":1},{\"l\":2}]"},
        {"array(\"[]\", \"][\")", "[a][b]", "[\"a\",\"b\"]"},
        {"array(uppercase)", "[a,b]", "[\"A\",\"B\"]"},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases));
}

static void csv_takes_fields_by_name(void **state)
{
    static const struct filter_case cases[] = {
        {"csv(\"a,b,c\")", "1,x,2.5", "{\"a\":1.0,\"b\":\"x\",\"c\":2.5}"},
        {"csv(\"a,b\")", "x,y,z", "{\"a\":\"x\",\"b\":\"y\"}"},
        {"csv(\"a,b,c\")", "x", "{\"a\":\"x\"}"},
        {"csv(\"a,b,c\")", "x,,z", "{\"a\":\"x\",\"c\":\"z\"}"},
        {"csv(\"a, b\")", "\"x, y\",\"say \"\"hi\"\"\"",
         "{\"a\":\"x, y\",\"b\":\"say \\\"hi\\\"\"}"},
        {"csv(\"a,b\", \";\")", "x;y", "{\"a\":\"x\",\"b\":\"y\"}"},
        {"csv(\"a,b\", \"tab\")", "x\ty", "{\"a\":\"x\",\"b\":\"y\"}"},
        {"csv(\"a,b\", \"\\\\t\")", "x\ty", "{\"a\":\"x\",\"b\":\"y\"}"},
        {"csv(\"a,b\", \",\", \"'\")", "'x,1',y", "{\"a\":\"x,1\",\"b\":\"y\"}"},
        {"csv(\"a,b\", \"\xc2\xa7\")", "x\xc2\xa7y\xc2\xb5", "{\"a\":\"x\",\"b\":\"y\xc2\xb5\"}"},
        {"csv(\"a,b\")", ",", "nothing"},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases));
}

static void xml_becomes_an_object(void **state)
{
    static const struct filter_case cases[] = {
        {"xml", "<b id=\"1\"><t>x</t></b>", "{\"b\":{\"id\":\"1\",\"t\":\"x\"}}"},
        {"xml", "<t lang='en'>Book</t>", "{\"t\":{\"lang\":\"en\",\"value\":\"Book\"}}"},
        {"xml", "<l><i>1</i><i>2</i></l>", "{\"l\":{\"i\":[\"1\",\"2\"]}}"},
        {"xml", "<?xml version=\"1.0\"?><!DOCTYPE a><!-- c --><a/>", "{\"a\":\"\"}"},
        {"xml", "<a>&lt;x&gt; &amp;&quot;&apos;</a>", "{\"a\":\"<x> &\\\"'\"}"},
        {"xml", "<a><![CDATA[<raw>]]></a>", "{\"a\":\"<raw>\"}"},
        {"xml", "<a><!-- c --><b>1</b></a>", "{\"a\":{\"b\":\"1\"}}"},
        {"xml", "<a>", "nothing"},
        {"xml", "<a></b>", "nothing"},
        {"xml", "<a b=1/>", "nothing"},
        {"xml", "<a b='1/>", "nothing"},
        {"xml", "<a/><b/>", "nothing"},
        {"xml", "text", "nothing"},
        {"xml", "<a><![CDATA[x</a>", "nothing"},
        {"xml", "<", "nothing"},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases));
}

static void ruby_hashes_become_objects(void **state)
{
    static const struct filter_case cases[] = {
        {"rubyhash", "{:k=>\"v\", \"n\" => 1, t: true}", "{\"k\":\"v\",\"n\":1.0,\"t\":true}"},
        {"rubyhash", "{name => \"John\", :l => [1, {'a'=>nil}, :sym]}",
         "{\"name\":\"John\",\"l\":[1.0,{},\"sym\"]}"},
        {"rubyhash", "{:\"a b\" => 'it\\'s'}", "{\"a b\":\"it's\"}"},
        {"rubyhash", "{}", "nothing"},
        {"rubyhash", "{:a=>}", "nothing"},
        {"rubyhash", "{:a=>1", "nothing"},
        {"rubyhash", "{:a=>1} x", "nothing"},
        {"rubyhash", "{:a=>\"x}", "nothing"},
        {"rubyhash", "[1]", "nothing"},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases));
}

/* Thousands of strings in one text take no more memory than a few times the text. */
static void a_large_ruby_hash_fits(void **state)
{
    enum { COUNT = 20000 };
    struct dl_grok_result result;
    struct dl_grok *grok = NULL;
    struct dl_buffer text;

    (void)state;
    dl_buffer_init(&text, 1 << 20);
    assert_int_equal(dl_buffer_char(&text, '{'), 0);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(dl_buffer_format(&text, "%s:k=>[\"value\"]", i ? "," : ""), 0);
    assert_int_equal(dl_buffer_char(&text, '}'), 0);
    assert_int_equal(dl_grok_compile(&grok, DL_TEXT(""), DL_TEXT("r %{data:a:rubyhash}"), NULL), 0);
    dl_grok_parse(&result, grok, &arena, (struct dl_text){text.data, text.len}, 0);
    assert_false(arena.failed);
    assert_string_equal(shown(result.attributes), "{\"a\":{\"k\":[\"value\"]}}");
    dl_grok_free(grok);
    dl_buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(small_filters),
        ARENA_TEST(json_objects_and_scalars),
        ARENA_TEST(keyvalue_takes_pairs),
        ARENA_TEST(keyvalue_knows_types),
        ARENA_TEST(arrays_are_cut_at_their_separator),
        ARENA_TEST(csv_takes_fields_by_name),
        ARENA_TEST(xml_becomes_an_object),
        ARENA_TEST(ruby_hashes_become_objects),
        ARENA_TEST(a_large_ruby_hash_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
