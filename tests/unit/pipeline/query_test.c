#include "kit.h"

#include "pipeline/query.h"

static struct dl_pipeline_log log_of(const char *attributes)
{
    struct dl_pipeline_log log;

    dl_pipeline_log_init(&log, &arena, 0);
    log.attributes = json(attributes);
    log.message = DL_TEXT("User alice-smith logged in from 10.0.0.1: code=42 (ok)");
    log.source = DL_TEXT("acme");
    log.service = DL_TEXT("web-store");
    log.status = DL_TEXT("error");
    log.host = DL_TEXT("h1");
    dl_pipeline_log_tag_text(&log, DL_TEXT("env:prod"));
    dl_pipeline_log_tag_text(&log, DL_TEXT("team:core:a"));
    return log;
}

static bool matches(const char *query, const struct dl_pipeline_log *log)
{
    const struct dl_query *q = NULL;
    struct dl_error err = {0};

    if (dl_query_parse(&q, &arena, text_of(query), &err) < 0)
        fail_msg("%s: %s", query, err.text);
    return dl_query_match(q, log);
}

struct query_case {
    const char *query;
    bool matches;
};

static void all_are_as_said(const struct query_case *cases, size_t count, const char *attributes)
{
    const struct dl_pipeline_log log = log_of(attributes);

    for (size_t i = 0; i < count; i++)
        if (matches(cases[i].query, &log) != cases[i].matches)
            fail_msg("%s: %s", cases[i].query, cases[i].matches ? "does not match" : "matches");
}

static void attributes_compare_by_their_printed_value(void **state)
{
    static const struct query_case cases[] = {
        {"@a:1", true},
        {"@a:1.0", true},
        {"@a:2", false},
        {"@d:2.5", true},
        {"@s:Text", true},
        {"@s:text", false},
        {"@s:\"Text\"", true},
        {"@s:Tex", false},
        {"@s:T*t", true},
        {"@s:T??t", true},
        {"@s:T?t", false},
        {"@s:*", true},
        {"@s:\"T*t\"", false},
        {"@star:\"T*t\"", true},
        {"@star:T\\*t", true},
        {"@s:T\\*t", false},
        {"@two:\"two words\"", true},
        {"@two:two\\ words", true},
        {"@two:two*", true},
        {"@o.deep:yes", true},
        {"@o:yes", false},
        {"@list:b", true},
        {"@list:c", false},
        {"@objects.k:v2", true},
        {"@t:true", true},
        {"@missing:x", false},
        {"@empty:\"\"", true},
        {"@a\\:b:colon", true},
        {"@a:   1", true},
        {"@num_text:200", true},
        {"@url:http*//x", true},
        {"@url:http://x", true},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases),
                    "{\"a\":1,\"d\":2.5,\"s\":\"Text\",\"star\":\"T*t\",\"two\":\"two words\","
                    "\"o\":{\"deep\":\"yes\"},\"list\":[\"a\",\"b\"],\"objects\":[{\"k\":\"v1\"},"
                    "{\"k\":\"v2\"}],\"t\":true,\"empty\":\"\",\"a:b\":\"colon\","
                    "\"num_text\":\"200\",\"url\":\"http://x\"}");
}

static void ranges_and_comparisons_are_numeric(void **state)
{
    static const struct query_case cases[] = {
        {"@n:[1 TO 5]", true},
        {"@n:[5 TO 9]", true},
        {"@n:{5 TO 9}", false},
        {"@n:{1 TO 5}", false},
        {"@n:{1 TO 5]", true},
        {"@n:[5 TO 9}", true},
        {"@n:[* TO 5]", true},
        {"@n:[5 TO *]", true},
        {"@n:[* TO *]", true},
        {"@n:[6 TO *]", false},
        {"@n:[-3 TO 2.5]", false},
        {"@n:>=5", true},
        {"@n:>5", false},
        {"@n:<=5", true},
        {"@n:<5", false},
        {"@n:> 4", true},
        {"@n:(>=5 <6)", true},
        {"@n:(>5 OR <3)", false},
        {"@n:([1 TO 2] OR [4 TO 6])", true},
        {"@text:[1 TO 50]", true}, /* a text that is a number */
        {"@text:>9", true},
        {"@word:>9", false},
        {"@list:>6", true},
        {"@list:>8", false},
        {"@missing:>0", false},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases),
                    "{\"n\":5,\"text\":\"10\",\"word\":\"x\",\"list\":[1,7]}");
}

static void existence_and_its_absence(void **state)
{
    static const struct query_case cases[] = {
        {"@a:*", true},
        {"-@a:*", false},
        {"_exists_:@a", true},
        {"_exists_:@b", false},
        {"@b:*", false},
        {"-@b:*", true},
        {"NOT _exists_:@b", true},
        {"@n:*", false}, /* null is nothing */
        {"@o:*", true},
        {"@e:*", true},
        {"*", true},
        {"*:*", true},
        {"-*", false},
        {"", true},
        {"  ", true},
        {"service:*", true},
        {"env:*", true},
        {"region:*", false},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases), "{\"a\":0,\"n\":null,\"o\":{\"x\":1},\"e\":\"\"}");
}

static void reserved_words_and_tags(void **state)
{
    static const struct query_case cases[] = {
        {"source:acme", true},       {"source:other", false},
        {"source: acme", true},      {"source:(other OR acme)", true},
        {"service:web-store", true}, {"service:web*", true},
        {"status:error", true},      {"status:(warn OR info)", false},
        {"host:h1", true},           {"env:prod", true},
        {"env:pro*", true},          {"env:dev", false},
        {"team:\"core:a\"", true},   {"a:1", false}, /* without the @ it is a tag */
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases), "{\"a\":1}");
}

static void free_text_is_by_word_and_ignores_case(void **state)
{
    static const struct query_case cases[] = {
        {"alice", true},         {"ALICE", true},         {"lice", false},
        {"ali*", true},          {"ALI*", true},          {"*smith", true},
        {"\"logged in\"", true}, {"\"LOGGED in\"", true}, {"\"in logged\"", false},
        {"10.0.0.1", true},      {"10.0.0", true}, /* the dot ends a word */
        {"code", true},          {"cod", false},          {"message:alice", true},
        {"user in", true},       {"user out", false},     {"missing*", false},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases), "{}");
}

static void operators_bind_as_documented(void **state)
{
    static const struct query_case cases[] = {
        {"@t:1 AND @f:1", false},
        {"@t:1 @f:1", false},
        {"@t:1 OR @f:1", true},
        {"@f:1 OR @f:1", false},
        /* AND binds tighter */
        {"@t:1 OR @t:1 AND @f:1", true},
        {"@f:1 AND @t:1 OR @t:1", true},
        {"@f:1 @t:1 OR @t:1", true},
        {"@t:1 OR @t:1 @f:1", true},
        {"(@t:1 OR @t:1) AND @f:1", false},
        {"NOT @f:1", true},
        {"-@f:1", true},
        {"!@f:1", true},
        {"NOT NOT @t:1", true},
        {"-(@f:1 OR @t:1)", false},
        {"NOT (@f:1 AND @t:1)", true},
        {"NOT @f:1 AND @t:1", true},
        {"NOT @t:1 OR @t:1", true},
        {"@t:(1 OR 2)", true},
        {"@t:(2 OR 3)", false},
        {"@t:(1 AND -2)", true},
        {"@t:(* AND -1)", false},
        {"@t:(NOT 2)", true},
        {"((@t:1))", true},
        {"@t:1 AND (@f:1 OR (@t:1 AND NOT @f:1))", true},
        {"@t:1\n@t:1", true},
        /* words that only begin like operators */
        {"@w:ORDER", true},
        {"@w:(ORDER OR NOTE)", true},
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases), "{\"t\":1,\"f\":0,\"w\":\"ORDER\"}");
}

static void networks_are_told_by_their_prefix(void **state)
{
    static const struct query_case cases[] = {
        {"CIDR(@ip, 10.0.0.0/8)", true},
        {"CIDR(@ip,192.0.2.0/24 , 10.1.2.0/23)", true},
        {"CIDR(@ip, 10.1.4.0/23)", false},
        {"CIDR(@ip, 10.1.3.4)", true},
        {"CIDR(@ip, 10.1.3.5)", false},
        {"CIDR(@ip, 0.0.0.0/0)", true},
        {"CIDR(@ip, ::/0)", false},
        {"CIDR(@six, 2001:db8::/33)", true},
        {"CIDR(@six, 2001:db8:8000::/33)", false},
        {"CIDR(@list, 192.0.2.0/24)", true},
        {"CIDR(@word, 10.0.0.0/8)", false},
        {"CIDR(@missing, 10.0.0.0/8)", false},
        {"-CIDR(@ip, 10.0.0.0/8)", false},
        {"NOT CIDR(@ip, 11.0.0.0/8) AND @word:x", true},
        {"@word:(CIDR OR x)", true},
        {"CIDR", false}, /* free text */
    };

    (void)state;
    all_are_as_said(cases, LENGTH(cases),
                    "{\"ip\":\"10.1.3.4\",\"six\":\"2001:db8:1::1\",\"word\":\"x\","
                    "\"list\":[\"x\",\"192.0.2.7\"]}");
}

static void errors_say_the_column(void **state)
{
    static const struct {
        const char *query, *words;
    } cases[] = {
        {"(a", "column 3: the closing ) is missing"},
        {"a)", "column 2: this bracket was not opened"},
        {"()", "column 2: this is no term"},
        {"@a:", "column 4: a value is missing behind the field"},
        {"@a:\"x", "column 6: the closing \" is missing"},
        {"@a:[1 2]", "column 7: TO is missing in the range"},
        {"@a:[x TO 2]", "a number or * is to stand here"},
        {"@a:[1 TO 2", "column 11: the range is not closed"},
        {"@a:>x", "a number is to stand behind the comparison"},
        {"a OR", "column 5: a term is missing"},
        {"a AND", "column 6: a term is missing"},
        {"NOT", "column 4: a term is missing"},
        {"-", "column 2: a term is missing"},
        {"_exists_:", "a field is missing"},
        {"CIDR(@a)", "column 8: CIDR takes a field and networks"},
        {"CIDR(@a, 10.0.0.0/33)", "column 21: a network is to stand before this"},
        {"CIDR(@a, x", "a network is to stand before this"},
        {"CIDR(@a, ::/8", "CIDR takes a field and networks"},
        {"CIDR(", "CIDR takes a field and networks"},
        {"@a:(1 OR", "a term is missing"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct dl_query *q = NULL;
        struct dl_error err = {0};

        if (dl_query_parse(&q, &arena, text_of(cases[i].query), &err) != -DL_E_VALUE)
            fail_msg("%s: is taken", cases[i].query);
        assert_null(q);
        if (!strstr(err.text, cases[i].words))
            fail_msg("%s: \"%s\" is not in \"%s\"", cases[i].query, cases[i].words, err.text);
    }
}

/* What is nested or chained without end is refused before it is walked. */
static void depth_and_length_have_a_maximum(void **state)
{
    static const char *const pieces[] = {"(", "-", "NOT ", "@a:(", "a ", "a OR "};
    static char text[100000];

    (void)state;
    for (size_t i = 0; i < LENGTH(pieces); i++) {
        const struct dl_query *q = NULL;
        struct dl_error err = {0};
        size_t len = strlen(pieces[i]), n = 0;

        while (n + len < sizeof text - 1) {
            memcpy(text + n, pieces[i], len);
            n += len;
        }
        text[n++] = 'a';
        assert_int_equal(dl_query_parse(&q, &arena, (struct dl_text){text, n}, &err), -DL_E_VALUE);
        if (!strstr(err.text, "too deeply") && !strstr(err.text, "too many"))
            fail_msg("%s: %s", pieces[i], err.text);
    }
}

static void elements_of_arrays_match_by_their_members(void **state)
{
    static const struct {
        const char *query, *element;
        bool matches;
    } cases[] = {
        {"name:Host", "{\"name\":\"Host\"}", true},
        {"name:host", "{\"name\":\"Host\"}", false},
        {"@name:Host", "{\"name\":\"Host\"}", true},
        {"name:a AND v:>2", "{\"name\":\"a\",\"v\":3}", true},
        {"name:a OR v:>2", "{\"name\":\"b\",\"v\":1}", false},
        {"-name:a", "{\"name\":\"b\"}", true},
        {"a.b:1", "{\"a\":{\"b\":1}}", true},
        {"x", "\"x\"", true},
        {"", "{}", true},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct dl_query *q = NULL;

        assert_int_equal(dl_query_parse(&q, &arena, text_of(cases[i].query), NULL), 0);
        if (dl_query_match_value(q, &arena, json(cases[i].element)) != cases[i].matches)
            fail_msg("%s on %s", cases[i].query, cases[i].element);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(attributes_compare_by_their_printed_value),
        ARENA_TEST(ranges_and_comparisons_are_numeric),
        ARENA_TEST(existence_and_its_absence),
        ARENA_TEST(reserved_words_and_tags),
        ARENA_TEST(free_text_is_by_word_and_ignores_case),
        ARENA_TEST(operators_bind_as_documented),
        ARENA_TEST(networks_are_told_by_their_prefix),
        ARENA_TEST(errors_say_the_column),
        ARENA_TEST(depth_and_length_have_a_maximum),
        ARENA_TEST(elements_of_arrays_match_by_their_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
