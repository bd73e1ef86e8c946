/* Every kind of processor, on logs as the tests of assets give them. */
#include "kit.h"

#include <stdlib.h>
#include <unistd.h>

#include "pipeline/parse.h"
#include "pipeline/pipeline.h"
#include "pipeline/suite.h"

static const char head[] = "id: acme\npipeline:\n  type: pipeline\n  name: Acme\n  filter:\n"
                           "    query: source:acme\n  processors:\n";

/* What the last run told of its last processor at the top. */
static enum dl_outcome last_outcome;

static void step(void *context, const struct dl_processor *processor, enum dl_outcome outcome,
                 struct dl_text detail, const struct dl_pipeline_log *log)
{
    (void)context, (void)processor, (void)detail, (void)log;
    last_outcome = outcome;
}

static struct dl_pipeline *pipeline_of(const char *processors)
{
    struct dl_pipeline *pipeline = NULL;
    struct dl_error err = {0};
    struct dl_buffer text;

    dl_buffer_init(&text, 1 << 20);
    assert_int_equal(dl_buffer_format(&text, "%s%s", head, processors), 0);
    if (dl_pipeline_read(&pipeline, dl_buffer_string(&text), text.len, &err) < 0)
        fail_msg("%s", err.text);
    dl_buffer_free(&text);
    return pipeline;
}

/* The whole result of a sample, as JSON. */
static const char *result_of(const char *processors, const char *sample)
{
    struct dl_pipeline *pipeline = pipeline_of(processors);
    struct dl_pipeline_log log;
    const char *result;

    dl_pipeline_log_init(&log, &arena, DL_SUITE_NOW);
    log.test_mode = true;
    log.source = DL_TEXT("acme");
    dl_pipeline_log_take(&log, sample, strlen(sample));
    assert_true(dl_pipeline_run(pipeline, &log, false, step, NULL));
    result = shown(dl_suite_result(&log));
    dl_pipeline_free(pipeline);
    return result;
}

/* The attributes alone. */
static void expect(const char *processors, const char *sample, const char *attributes)
{
    const struct dl_value *custom = dl_value_get(json(result_of(processors, sample)), "custom");

    assert_string_equal(shown(custom), attributes);
}

/* Some other part of the result. */
static void expect_part(const char *processors, const char *sample, const char *part,
                        const char *value)
{
    const struct dl_value *v = dl_value_get(json(result_of(processors, sample)), part);

    assert_string_equal(shown(v), value);
}

#define REMAP(options) "    - {type: attribute-remapper, " options "}\n"

static void attribute_remappers(void **state)
{
    (void)state;
    expect(REMAP("sources: [a], target: b.c, preserveSource: false"), "{\"a\":1}",
           "{\"b\":{\"c\":1}}");
    expect(REMAP("sources: [a], target: b"), "{\"a\":1}", "{\"a\":1,\"b\":1}");
    expect(REMAP("sources: [x, a, c], target: b, preserveSource: false"), "{\"a\":1,\"c\":2}",
           "{\"b\":1}"); /* those that lost go, too */
    expect(REMAP("sources: [a], target: b, preserveSource: false"), "{\"a\":1,\"b\":2}",
           "{\"b\":2}");
    expect(REMAP("sources: [a], target: b, overrideOnConflict: true"), "{\"a\":1,\"b\":2}",
           "{\"a\":1,\"b\":1}");
    expect(REMAP("sources: [a, c], target: b, override_on_conflict: true, preserve_source: false"),
           "{\"a\":1,\"c\":3,\"b\":2}", "{\"b\":1}");
    expect(REMAP("sources: [a], target: a, targetFormat: integer"), "{\"a\":\"12\"}", "{\"a\":12}");
    expect(REMAP("sources: [a], target: a, targetFormat: integer"), "{\"a\":1.9}", "{\"a\":1}");
    expect(REMAP("sources: [a], target: a, targetFormat: integer"), "{\"a\":\"x\"}",
           "{\"a\":\"x\"}");
    expect(REMAP("sources: [a], target: a, targetFormat: string, preserveSource: false"),
           "{\"a\":2.0}", "{\"a\":\"2.0\"}");
    expect(REMAP("sources: [a], target: a, targetFormat: double"), "{\"a\":\"2\"}", "{\"a\":2.0}");
    expect(REMAP("sources: [a], target: a, targetFormat: auto"), "{\"a\":\"2\"}", "{\"a\":\"2\"}");
    expect(REMAP("sources: [u.n], target: names"), "{\"u\":[{\"n\":\"x\"},{\"n\":\"y\"}]}",
           "{\"names\":[\"x\",\"y\"],\"u\":[{\"n\":\"x\"},{\"n\":\"y\"}]}");
    expect_part(REMAP("sources: [a], target: team, targetType: tag"), "{\"a\":\"Core A\"}", "tags",
                "[\"source:LOGS_SOURCE\",\"team:core a\"]");
    expect(REMAP("sources: [a], target: t, targetType: tag, preserveSource: false") //
           REMAP("sources: [t], sourceType: tag, target: back"),
           "{\"a\":\"X\"}", "{\"back\":\"x\"}");
    expect(REMAP("sources: [none], target: b"), "{\"a\":1}", "{\"a\":1}");
    assert_int_equal(last_outcome, DL_OUTCOME_NO_SOURCE);
    expect(REMAP("enabled: false, sources: [a], target: b"), "{\"a\":1}", "{\"a\":1}");
    assert_int_equal(last_outcome, DL_OUTCOME_DISABLED);
}

#define DATE(sources) "    - {type: date-remapper, sources: [" sources "]}\n"

static void date_remappers(void **state)
{
    (void)state;
    expect_part(DATE("a"), "{\"a\":1700000000000}", "timestamp", "1700000000000");
    expect_part(DATE("a"), "{\"a\":\"1970-01-01T00:00:02Z\"}", "timestamp", "2000");
    expect_part(DATE("a"), "{\"a\":1700000000000.9}", "timestamp", "1700000000000");
    expect_part(DATE("x, a"), "{\"a\":5}", "timestamp", "5");
    expect_part(DATE("a"), "{\"a\":\"yesterday\"}", "timestamp", "1");
    assert_int_equal(last_outcome, DL_OUTCOME_INVALID);
    expect_part(DATE("a"), "{\"a\":[1]}", "timestamp", "1");
    expect_part(DATE("a"), "{}", "timestamp", "1");
    expect_part(DATE("a") DATE("b"), "{\"a\":5,\"b\":7}", "timestamp", "7"); /* the last wins */
    expect_part(REMAP("sources: [a], target: b"), "{\"a\":5}", "timestamp", "nothing");
}

#define STATUS(sources) "    - {type: status-remapper, sources: [" sources "]}\n"

static void status_remappers(void **state)
{
    static const char *const cases[][2] = {
        {"0", "emergency"},
        {"3", "error"},
        {"7", "debug"},
        {"8", "info"},
        {"-1", "info"},
        {"\"4\"", "warn"},
        {"\"Emerg\"", "emergency"},
        {"\"FATAL\"", "emergency"},
        {"\"alert\"", "alert"},
        {"\"crit\"", "critical"},
        {"\"err\"", "error"},
        {"\"warning\"", "warn"},
        {"\"Notice\"", "notice"},
        {"\"i\"", "info"},
        {"\"debug\"", "debug"},
        {"\"trace\"", "debug"},
        {"\"verbose\"", "debug"},
        {"\"OK\"", "ok"},
        {"\"success\"", "ok"},
        {"\"xyz\"", "info"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char sample[40], value[40];

        snprintf(sample, sizeof sample, "{\"a\":%s}", cases[i][0]);
        snprintf(value, sizeof value, "\"%s\"", cases[i][1]);
        expect_part(STATUS("a"), sample, "status", value);
    }
    expect_part(STATUS("a"), "{\"b\":1}", "status", "nothing");
    expect_part(STATUS("a") STATUS("b"), "{\"a\":\"ok\",\"b\":\"error\"}", "status", "\"ok\"");
    assert_int_equal(last_outcome, DL_OUTCOME_NO_MATCH);
}

static void service_message_and_trace_remappers(void **state)
{
    static const char message[] = "    - {type: message-remapper, sources: [o, a]}\n";

    (void)state;
    expect_part("    - {type: service-remapper, sources: [s]}\n", "{\"s\":\"web\"}", "service",
                "\"web\"");
    expect_part("    - {type: service-remapper, sources: [s]}\n"
                "    - {type: service-remapper, sources: [t]}\n",
                "{\"s\":\"web\",\"t\":\"db\"}", "service", "\"web\"");
    expect_part(message, "{\"a\":\"text\"}", "message", "\"text\"");
    expect(message, "{\"a\":\"text\",\"b\":1}", "{\"b\":1}");
    expect_part(message, "{\"o\":{\"x\":1},\"a\":7}", "message", "\"7\"");
    expect_part("    - {type: trace-id-remapper, sources: [dd.t]}\n", "{\"dd\":{\"t\":12}}",
                "trace_id", "\"12\"");
    expect("    - {type: trace-id-remapper, sources: [dd.t]}\n", "{\"dd\":{\"t\":12}}", "{}");
    expect_part("    - {type: span-id-remapper, sources: [s]}\n", "{\"s\":\"a1\"}", "span_id",
                "\"a1\"");
}

#define BUILD(options) "    - {type: string-builder-processor, target: t, " options "}\n"

static void string_builders(void **state)
{
    static char sample[700];

    (void)state;
    expect(BUILD("template: '%{a} is %{b.c}%{d}'"), "{\"a\":1,\"b\":{\"c\":true},\"d\":2.0}",
           "{\"a\":1,\"b\":{\"c\":true},\"d\":2.0,\"t\":\"1 is true2.0\"}");
    expect(BUILD("template: '%{l}'"), "{\"l\":[1,\"x\"]}", "{\"l\":[1,\"x\"],\"t\":\"1,x\"}");
    expect(BUILD("template: 'a%{x}'"), "{\"y\":1}", "{\"y\":1}");
    assert_int_equal(last_outcome, DL_OUTCOME_NO_SOURCE);
    expect(BUILD("template: 'a%{x}', replaceMissing: true"), "{}", "{\"t\":\"a\"}");
    expect(BUILD("template: 'a%{x}', is_replace_missing: true"), "{}", "{\"t\":\"a\"}");
    expect(BUILD("template: '%{o}'"), "{\"o\":{\"x\":1}}", "{\"o\":{\"x\":1}}");
    expect(BUILD("template: '%{o}', replaceMissing: true"), "{\"o\":[{\"x\":1}]}",
           "{\"o\":[{\"x\":1}],\"t\":\"\"}");
    expect(BUILD("template: fixed"), "{\"t\":{\"x\":1}}", "{\"t\":\"fixed\"}");
    expect(BUILD("template: 12"), "{}", "{\"t\":12}");
    /* cut at 256 characters */
    strcpy(sample, "{\"a\":\"");
    for (int i = 0; i < 300; i++)
        strcat(sample, "\xc3\xa9");
    strcat(sample, "\"}");
    assert_int_equal(
        dl_value_get(dl_value_get(json(result_of(BUILD("template: '%{a}'"), sample)), "custom"),
                     "t")
            ->of.text.len,
        512);
}

#define LOOK_UP(options)                                                                           \
    "    - source: a\n      target: b\n      " options "\n      type: lookup-processor\n"

static void lookups(void **state)
{
    static const char table[] = LOOK_UP("lookupTable: |-\n        1 , one\n        x,ex,tra\n"
                                        "        x,second\n        no comma\n        2.0,two");

    (void)state;
    expect(table, "{\"a\":1}", "{\"a\":1,\"b\":\"one\"}");
    expect(table, "{\"a\":\" x \"}", "{\"a\":\" x \",\"b\":\"ex,tra\"}");
    expect(table, "{\"a\":2.0}", "{\"a\":2.0,\"b\":\"two\"}");
    expect(table, "{\"a\":\"X\",\"b\":1}", "{\"a\":\"X\",\"b\":1}");
    assert_int_equal(last_outcome, DL_OUTCOME_NO_MATCH);
    expect(table, "{}", "{}");
    expect(LOOK_UP("lookupTable: 'x,y'\n      defaultLookup: other"), "{\"a\":1}",
           "{\"a\":1,\"b\":\"other\"}");
    expect(LOOK_UP("lookup_table: ['x,y', 'z,w']\n      default_lookup: other"), "{\"a\":\"z\"}",
           "{\"a\":\"z\",\"b\":\"w\"}");
}

static void categories(void **state)
{
    static const char text[] =
        "    - type: category-processor\n      target: c\n      categories:\n"
        "        - {filter: {query: '@n:[1 TO 5]'}, name: low}\n"
        "        - {filter: {query: '@n:>3'}, name: high}\n";

    (void)state;
    expect(text, "{\"n\":4}", "{\"c\":\"low\",\"n\":4}");
    expect(text, "{\"n\":6,\"c\":\"old\"}", "{\"c\":\"high\",\"n\":6}");
    expect(text, "{\"n\":0,\"c\":\"old\"}", "{\"c\":\"old\",\"n\":0}");
}

#define SUM(expression)                                                                            \
    "    - {type: arithmetic-processor, target: r, expression: '" expression "'}\n"

static void arithmetic(void **state)
{
    (void)state;
    expect(SUM("1 + 2*3"), "{}", "{\"r\":7.0}");
    expect(SUM("(1+2)*3 / 2"), "{}", "{\"r\":4.5}");
    expect(SUM("a - b"), "{\"a\":5,\"b\":\"2\"}", "{\"a\":5,\"b\":\"2\",\"r\":3.0}");
    expect(SUM("@a*1000"), "{\"a\":0.5}", "{\"a\":0.5,\"r\":500.0}");
    expect(SUM("a-b"), "{\"a-b\":5}", "{\"a-b\":5,\"r\":5.0}"); /* a name */
    expect(SUM("-2 * -( 3 )"), "{}", "{\"r\":6.0}");
    expect(SUM("1/3"), "{}", "{\"r\":0.333333333}");
    expect(SUM("10/2/5"), "{}", "{\"r\":1.0}");
    expect(SUM("10 - 2 - 5"), "{}", "{\"r\":3.0}");
    expect(SUM("1e12*1e12"), "{}", "{\"r\":1.0E24}");
    expect(SUM("1/0"), "{}", "{}");
    expect(SUM("a + 1"), "{}", "{}");
    expect(SUM("a + 1"), "{\"a\":\"x\"}", "{\"a\":\"x\"}");
    expect(
        "    - {type: arithmetic-processor, target: r, expression: a + 1, replaceMissing: true}\n",
        "{}", "{\"r\":1.0}");
}

#define URL "    - {type: url-parser, sources: [u], target: d}\n" //
#define URL_SAMPLE(url) "{\"u\":\"" url "\"}"

static void urls(void **state)
{
    static const char *const cases[][2] = {
        {"https://User:pw@Host.Example:8443/a/b?x=1&y=%20&x=2&x=1#frag",
         "{\"scheme\":\"https\",\"port\":8443,\"host\":\"host.example\",\"path\":\"/a/b\","
         "\"queryString\":{\"x\":[\"1\",\"2\"],\"y\":\"%20\"},\"hash\":\"frag\"}"},
        {"http://h", "{\"scheme\":\"http\",\"host\":\"h\",\"path\":\"\"}"},
        {"/p?q", "{\"path\":\"/p\",\"queryString\":{\"q\":\"\"}}"},
        {"?a=1", "{\"path\":\"\",\"queryString\":{\"a\":\"1\"}}"},
        {"plain", "{\"path\":\"plain\"}"},
        {"http://[::1]:80/", "{\"scheme\":\"http\",\"port\":80,\"host\":\"[::1]\",\"path\":\"/\"}"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dl_value *read = dl_url_read(&arena, text_of(cases[i][0]));

        assert_string_equal(shown(read), cases[i][1]);
    }
    expect(URL, URL_SAMPLE("/x"), "{\"d\":{\"path\":\"/x\"},\"u\":\"/x\"}");
    expect("    - {type: url-parser, sources: [u], target: d, normalizeEndingSlashes: true}\n",
           URL_SAMPLE("/x//"), "{\"d\":{\"path\":\"/x/\"},\"u\":\"/x//\"}");
    expect(URL, "{\"u\":[\"/x\"]}", "{\"d\":{\"path\":\"/x\"},\"u\":[\"/x\"]}");
    expect(URL, "{\"u\":\"\"}", "{\"u\":\"\"}");
    expect(URL, "{\"u\":{\"x\":1}}", "{\"u\":{\"x\":1}}");
}

static void addresses(void **state)
{
    static const char geo[] = "    - {type: geo-ip-parser, sources: [ip], target: g}\n";
    const struct dl_value *place;

    (void)state;
    expect(geo, "{\"ip\":\"192.0.2.1\"}", "{\"g\":{},\"ip\":\"192.0.2.1\"}");
    expect(geo, "{\"ip\":\"2001:db8::1\"}", "{\"g\":{},\"ip\":\"2001:db8::1\"}");
    expect(geo, "{\"ip\":\"host\"}", "{\"g\":{\"invalidAddress\":\"host\"},\"ip\":\"host\"}");
    expect(geo, "{\"ip\":\"\"}", "{\"ip\":\"\"}");
    expect(geo, "{}", "{}");
    place = dl_value_get(dl_value_get(json(result_of(geo, "{\"ip\":\"185.64.148.0\"}")), "custom"),
                         "g");
    assert_string_equal(shown(dl_value_get(place, "city")), "{\"name\":\"Paris\"}");
}

/* Without uap-core's patterns every family is "Other". */
static void user_agents_without_patterns(void **state)
{
    (void)state;
    assert_false(dl_useragent_is_loaded());
    expect("    - {type: user-agent-parser, sources: [ua], target: d}\n", "{\"ua\":\"x/1\"}",
           "{\"d\":{\"browser\":{\"family\":\"Other\"},\"device\":{\"category\":\"Other\","
           "\"family\":\"Other\"},\"os\":{\"family\":\"Other\"}},\"ua\":\"x/1\"}");
    expect("    - {type: user-agent-parser, sources: [ua], target: d}\n", "{\"ua\":\"\"}",
           "{\"ua\":\"\"}");
}

static const char agent_patterns[] =
    "user_agent_parsers:\n  - {regex: '(Fox)/(\\d+)'}\n  - {regex: '(Fo)', "
    "family_replacement: Old}\n"
    "os_parsers: []\ndevice_parsers:\n  - {regex: 'bot(\\d)', device_replacement: 'B$1'}\n";

/* browser|device of a text by the patterns that are loaded */
static const char *families(const char *text)
{
    static char out[64];
    const struct dl_value *v = dl_useragent_read(&arena, text_of(text));

    snprintf(out, sizeof out, "%s%s%s|%s",
             dl_value_get(dl_value_get(v, "browser"), "family")->of.text.at,
             dl_value_get(dl_value_get(v, "browser"), "major") ? " " : "",
             dl_value_get(dl_value_get(v, "browser"), "major")
                 ? dl_value_get(dl_value_get(v, "browser"), "major")->of.text.at
                 : "",
             dl_value_get(dl_value_get(v, "device"), "family")->of.text.at);
    return out;
}

/* The same whether an agent is met for the first time, again, after others that took its place, or
 * is too long to be remembered; and nothing of a file is left when another is loaded. */
static void user_agents_that_come_again(void **state)
{
    static char path[] = "/tmp/ddlogs-agents-XXXXXX", longest[1200];
    char other[32];
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, agent_patterns, sizeof agent_patterns - 1),
                     sizeof agent_patterns - 1);
    close(fd);
    assert_int_equal(dl_useragent_load(path, NULL), 0);
    memset(longest, 'x', sizeof longest - 1);
    memcpy(longest, "Fox/9 bot1 ", 11);
    for (int round = 0; round < 3; round++) {
        assert_string_equal(families("Fox/12 bot7"), "Fox 12|B7");
        assert_string_equal(families("Fo bot8"), "Old|B8");
        assert_string_equal(families("curl"), "Other|Other");
        assert_string_equal(families(longest), "Fox 9|B1");
        for (int i = 0; i < 5000; i++) {
            char want[32];

            snprintf(other, sizeof other, "Fox/%d bot%d", i, i % 10);
            snprintf(want, sizeof want, "Fox %d|B%d", i, i % 10);
            assert_string_equal(families(other), want);
        }
        dl_arena_reset(&arena);
    }
    dl_useragent_unload();
    assert_string_equal(families("Fox/12 bot7"), "Other|Other");
    unlink(path);
}

#define DECODE(options) "    - {type: decoder-processor, source: a, target: b, " options "}\n"

static void decoders(void **state)
{
    (void)state;
    expect(DECODE("binary_to_text_encoding: base64, input_representation: utf_8"),
           "{\"a\":\"aGVsbG8=\"}", "{\"a\":\"aGVsbG8=\",\"b\":\"hello\"}");
    expect(DECODE("binary_to_text_encoding: base64, input_representation: utf_8"),
           "{\"a\":\"aGVsbG8\"}", "{\"a\":\"aGVsbG8\",\"b\":\"hello\"}");
    expect(DECODE("binaryToTextEncoding: base16, inputRepresentation: integer"), "{\"a\":\"01fF\"}",
           "{\"a\":\"01fF\",\"b\":511}");
    expect(DECODE("binaryToTextEncoding: base64, inputRepresentation: utf_8"), "{\"a\":\"a b\"}",
           "{\"a\":\"a b\"}");
    assert_int_equal(last_outcome, DL_OUTCOME_INVALID);
    expect(DECODE("binaryToTextEncoding: base16, inputRepresentation: utf_8"), "{\"a\":\"ff\"}",
           "{\"a\":\"ff\"}");
    expect(DECODE("binaryToTextEncoding: base16, inputRepresentation: integer"),
           "{\"a\":\"112233445566778899\"}", "{\"a\":\"112233445566778899\"}");
}

#define ARRAY(options) "    - {type: array-processor, operation: {" options "}}\n"

static void arrays(void **state)
{
    static const char list[] = "{\"h\":[{\"n\":\"Host\",\"v\":\"x\"},{\"n\":\"Via\",\"v\":\"y\"}]}";

    (void)state;
    expect(ARRAY("type: select, source: h, target: t, filter: 'n:Via', valueToExtract: v"), list,
           "{\"h\":[{\"n\":\"Host\",\"v\":\"x\"},{\"n\":\"Via\",\"v\":\"y\"}],\"t\":\"y\"}");
    expect(ARRAY("type: select, source: h, target: h, filter: 'n:Nope', valueToExtract: v"), list,
           list);
    expect(ARRAY("type: length, source: h, target: h"), list, "{\"h\":2}");
    expect(ARRAY("type: length, source: h, target: t"), "{\"h\":1}", "{\"h\":1}");
    expect(ARRAY("type: append, source: a, target: t"), "{\"a\":1}", "{\"a\":1,\"t\":[1]}");
    expect(ARRAY("type: append, source: a, target: t, preserveSource: false"),
           "{\"a\":[2,3],\"t\":[1]}", "{\"t\":[1,2,3]}");
    expect(ARRAY("type: append, source: a, target: t"), "{\"a\":1,\"t\":\"x\"}",
           "{\"a\":1,\"t\":\"x\"}");
    expect(ARRAY("type: extract-key-value, source: h, target: t, keyToExtract: n, "
                 "valueToExtract: v") //
           "    - {type: exclude-attribute, attributeToExclude: h}\n",
           list, "{\"t\":{\"Host\":\"x\",\"Via\":\"y\"}}");
}

static void maps_over_arrays(void **state)
{
    static const char map[] =
        "    - type: array-map-processor\n      source: l\n      target: m\n"
        "      preserve_source: false\n      processors:\n"
        "        - {type: arithmetic-processor, expression: '$sourceElem.n * f', "
        "target: $targetElem.n}\n"
        "        - {type: string-builder-processor, template: '<%{$sourceElem.n}>', "
        "target: $targetElem.s}\n";

    (void)state;
    expect(map, "{\"f\":2,\"l\":[{\"n\":1},{\"x\":1}]}",
           "{\"f\":2,\"m\":[{\"n\":2.0,\"s\":\"<1>\"}]}");
    expect(map, "{\"l\":\"x\"}", "{\"l\":\"x\"}");
    expect(map, "{\"x\":1}", "{\"x\":1}");
}

static void attributes_are_excluded(void **state)
{
    (void)state;
    expect("    - {type: exclude-attribute, attribute_to_exclude: a.b}\n",
           "{\"a\":{\"b\":1},\"c\":2}", "{\"c\":2}");
    expect("    - {type: exclude-attribute, attribute_to_exclude: x}\n", "{\"c\":2}", "{\"c\":2}");
    assert_int_equal(last_outcome, DL_OUTCOME_NO_SOURCE);
}

static void schemas(void **state)
{
    static const char schema[] =
        "    - type: schema-processor\n"
        "      schema: {schemaType: ocsf, version: 1.5.0, className: HTTP Activity, "
        "classUid: 4002}\n"
        "      mappers:\n"
        "        - {type: schema-remapper, sources: [m], target: ocsf.method, "
        "preserveSource: false}\n"
        "        - type: schema-category-mapper\n"
        "          targets: {name: ocsf.activity_name, id: ocsf.activity_id}\n"
        "          fallback: {sources: {ocsf.activity_name: [raw]}}\n"
        "          categories:\n"
        "            - {filter: {query: '@ocsf.method:GET'}, name: Get, id: 3}\n"
        "            - {filter: {query: '@ocsf.method:*'}, name: Other, id: 99}\n";

    (void)state;
    expect(schema, "{\"m\":\"GET\"}",
           "{\"ocsf\":{\"activity_id\":3,\"activity_name\":\"Get\",\"category_name\":"
           "\"Network Activity\",\"category_uid\":4,\"class_name\":\"HTTP Activity\","
           "\"class_uid\":4002,\"metadata\":{\"version\":\"1.5.0\"},\"method\":\"GET\"}}");
    expect(schema, "{\"m\":\"ODD\",\"raw\":\"odd one\"}",
           "{\"ocsf\":{\"activity_id\":99,\"activity_name\":\"odd one\",\"category_name\":"
           "\"Network Activity\",\"category_uid\":4,\"class_name\":\"HTTP Activity\","
           "\"class_uid\":4002,\"metadata\":{\"version\":\"1.5.0\"},\"method\":\"ODD\"},"
           "\"raw\":\"odd one\"}");
}

static void nested_pipelines_and_grok(void **state)
{
    static const char nested[] =
        "    - type: pipeline\n      filter: {query: 'source:acme @k:a'}\n      processors:\n"
        "        - type: grok-parser\n          source: message\n"
        "          grok: {supportRules: '', matchRules: 'r %{word:w} %{number:n}'}\n"
        "        - type: grok-parser\n          source: n2\n"
        "          grok: {supportRules: '', matchRules: 'r %{integer:i}'}\n";

    (void)state;
    expect(nested, "{\"k\":\"a\",\"message\":\"x 1\",\"w\":{\"old\":1}}",
           "{\"k\":\"a\",\"n\":1.0,\"w\":\"x\"}");
    expect(nested, "{\"k\":\"b\",\"message\":\"x 1\"}", "{\"k\":\"b\"}");
    assert_int_equal(last_outcome, DL_OUTCOME_NO_MATCH);
    expect(nested, "{\"k\":\"a\",\"n2\":7,\"message\":\"-\"}", "{\"i\":7,\"k\":\"a\",\"n2\":7}");
    expect(nested, "{\"k\":\"a\",\"n2\":[\"8\"],\"message\":\"-\"}",
           "{\"i\":8,\"k\":\"a\",\"n2\":[\"8\"]}");
    expect("    - {type: threat-intel-processor, sources: [a], target: b}\n", "{\"a\":1}",
           "{\"a\":1}");
    assert_int_equal(last_outcome, DL_OUTCOME_NOT_RUN);
}

static void messages_and_what_is_read_at_intake(void **state)
{
    struct dl_pipeline_log log;
    static const char sample[] =
        "{\"message\":\"hi\",\"hostname\":\"h\",\"service\":\"s\",\"level\":\"warning\","
        "\"timestamp\":\"1970-01-01T00:00:01Z\",\"dd\":{\"trace_id\":\"t\",\"span_id\":\"p\"}}";

    (void)state;
    expect_part("", " raw line ", "message", "\" raw line \"");
    expect_part("", "{\"message\":\"hi\",\"a\":1}", "message", "\"hi\"");
    expect_part("", "{\"a\":1}", "message", "\"{\\n  \\\"a\\\" : 1\\n}\"");
    expect_part("", "{not json", "message", "\"{not json\"");
    expect("", "{\"message\":{\"a\":1},\"b\":2}", "{\"a\":1,\"b\":2}");
    expect("", "[1]", "{}");
    dl_pipeline_log_init(&log, &arena, 0);
    dl_pipeline_log_take(&log, sample, sizeof sample - 1);
    assert_string_equal(string_of(log.message), "hi");
    assert_string_equal(string_of(log.host), "h");
    assert_string_equal(string_of(log.service), "s");
    assert_string_equal(string_of(log.status), "warn");
    assert_string_equal(string_of(log.trace_id), "t");
    assert_string_equal(string_of(log.span_id), "p");
    assert_true(log.has_timestamp && log.timestamp == 1000);
    /* bytes that are no UTF-8 become the replacement character */
    dl_pipeline_log_init(&log, &arena, 0);
    dl_pipeline_log_take(&log,
                         "a\xff"
                         "b",
                         3);
    assert_string_equal(string_of(log.message), "a\xef\xbf\xbd"
                                                "b");
}

static void what_cannot_be_a_pipeline_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"    - {type: nope}\n", "line 8: there is no processor \"nope\""},
        {REMAP("target: b"), "line 8: the attribute-remapper has no sources"},
        {REMAP("sources: [a]"), "line 8: the attribute-remapper has no target"},
        {REMAP("sources: [[a]], target: b"), "line 8: a source is to be the name"},
        {"    - {type: grok-parser, source: message}\n", "the grok-parser has no rules"},
        {"    - {type: grok-parser, source: message, grok: {matchRules: 'r %{nope}'}}\n",
         "line 8: rule r: there is no rule and no matcher \"nope\""},
        {BUILD("template: '%{a'"), "a %{ of the template is not closed"},
        {SUM("1 +"), "the expression is not understood at column 4"},
        {SUM("(1"), "the expression is not understood at column 3"},
        {SUM(""), "the expression is not understood at column 1"},
        {"    - {type: lookup-processor, source: a, target: b}\n", "needs its lookupTable"},
        {"    - {type: category-processor, target: a}\n", "needs its categories"},
        {"    - {type: category-processor, target: a, categories: [{name: n, filter: "
         "{query: '(a'}}]}\n",
         "line 8: the query of the category \"n\": column 3: the closing ) is missing"},
        {"    - {type: pipeline, filter: {query: '@a:'}, processors: []}\n",
         "line 8: the query \"@a:\": column 4"},
        {"    - {type: pipeline, filter: {query: ''}, processors: {}}\n",
         "line 8: processors are to be a list"},
        {ARRAY("type: nope, source: a"), "there is no array operation \"nope\""},
        {"    - {type: array-processor}\n", "the array-processor has no operation"},
        {DECODE("binaryToTextEncoding: rot13"), "a decoder reads base64 or base16"},
        {"    - {type: exclude-attribute}\n", "which attribute is to be excluded is missing"},
        {"    - 12\n", "line 8: there is no processor \"\""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dl_pipeline *pipeline = NULL;
        struct dl_error err = {0};
        char text[1000];
        int n = snprintf(text, sizeof text, "%s%s", head, cases[i][0]);

        assert_int_equal(dl_pipeline_read(&pipeline, text, (size_t)n, &err), -DL_E_VALUE);
        assert_null(pipeline);
        if (!strstr(err.text, cases[i][1]))
            fail_msg("\"%s\" is not in \"%s\"", cases[i][1], err.text);
    }
}

/* What is chained or nested without end is refused, not walked. */
static void sizes_have_a_maximum(void **state)
{
    static char text[120000];
    struct dl_pipeline *pipeline = NULL;
    struct dl_error err = {0};
    size_t n = (size_t)snprintf(text, sizeof text,
                                "%s    - {type: arithmetic-processor, target: r, "
                                "expression: '1",
                                head);

    (void)state;
    while (n < sizeof text - 10) {
        memcpy(text + n, "+1", 2);
        n += 2;
    }
    memcpy(text + n, "'}\n", 3);
    assert_int_equal(dl_pipeline_read(&pipeline, text, n + 3, &err), -DL_E_VALUE);
    assert_non_null(strstr(err.text, "the expression is not understood"));
    n = (size_t)snprintf(text, sizeof text, "pipeline: ");
    for (int i = 0; i < 12; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "{type: pipeline, processors: [");
    for (int i = 0; i < 12; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "]}");
    assert_int_equal(dl_pipeline_read(&pipeline, text, n, &err), -DL_E_VALUE);
    assert_non_null(strstr(err.text, "nested too deeply"));
}

static void a_pipeline_tells_what_it_holds(void **state)
{
    struct dl_pipeline *pipeline =
        pipeline_of(REMAP("name: first, sources: [a], target: b") //
                    "    - {type: pipeline, processors: [{type: url-parser, sources: [u], "
                    "target: d}]}\n");
    const struct dl_processor *p = dl_pipeline_first(pipeline, NULL);
    struct dl_pipeline_log log;

    (void)state;
    assert_string_equal(string_of(dl_pipeline_id(pipeline)), "acme");
    assert_string_equal(string_of(dl_pipeline_source(pipeline)), "acme");
    assert_non_null(dl_value_get(dl_pipeline_document(pipeline), "pipeline"));
    assert_string_equal(string_of(dl_processor_name(p)), "first");
    assert_string_equal(dl_processor_type(p), "attribute-remapper");
    assert_int_equal(dl_processor_line(p), 8);
    assert_null(dl_processor_grok(p));
    p = dl_processor_next(p);
    assert_int_equal(dl_processor_kind(p), DL_PROCESSOR_PIPELINE);
    assert_null(dl_processor_next(p));
    assert_int_equal(dl_processor_kind(dl_pipeline_first(pipeline, p)), DL_PROCESSOR_URL);
    /* the top filter counts unless it is granted */
    dl_pipeline_log_init(&log, &arena, 0);
    log.source = DL_TEXT("other");
    assert_false(dl_pipeline_run(pipeline, &log, false, NULL, NULL));
    assert_true(dl_pipeline_run(pipeline, &log, true, NULL, NULL));
    dl_pipeline_free(pipeline);
    dl_pipeline_free(NULL);
}

/* The object of the public API: no asset around it, other spellings. */
static void a_pipeline_may_be_json_of_the_api(void **state)
{
    static const char text[] =
        "{\"name\":\"p\",\"is_enabled\":true,\"filter\":{\"query\":\"source:x\"},\"processors\":"
        "[{\"type\":\"attribute-remapper\",\"is_enabled\":true,\"sources\":[\"a\"],"
        "\"source_type\":\"attribute\",\"target\":\"b\",\"target_type\":\"attribute\","
        "\"preserve_source\":false,\"override_on_conflict\":false},{\"type\":\"url-parser\","
        "\"is_enabled\":false,\"sources\":[\"b\"],\"target\":\"c\"}]}";
    struct dl_pipeline *pipeline = NULL;
    struct dl_pipeline_log log;

    (void)state;
    assert_int_equal(dl_pipeline_read(&pipeline, text, sizeof text - 1, NULL), 0);
    dl_pipeline_log_init(&log, &arena, 0);
    dl_pipeline_log_take(&log, "{\"a\":1}", 7);
    assert_true(dl_pipeline_run(pipeline, &log, true, NULL, NULL));
    assert_string_equal(shown(log.attributes), "{\"b\":1}");
    dl_pipeline_free(pipeline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(attribute_remappers),
        ARENA_TEST(date_remappers),
        ARENA_TEST(status_remappers),
        ARENA_TEST(service_message_and_trace_remappers),
        ARENA_TEST(string_builders),
        ARENA_TEST(lookups),
        ARENA_TEST(categories),
        ARENA_TEST(arithmetic),
        ARENA_TEST(urls),
        ARENA_TEST(addresses),
        ARENA_TEST(user_agents_without_patterns),
        ARENA_TEST(user_agents_that_come_again),
        ARENA_TEST(decoders),
        ARENA_TEST(arrays),
        ARENA_TEST(maps_over_arrays),
        ARENA_TEST(attributes_are_excluded),
        ARENA_TEST(schemas),
        ARENA_TEST(nested_pipelines_and_grok),
        ARENA_TEST(messages_and_what_is_read_at_intake),
        ARENA_TEST(what_cannot_be_a_pipeline_is_refused),
        ARENA_TEST(sizes_have_a_maximum),
        ARENA_TEST(a_pipeline_tells_what_it_holds),
        ARENA_TEST(a_pipeline_may_be_json_of_the_api),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
