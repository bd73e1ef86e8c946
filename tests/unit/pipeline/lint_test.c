/* Lint: each rule speaks where it is to, and is silent where nothing is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "pipeline/lint.h"

/* An asset that no rule but the notes on services has anything against. It is made of parts, so
 * that a case can put another in the place of one. */
enum part { HEAD, FACETS, TOP, FIRST, GROK, REST, LAST, TESTS, PARTS };

static const char *const clean[PARTS] = {
    [HEAD] = "id: acme\nmetric_id: acme\nbackend_only: false\n",
    [FACETS] = "facets:\n"
               "  - facetType: range\n    groups:\n      - Acme\n    name: Took\n"
               "    path: acme.took_ms\n    source: log\n    type: integer\n"
               "    unit:\n      family: time\n      name: millisecond\n"
               "  - groups:\n      - User\n    name: User ID\n    path: usr.id\n    source: log\n",
    [TOP] = "pipeline:\n  type: pipeline\n  name: Acme\n  enabled: true\n  filter:\n"
            "    query: source:acme\n  processors:\n",
    [FIRST] = "",
    [GROK] = "    - type: grok-parser\n      name: parse\n      enabled: true\n"
             "      source: message\n      samples:\n"
             "        - '2024-03-07 10:11:12 WARN ann 15 text'\n"
             "      grok:\n        supportRules: ''\n        matchRules: |\n"
             "          line %{date(\"yyyy-MM-dd HH:mm:ss\"):at} %{word:level} "
             "%{notSpace:user} %{integer:acme.took_ms} %{data:msg}\n",
    [REST] = "    - type: date-remapper\n      name: date\n      enabled: true\n"
             "      sources:\n        - at\n"
             "    - type: status-remapper\n      name: status\n      enabled: true\n"
             "      sources:\n        - level\n"
             "    - type: message-remapper\n      name: message\n      enabled: true\n"
             "      sources:\n        - msg\n"
             "    - type: attribute-remapper\n      name: user\n      enabled: true\n"
             "      sources:\n        - user\n      sourceType: attribute\n      target: usr.id\n"
             "      targetType: attribute\n      preserveSource: false\n"
             "      overrideOnConflict: false\n",
    [LAST] = "",
    [TESTS] = "id: acme\ntests:\n  - sample: '2024-03-07 10:11:12 WARN ann 15 text'\n"
              "    result:\n      custom:\n        acme:\n          took_ms: 15\n"
              "        at: 1709806272000\n        level: WARN\n        usr:\n          id: ann\n"
              "      message: text\n      status: warn\n      tags:\n"
              "        - source:LOGS_SOURCE\n      timestamp: 1709806272000\n",
};

/* A processor in the place of LAST. */
#define PROCESSOR(type, rest) "    - type: " type "\n      name: x\n      enabled: true\n" rest
#define LOOKUP(table)                                                                              \
    "    - name: x\n      enabled: true\n      source: level\n      target: acme.word\n"           \
    "      lookupTable: |\n" table "      type: lookup-processor\n"
#define CATEGORY(name, query)                                                                      \
    "        - filter:\n            query: '" query "'\n          name: '" name "'\n"
#define GROK_PARSER(samples, support, match)                                                       \
    PROCESSOR("grok-parser", "      source: msg\n      samples: " samples "\n      grok:\n"        \
                             "        supportRules: |\n" support "        matchRules: |\n" match)
#define FACET(path, rest)                                                                          \
    "facets:\n  - groups:\n      - Acme\n    name: X\n    path: " path "\n    source: log\n" rest
#define REMAPPER(source, target, rest)                                                             \
    PROCESSOR("attribute-remapper",                                                                \
              "      sources:\n        - " source "\n      target: '" target "'\n" rest)

struct rule_case {
    const char *code;
    enum part part;
    const char *text;
    int line; /* of the finding, from 1 in the part; 0: any */
};

#define TEN_LINES(x) x x x x x x x x x x

static const struct rule_case cases[] = {
    {"unreadable", HEAD, "id: [\n", 0},
    {"unreadable", TESTS, "tests: 5\n", 0},
    {"unreadable", HEAD, "id: \xff\n", 0},
    {"id-missing", HEAD, "metric_id: acme\nbackend_only: false\n", 1},
    {"id-file", HEAD, "id: acne\nmetric_id: acme\nbackend_only: false\n", 1},
    {"id-tests", TESTS, "id: acne\ntests: []\n", 1},
    {"tests-missing", TESTS, NULL, 0},
    {"metric-id-missing", HEAD, "id: acme\nbackend_only: false\n", 0},
    {"placeholder", HEAD, "id: REPLACE_WITH_APP_ID\nbackend_only: false\n", 1},
    {"backend-only-missing", HEAD, "id: acme\nmetric_id: acme\n", 0},
    {"filter-source", TOP,
     "pipeline:\n  type: pipeline\n  name: Acme\n  enabled: true\n  filter:\n    query: host:a\n"
     "  processors:\n",
     0},
    {"filter-extra", TOP,
     "pipeline:\n  type: pipeline\n  name: Acme\n  enabled: true\n  filter:\n"
     "    query: source:acme host:a\n  processors:\n",
     0},
    {"source-case", TOP,
     "pipeline:\n  type: pipeline\n  name: Acme\n  enabled: true\n  filter:\n"
     "    query: source:Acme\n  processors:\n",
     0},
    {"source-id", TOP,
     "pipeline:\n  type: pipeline\n  name: Acme\n  enabled: true\n  filter:\n"
     "    query: source:acne\n  processors:\n",
     0},
    {"query", LAST,
     PROCESSOR("pipeline", "      filter:\n        query: '@a:('\n      processors: []\n"), 5},
    {"query", LAST,
     PROCESSOR("category-processor",
               "      categories:\n" CATEGORY("a", "@a:(") "      target: acme.c\n"),
     0},
    {"query-blanks", LAST,
     PROCESSOR("pipeline", "      filter:\n        query: '@a:1 '\n      processors: []\n"), 5},
    {"query-blanks", LAST,
     PROCESSOR("category-processor",
               "      categories:\n" CATEGORY("a", "@a:1 ") "      target: acme.c\n"),
     0},
    {"no-processors", LAST,
     PROCESSOR("pipeline", "      filter:\n        query: '@a:1'\n      processors: []\n"), 1},
    {"processor-type", LAST, PROCESSOR("grok", ""), 1},
    {"processor-type", LAST, "    - 5\n", 0},
    {"option-unknown", LAST, PROCESSOR("date-remapper", "      sources: [at]\n      sauce: a\n"),
     5},
    {"option-missing", LAST, PROCESSOR("url-parser", "      sources: [a]\n"), 1},
    {"option-missing", LAST, PROCESSOR("array-processor", "      operation: {type: no}\n"), 0},
    {"option-type", LAST, PROCESSOR("date-remapper", "      sources: at\n"), 4},
    {"nested-depth", LAST,
     PROCESSOR("pipeline", "      filter:\n        query: '@a:1'\n      processors:\n"
                           "        - type: pipeline\n          name: in\n          enabled: true\n"
                           "          filter:\n            query: '@b:1'\n          processors:\n"
                           "            - type: pipeline\n              name: in\n"
                           "              enabled: true\n              filter:\n"
                           "                query: '@c:1'\n              processors: []\n"),
     0},
    {"processor-count", LAST,
     TEN_LINES(PROCESSOR("date-remapper", "      sources: [at]\n"))
         TEN_LINES(PROCESSOR("date-remapper", "      sources: [at]\n")),
     0},
    {"disabled", LAST,
     "    - type: date-remapper\n      name: x\n      enabled: false\n      sources: [at]\n", 3},
    {"missing-date-remapper", REST, "", 0},
    {"missing-status-remapper", REST, "", 0},
    {"missing-message-remapper", REST, "", 0},
    {"missing-service-remapper", LAST, "", 0},
    {"no-service-config", LAST, PROCESSOR("service-remapper", "      sources: [user]\n"), 1},
    {"remapper-repeated", LAST, PROCESSOR("status-remapper", "      sources: [level]\n"), 1},
    {"status-order", LAST,
     PROCESSOR("category-processor",
               "      categories:\n" CATEGORY("warn", "@level:W*") "      target: level\n"),
     0},
    {"status-unknown", LAST,
     PROCESSOR("category-processor",
               "      categories:\n" CATEGORY("bad", "@level:W*") "      target: level\n"),
     0},
    {"source-never", LAST, PROCESSOR("status-remapper", "      sources: [nowhere]\n"), 1},
    {"preserve-source", LAST, REMAPPER("at", "acme.at", "      preserveSource: true\n"), 0},
    {"reserved-target", LAST, REMAPPER("at", "host", "      preserveSource: false\n"), 0},
    {"reserved-target", LAST, REMAPPER("at", "status", "      preserveSource: false\n"), 0},
    {"tag-target", LAST, REMAPPER("at", "a:b", "      targetType: tag\n"), 0},
    {"remap-in-place", LAST, REMAPPER("at", "at", ""), 0},
    {"standard-attribute", TESTS,
     "id: acme\ntests:\n  - sample: x\n    result:\n      custom: {client_ip: 10.1.2.3}\n", 3},
    {"duration-unit", TESTS,
     "id: acme\ntests:\n  - sample: x\n    result:\n      custom: {duration: 15}\n", 3},
    {"status-code-type", TESTS,
     "id: acme\ntests:\n  - sample: x\n    result:\n      custom: {http: {status_code: '200'}}\n",
     3},
    {"grok-rule", LAST,
     GROK_PARSER("[a]", "          h x\n", "          ok a\n          r %{no}\n"), 11},
    {"grok-rule", LAST, GROK_PARSER("[a]", "          h %{h}\n", "          r %{h}\n"), 0},
    {"grok-rule", LAST, GROK_PARSER("[a]", "          h x\n", "          # nothing\n"), 0},
    {"grok-rule", LAST, GROK_PARSER("[a]", "          h x\n", "          r(2) a\n"), 0},
    {"grok-rule-twice", LAST,
     GROK_PARSER("[a]", "          h x\n", "          r a\n          r b\n"), 11},
    {"grok-parser-count-per-pipeline", LAST,
     TEN_LINES(GROK_PARSER("[a]", "          h x\n", "          r a\n")), 0},
    {"grok-rule-count", LAST,
     GROK_PARSER("[a]", "          h x\n", TEN_LINES("          r a\n") "          q b\n"), 0},
    {"grok-parser-rules", LAST,
     GROK_PARSER("[a]", "          h .*-%{data:a}\n", "          r %{h} %{greedyData:b}.+\n"), 10},
    {"grok-sample-unmatched", LAST, GROK_PARSER("[a, b]", "          h x\n", "          r a\n"), 5},
    {"grok-rule-unused", LAST,
     GROK_PARSER("[a]", "          h x\n", "          r a\n          s b\n"), 11},
    {"grok-sample-count", LAST,
     GROK_PARSER("[a, a, a, a, a, a]", "          h x\n", "          r a\n"), 5},
    {"grok-no-samples", LAST, GROK_PARSER("[]", "          h x\n", "          r a\n"), 5},
    {"grok-date", LAST,
     GROK_PARSER("[a]", "          h %{date(\"YYYY-MM-dd\"):d}\n", "          r a\n"), 8},
    {"grok-date", LAST,
     GROK_PARSER("[a]", "          h x\n", "          r a|%{date(\"yyyy-MM-DD\"):d}\n"), 10},
    {"grok-date", LAST,
     GROK_PARSER("[a]", "          h x\n", "          r a|%{date(\"yyyy-MM-dd hh:mm\"):d}\n"), 10},
    {"facets-path", FACETS, FACET("took", ""), 2},
    {"facets-path", FACETS, "facets:\n  - name: X\n", 2},
    {"facet-foreign", FACETS, FACET("other.took", "    type: string\n"), 2},
    {"facet-group", FACETS,
     "facets:\n  - groups: [a, b]\n    name: User ID\n    path: usr.id\n    source: log\n", 2},
    {"facet-group-name", FACETS,
     "facets:\n  - facetType: list\n    groups:\n      - acme\n    name: X\n    path: "
     "acme.took_ms\n"
     "    source: log\n    type: integer\n",
     2},
    {"facet-standard", FACETS, FACET("usr.id", ""), 2},
    {"facet-twice", FACETS,
     FACET("acme.x", "    type: string\n") "  - groups:\n      - Acme\n    name: X\n"
                                           "    path: acme.x\n    source: log\n    type: string\n",
     8},
    {"facet-bare", FACETS, FACET("acme.took_ms", ""), 2},
    {"facet-unit", FACETS,
     "facets:\n  - facetType: range\n    groups:\n      - Acme\n    name: X\n    path: "
     "acme.took_ms\n"
     "    source: log\n    type: integer\n",
     2},
    {"facet-unit", FACETS,
     FACET("acme.took_ms", "    type: string\n    unit:\n      family: time\n      name: second\n"),
     2},
    {"facet-unit", FACETS,
     FACET("acme.took_ms", "    type: integer\n    unit:\n      family: money\n"), 2},
    {"facet-type", FACETS, FACET("acme.took_ms", "    type: string\n"), 2},
    {"facet-unused", FACETS, FACET("acme.other", "    type: string\n"), 2},
    {"facet-description", FACETS,
     "facets:\n  - description: ''\n    groups:\n      - User\n    name: User ID\n    path: "
     "usr.id\n"
     "    source: log\n",
     2},
    {"facet-tag", FACETS,
     "facets:\n  - groups:\n      - User\n    name: User ID\n    path: usr.id\n    source: "
     "tag\n",
     2},
    {"facet-order", FACETS,
     "facets:\n  - path: usr.id\n    groups:\n      - User\n    name: User ID\n    source: "
     "log\n",
     2},
    {"no-tests", TESTS, "id: acme\ntests: []\n", 1},
    {"result-missing", TESTS, "id: acme\ntests:\n  - sample: x\n    result: null\n", 3},
    {"result-differs", TESTS, "id: acme\ntests:\n  - sample: x\n    result:\n      custom: {}\n",
     3},
    {"date-remapper-parse-failure", TESTS,
     "id: acme\ntests:\n  - sample: x\n    result:\n      custom: {}\n      timestamp: 1\n", 3},
    {"date-remapper-parse-failure", TESTS, "id: acme\ntests:\n  - sample: x\n    result:\n", 3},
    {"timestamp-format-in-sample", TESTS,
     "id: acme\ntests:\n  - sample: '{\"at\": 1709806272}'\n    result:\n", 3},
    {"timestamp-format-in-sample", TESTS,
     "id: acme\ntests:\n  - sample: '{\"at\": \"1709806272.5\"}'\n    result:\n", 3},
    {"never-applied", LAST,
     PROCESSOR("string-builder-processor", "      template: '%{nowhere}'\n      target: acme.t\n"),
     1},
    {"never-reached", LAST,
     PROCESSOR("pipeline", "      filter:\n        query: '@a:1'\n      processors:\n"
                           "        - type: date-remapper\n          name: x\n"
                           "          enabled: true\n          sources: [at]\n"),
     1},
    {"never-reached", LAST,
     PROCESSOR("category-processor", "      categories:\n" CATEGORY("a", "@level:WARN")
                                         CATEGORY("b", "@level:INFO") "      target: acme.c\n"),
     8},
    {"never-reached", LAST, LOOKUP("        WARN,a\n        INFO,b\n"), 5},
    {"sample-key", TESTS,
     "id: acme\ntests:\n  - sample: 'api_key=0123456789abcdef0123456789ABCDEF x'\n    "
     "result:\n",
     3},
    {"lookup-line", LAST, LOOKUP("        WARN,a\n        INFO\n"), 7},
    {"lookup-twice", LAST, LOOKUP("        WARN,a\n        WARN,b\n"), 7},
    {"lookup-case", LAST, LOOKUP("        WARN,a\n        Warn,b\n"), 7},
    {"category-twice", LAST,
     PROCESSOR("category-processor", "      categories:\n" CATEGORY("a", "@level:WARN")
                                         CATEGORY("a", "@level:INFO") "      target: acme.c\n"),
     8},
    {"category-shadowed", LAST,
     PROCESSOR("category-processor", "      categories:\n" CATEGORY("a", "@level:WARN")
                                         CATEGORY("b", "@level:WARN") "      target: acme.c\n"),
     8},
    {"category-shadowed", LAST,
     PROCESSOR("category-processor", "      categories:\n" CATEGORY("a", "*")
                                         CATEGORY("b", "@level:WARN") "      target: acme.c\n"),
     8},
    {"string-length", LAST,
     PROCESSOR(
         "string-builder-processor",
         "      template: '" TEN_LINES("0123456789012345678901234567") "'\n"
                                                                       "      target: acme.t\n"),
     4},
    {"expression", LAST,
     PROCESSOR("arithmetic-processor", "      expression: 'at * ('\n      target: acme.t\n"), 0},
    {"expression-minus", LAST,
     PROCESSOR("arithmetic-processor", "      expression: at-1\n      target: acme.t\n"), 4},
    {"key-order", LAST,
     "    - name: x\n      type: date-remapper\n      enabled: true\n      sources: [at]\n", 1},
    {"indent", LAST,
     "    - type: date-remapper\n      name: x\n      enabled: true\n      sources:\n       "
     "- at\n",
     5},
    {"tabs", LAST,
     "    - type: date-remapper\n      name: x\t\n      enabled: true\n      sources: [at]\n", 2},
};

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* ---- running ---- */

static struct dl_lint *run(const struct dl_buffer *pipeline, const char *tests, size_t tests_len)
{
    struct dl_lint_input input = {.pipeline = dl_buffer_string(pipeline),
                                  .pipeline_len = pipeline->len,
                                  .name = "acme.yaml",
                                  .tests = tests,
                                  .tests_len = tests_len};
    struct dl_error err = {0};
    struct dl_lint *lint = NULL;

    assert_int_equal(dl_lint_run(&lint, &input, &err), 0);
    return lint;
}

/* The clean asset with another text in the place of a part, and a line before all of it. */
static struct dl_lint *run_with(const char *before, enum part part, const char *text)
{
    const char *tests = part == TESTS ? text : clean[TESTS];
    struct dl_buffer pipeline;
    struct dl_lint *lint;

    dl_buffer_init(&pipeline, 1 << 20);
    assert_int_equal(dl_buffer_text(&pipeline, before), 0);
    for (enum part p = HEAD; p < TESTS; p++)
        assert_int_equal(dl_buffer_text(&pipeline, p == part ? text : clean[p]), 0);
    lint = run(&pipeline, tests, tests ? strlen(tests) : 0);
    dl_buffer_free(&pipeline);
    return lint;
}

static const struct dl_lint_finding *find(const struct dl_lint *lint, const char *code)
{
    size_t count;
    const struct dl_lint_finding *findings = dl_lint_findings(lint, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(dl_lint_rules[findings[i].rule].code, code) == 0)
            return &findings[i];
    return NULL;
}

static void test_clean(void **state)
{
    struct dl_lint *lint = run_with("", PARTS, NULL);
    const struct dl_lint_finding *findings;
    size_t count;

    (void)state;
    findings = dl_lint_findings(lint, &count);
    for (size_t i = 0; i < count; i++)
        if (findings[i].rule != DL_LINT_RULE_NO_SERVICE)
            fail_msg("%s at %d: %s", dl_lint_rules[findings[i].rule].code, findings[i].line,
                     findings[i].message);
    assert_int_equal(count, 1);
    assert_int_equal(dl_lint_tests_run(lint), 1);
    dl_lint_free(lint);
}

/* Lines before a part. */
static int lines_before(enum part part)
{
    int lines = 0;

    for (enum part p = HEAD; p < part && part != TESTS; p++)
        for (const char *at = clean[p]; (at = strchr(at, '\n')); at++)
            lines++;
    return lines;
}

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct rule_case *c = &cases[i];
        struct dl_lint *lint = run_with("", c->part, c->text);
        const struct dl_lint_finding *f = find(lint, c->code);

        if (!f)
            fail_msg("case %zu: no %s", i, c->code);
        if (c->line && f->line != c->line + lines_before(c->part))
            fail_msg("case %zu: %s is at line %d, not %d: %s", i, c->code, f->line,
                     c->line + lines_before(c->part), f->message);
        assert_true(f->message[0]);
        dl_lint_free(lint);
    }
}

/* Rules that a case of the table cannot show. */
static void test_the_rest(void **state)
{
    static char text[40000];
    struct dl_lint *lint;
    size_t n = 0;

    (void)state;
    n += (size_t)snprintf(text, sizeof text, "id: acme\ntests:\n");
    for (int i = 0; i <= DL_LINT_TESTS_MAX; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "  - sample: x\n");
    lint = run_with("", TESTS, text);
    assert_non_null(find(lint, "test-count"));
    assert_int_equal(dl_lint_tests_run(lint), DL_LINT_TESTS_MAX);
    /* more than are kept, and all are counted */
    assert_true(dl_lint_total(lint, DL_LINT_ERROR) > 2 * DL_LINT_TESTS_MAX);
    dl_lint_free(lint);

    n = (size_t)snprintf(text, sizeof text, "    - type: grok-parser\n      samples: ['");
    memset(text + n, 'a', 5001);
    snprintf(text + n + 5001, sizeof text - n - 5001,
             "']\n      source: m\n      grok: {matchRules: 'r a+'}\n");
    lint = run_with("", LAST, text);
    assert_non_null(find(lint, "grok-sample-length"));
    dl_lint_free(lint);

    snprintf(text, sizeof text,
             "    - type: grok-parser\n      source: m\n      samples: [%.60s]\n"
             "      grok: {matchRules: 'r (a+)+(a+)+[bd]'}\n",
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac");
    lint = run_with("", LAST, text);
    assert_non_null(find(lint, "sample-limit"));
    dl_lint_free(lint);
}

/* A remapper with facets at both ends, and an array. */
static void test_pairs_of_parts(void **state)
{
    static const char facets[] =
        "facets:\n  - groups: [A]\n    path: acme.a\n  - groups: [A]\n    path: acme.b\n";
    static const char remapper[] = REMAPPER("acme.a", "acme.b", "      preserveSource: true\n");
    static const char tests[] = "tests:\n  - sample: '{\"acme\": {\"a\": [1, 2]}}'\n    result:\n";
    struct dl_buffer pipeline;
    struct dl_lint *lint;

    (void)state;
    dl_buffer_init(&pipeline, 1 << 20);
    for (enum part p = HEAD; p < TESTS; p++)
        assert_int_equal(dl_buffer_text(&pipeline, p == FACETS ? facets
                                                   : p == LAST ? remapper
                                                               : clean[p]),
                         0);
    lint = run(&pipeline, tests, strlen(tests));
    assert_non_null(find(lint, "facet-remapped"));
    assert_null(find(lint, "preserve-source"));
    assert_non_null(find(lint, "facet-array"));
    dl_lint_free(lint);
    dl_buffer_free(&pipeline);
}

/* What looks like a mistake and is none. */
static void test_silence(void **state)
{
    static const struct rule_case silent[] = {
        {"facets-path", FACETS, FACET("duration", "    type: integer\n"), 0},
        {"facet-foreign", FACETS, FACET("network.bytes", "    type: integer\n"), 0},
        {"preserve-source", LAST,
         REMAPPER("at", "acme.at", "      preserveSource: true\n") PROCESSOR(
             "string-builder-processor", "      template: 'x %{at}'\n      target: acme.t\n"),
         0},
        {"preserve-source", LAST,
         REMAPPER("at", "acme.at", "      preserveSource: true\n") PROCESSOR(
             "arithmetic-processor", "      expression: '2 * @at'\n      target: acme.t\n"),
         0},
        {"preserve-source", LAST,
         REMAPPER("at", "acme.at", "      preserveSource: true\n")
             PROCESSOR("category-processor",
                       "      categories:\n" CATEGORY("a", "@at:1") "      target: acme.c\n"),
         0},
        {"reserved-target", LAST,
         REMAPPER("at", "status", "      preserveSource: false\n")
             PROCESSOR("status-remapper", "      sources: [status]\n"),
         0},
        {"remap-in-place", LAST, REMAPPER("at", "at", "      targetFormat: string\n"), 0},
        {"tag-target", LAST, REMAPPER("at", "a:b", ""), 0},
        {"grok-parser-rules", LAST,
         GROK_PARSER("[a]", "          h x\n", "          r %{data:a} .* .+ \\.* [.*]+\n"), 0},
        {"grok-date", LAST,
         GROK_PARSER("[a]", "          h x\n", "          r a|%{date(\"hh:mm a\"):d}\n"), 0},
        {"grok-rule-unused", LAST, GROK_PARSER("[]", "          h x\n", "          r a\n"), 0},
        {"option-unknown", LAST,
         "    - {type: date-remapper, name: x, is_enabled: true, sources: [at]}\n", 0},
        {"never-reached", LAST, LOOKUP("        WARN,a\n"), 0},
        {"lookup-line", LAST, LOOKUP("        WARN,a\n        \n"), 0},
        {"expression-minus", LAST,
         PROCESSOR("arithmetic-processor", "      expression: at - 1\n      target: acme.t\n"), 0},
        {"sample-key", TESTS,
         "tests:\n  - sample: 'trace 0123456789abcdef0123456789ABCDEF x'\n    result:\n", 0},
        {"status-unknown", LAST,
         PROCESSOR("category-processor",
                   "      categories:\n" CATEGORY("info", "@level:WARN") "      target: level\n"),
         0},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(silent); i++) {
        struct dl_lint *lint = run_with("", silent[i].part, silent[i].text);
        const struct dl_lint_finding *f = find(lint, silent[i].code);

        if (f)
            fail_msg("case %zu: %s at line %d: %s", i, silent[i].code, f->line, f->message);
        assert_null(find(lint, "unreadable"));
        dl_lint_free(lint);
    }
}

/* The table above and the tests behind it have every rule. */
static void test_every_rule_has_a_case(void **state)
{
    static const char *const elsewhere[] = {"test-count", "grok-sample-length", "sample-limit",
                                            "facet-remapped", "facet-array"};

    (void)state;
    for (size_t r = 0; r < DL_LINT_RULES; r++) {
        bool has = false;

        for (size_t i = 0; i < LENGTH(cases); i++)
            has = has || strcmp(cases[i].code, dl_lint_rules[r].code) == 0;
        for (size_t i = 0; i < LENGTH(elsewhere); i++)
            has = has || strcmp(elsewhere[i], dl_lint_rules[r].code) == 0;
        if (!has)
            fail_msg("no case for %s", dl_lint_rules[r].code);
        for (size_t other = 0; other < r; other++)
            assert_string_not_equal(dl_lint_rules[r].code, dl_lint_rules[other].code);
    }
}

static void test_bypass(void **state)
{
    struct dl_lint *lint =
        run_with("\n# bypass-global-facets-path-checks\n", FACETS, FACET("took", ""));
    const struct dl_lint_finding *f = find(lint, "facets-path");

    (void)state;
    assert_true(f && f->bypassed);
    assert_int_equal(dl_lint_total(lint, DL_LINT_ERROR), 0);
    assert_int_equal(dl_lint_bypassed(lint), 1);
    dl_lint_free(lint);
    /* what nobody can read is not silenced */
    lint = run_with("# bypass-global-unreadable-checks\n", HEAD, "id: [\n");
    assert_false(find(lint, "unreadable")->bypassed);
    dl_lint_free(lint);
    /* in the tests file too, but only at the head */
    lint = run_with("", TESTS,
                    "# one\n# bypass-global-result-missing-checks\ntests:\n"
                    "  - sample: x\n# bypass-global-id-tests-checks\n");
    assert_true(find(lint, "result-missing")->bypassed);
    assert_false(find(lint, "id-tests")->bypassed);
    dl_lint_free(lint);
}

/* By file, then line. */
static void test_order(void **state)
{
    struct dl_lint *lint = run_with("", FACETS, FACET("took", "") "  - name: X\n");
    const struct dl_lint_finding *f;
    size_t count;

    (void)state;
    f = dl_lint_findings(lint, &count);
    assert_true(count > 2);
    for (size_t i = 1; i < count; i++)
        assert_true(f[i - 1].file < f[i].file ||
                    (f[i - 1].file == f[i].file && f[i - 1].line <= f[i].line));
    dl_lint_free(lint);
}

/* The guide's page has a row for every rule, as the table of rules says. */
static void test_page(void **state)
{
    struct dl_buffer page;
    struct dl_error err = {0};
    char row[600];
    size_t rows = 0;

    (void)state;
    dl_buffer_init(&page, 1 << 20);
    assert_int_equal(dl_file_read(SOURCE_TREE "/docs/guide/lint.md", true, &page, &err), 0);
    for (size_t r = 0; r < DL_LINT_RULES; r++) {
        const struct dl_lint_rule_info *info = &dl_lint_rules[r];

        snprintf(row, sizeof row, "\n| `%s` | %s | %s | %s |\n", info->code,
                 dl_lint_severity_names[info->severity], info->title, info->fix);
        if (!strstr(dl_buffer_string(&page), row))
            fail_msg("docs/guide/lint.md has not:%s", row);
    }
    for (const char *at = dl_buffer_string(&page); (at = strstr(at, "\n| `")); at++)
        rows++;
    assert_int_equal(rows, DL_LINT_RULES);
    dl_buffer_free(&page);
}

/* Anything at all ends with findings. */
static void test_hostile(void **state)
{
    static const char *const texts[] = {
        "",
        "\0",
        "5",
        "[]",
        "a: b",
        "pipeline:",
        "pipeline: 5",
        "pipeline: {}",
        "pipeline: {processors: 5}",
        "pipeline: {processors: [null, 5, [], {}]}",
        "pipeline: {filter: 5, processors: [{type: grok-parser, grok: 5, samples: 5}]}",
        "pipeline: {processors: [{type: grok-parser, source: [], grok: {matchRules: [1]}}]}",
        "pipeline: {processors: [{type: lookup-processor, lookupTable: [null, [], 5]}]}",
        "pipeline: {processors: [{type: category-processor, categories: [null, 5, {}]}]}",
        "pipeline: {processors: [{type: schema-processor, mappers: [{}], schema: 5}]}",
        "facets: [null, 5, {path: []}, {path: '', groups: 5}]\npipeline: {processors: []}",
        "processors: [{type: array-map-processor, processors: [{type: pipeline}]}]",
        "pipeline: {processors: [{type: arithmetic-processor, expression: '-'}]}",
        "pipeline: {processors: [{type: attribute-remapper, sources: [[], 5], target: ''}]}"};

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++)
        for (size_t t = 0; t < LENGTH(texts); t++) {
            struct dl_buffer pipeline;
            struct dl_lint *lint;
            size_t count;

            dl_buffer_init(&pipeline, 1 << 20);
            assert_int_equal(dl_buffer_text(&pipeline, texts[i]), 0);
            lint = run(&pipeline, texts[t], strlen(texts[t]));
            dl_lint_findings(lint, &count);
            assert_true(count > 0);
            dl_lint_free(lint);
            dl_buffer_free(&pipeline);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),    cmocka_unit_test(test_rules),
        cmocka_unit_test(test_the_rest), cmocka_unit_test(test_pairs_of_parts),
        cmocka_unit_test(test_silence),  cmocka_unit_test(test_every_rule_has_a_case),
        cmocka_unit_test(test_bypass),   cmocka_unit_test(test_order),
        cmocka_unit_test(test_page),     cmocka_unit_test(test_hostile)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
