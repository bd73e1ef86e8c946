/* Lint: the tests are run, and what none of them reaches is told. */
#include <string.h>

#include "base/text.h"
#include "pipeline/lint_private.h"

#define KEY_DIGITS 32
#define KEY_REACH 24 /* bytes between the word and the key */
/* Milliseconds below and above which a date is not in milliseconds: 1971-08, 5138-11. The clock of
 * the tests puts dates without a year before the first. */
#define DATE_LEAST 50000000000
#define DATE_MOST 100000000000000

struct run {
    struct dl_lint *lint;
    size_t test;
    bool date_is_number; /* what the date-remapper could not read is a number */
};

/* ---- while a test runs ---- */

/* Names of categories live with the pipeline, keys of lookups do not. */
static void reach(struct dl_lint *lint, struct lint_step *step, struct dl_text name)
{
    if (!step->counts_reached)
        dl_set_init(&step->reached, &lint->arena, 16);
    step->counts_reached = true;
    if (dl_set_find(&step->reached, name))
        return;
    name.at = dl_arena_copy(&lint->arena, name.at, name.len);
    if (name.at)
        dl_set_put(&step->reached, name, NULL);
}

static void watch(void *context, const struct dl_processor *processor, enum dl_outcome outcome,
                  struct dl_text detail, const struct dl_pipeline_log *log)
{
    struct run *run = context;
    struct lint_step *step =
        processor->number < run->lint->step_count ? &run->lint->steps[processor->number] : NULL;
    double number;

    if (!step || outcome == DL_OUTCOME_DISABLED || outcome == DL_OUTCOME_NOT_RUN)
        return;
    step->runs++;
    step->applied += outcome == DL_OUTCOME_APPLIED;
    step->without_source += outcome == DL_OUTCOME_NO_SOURCE;
    if (outcome == DL_OUTCOME_APPLIED &&
        (step->kind == DL_PROCESSOR_CATEGORY || step->kind == DL_PROCESSOR_LOOKUP))
        reach(run->lint, step, detail);
    if (step->kind == DL_PROCESSOR_DATE && outcome == DL_OUTCOME_INVALID)
        run->date_is_number = dl_value_number(dl_attribute(log, detail), &number);
    if (outcome == DL_OUTCOME_LIMIT)
        lint_find(run->lint, DL_LINT_RULE_SAMPLE_LIMIT, DL_LINT_TESTS,
                  dl_suite_line(run->lint->suite, run->test),
                  "\"%.*s\" takes too many steps on this sample", LINT_SHOW(lint_step_name(step)));
}

/* ---- one test ---- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* 32 hexadecimal digits right behind a word for API keys. */
static bool holds_key(struct dl_text text)
{
    static const char *const words[] = {"api_key", "api-key", "apikey"};

    for (size_t i = 0; i + 6 < text.len; i++) {
        size_t from = 0, digits = 0;

        for (size_t w = 0; w < sizeof words / sizeof *words && !from; w++)
            if (text.len - i >= strlen(words[w]) &&
                dl_ascii_equal_n(text.at + i, words[w], strlen(words[w])))
                from = i + strlen(words[w]);
        for (size_t at = from; from && at < text.len && at < from + KEY_REACH + KEY_DIGITS + 1;
             at++) {
            digits = is_hex(text.at[at]) ? digits + 1 : 0;
            if (digits == KEY_DIGITS && (at + 1 == text.len || !is_hex(text.at[at + 1])))
                return true;
        }
    }
    return false;
}

static void look_at_date(struct run *run, const struct dl_pipeline_log *log)
{
    struct dl_lint *lint = run->lint;
    const struct dl_value *expected = dl_suite_expected(lint->suite, run->test);
    const struct dl_value *stamp = dl_value_get(expected, "timestamp");
    int line = dl_suite_line(lint->suite, run->test);
    bool failed = log && log->dated && !log->has_timestamp;

    if (expected)
        failed = dl_value_is(stamp, DL_VALUE_INTEGER) && stamp->of.integer == DL_SUITE_NO_DATE;
    if (failed)
        lint_find(lint, DL_LINT_RULE_DATE_FAILED, DL_LINT_TESTS, line,
                  "the date-remapper finds no date in this sample, or one that it cannot read");
    if (!log)
        return;
    if (run->date_is_number)
        lint_find(lint, DL_LINT_RULE_DATE_FORM, DL_LINT_TESTS, line,
                  "the date of this sample is a number with decimals");
    else if (log->dated && log->has_timestamp &&
             (log->timestamp < DATE_LEAST || log->timestamp > DATE_MOST))
        lint_find(lint, DL_LINT_RULE_DATE_FORM, DL_LINT_TESTS, line,
                  "the date of this sample is in seconds or nanoseconds, or has no year");
}

static void look_at_result(struct run *run)
{
    struct dl_lint *lint = run->lint;
    struct dl_suite_outcome *o = dl_arena_take(&lint->scratch, sizeof *o);
    int line = dl_suite_line(lint->suite, run->test);
    const struct dl_difference *d;

    if (!o)
        return;
    dl_suite_run(o, lint->suite, run->test, lint->pipeline, &lint->scratch);
    d = &o->differences[0];
    if (!o->passed && !o->blank && !lint->scratch.failed)
        lint_find(lint, DL_LINT_RULE_DIFFERS, DL_LINT_TESTS, line, "%.*s differs%s",
                  LINT_SHOW(d->path), o->difference_count > 1 ? ", and more" : "");
}

static void run_test(struct dl_lint *lint, size_t test)
{
    struct run run = {.lint = lint, .test = test};
    const struct dl_value *expected = dl_suite_expected(lint->suite, test);
    const struct dl_value *custom = dl_value_get(expected, "custom");
    int line = dl_suite_line(lint->suite, test);
    struct dl_pipeline_log log;

    if (lint->pipeline) {
        look_at_result(&run);
        dl_suite_log(&log, lint->suite, test, lint->pipeline, &lint->scratch);
        dl_pipeline_run(lint->pipeline, &log, true, watch, &run);
        if (!expected)
            custom = log.attributes;
    }
    look_at_date(&run, lint->pipeline ? &log : NULL);
    lint_values_look(lint, custom, line);
    if (lint->scratch.full)
        lint_find(lint, DL_LINT_RULE_SAMPLE_LIMIT, DL_LINT_TESTS, line,
                  "the log grows past %d MB on its way", DL_PIPELINE_LOG_MAX >> 20);
    lint_scratch_reset(lint);
    lint->tests_run++;
}

static void look_at_test(struct dl_lint *lint, size_t test)
{
    int line = dl_suite_line(lint->suite, test);

    if (!dl_suite_expected(lint->suite, test))
        lint_find(lint, DL_LINT_RULE_NO_RESULT, DL_LINT_TESTS, line, "the result is blank");
    if (holds_key(dl_suite_sample(lint->suite, test)))
        lint_find(lint, DL_LINT_RULE_SAMPLE_KEY, DL_LINT_TESTS, line,
                  "this sample holds 32 hexadecimal digits, called an API key");
    if (test < DL_LINT_TESTS_MAX && lint->kept[DL_LINT_RULE_SAMPLE_LIMIT] < LINT_LIMITS_MAX)
        run_test(lint, test);
}

/* ---- what was never reached ---- */

static void look_for_categories(struct dl_lint *lint, const struct lint_step *step)
{
    const struct dl_value *list = dl_option(step->doc, "categories");

    for (const struct dl_member *m = list->of.list.first; m; m = m->next) {
        struct dl_text name = dl_option_text(m->value, "name");

        if (!step->counts_reached || !dl_set_find(&step->reached, name))
            lint_find(lint, DL_LINT_RULE_UNREACHED, DL_LINT_PIPELINE, m->value->line,
                      "no sample is of the category \"%.*s\"", LINT_SHOW(name));
    }
}

static void look_for_lines(struct dl_lint *lint, const struct lint_step *step)
{
    const struct dl_value *table = dl_option(step->doc, "lookupTable");
    struct dl_text rest, line;
    size_t lines = 0, unused = 0;

    if (!dl_value_is(table, DL_VALUE_STRING))
        return;
    for (rest = table->of.text; lint_next_line(&rest, &line);) {
        const char *comma = memchr(line.at, ',', line.len);
        struct dl_text key = {line.at, comma ? (size_t)(comma - line.at) : 0};

        lines += comma != NULL;
        unused += comma && (!step->counts_reached || !dl_set_find(&step->reached, lint_trim(key)));
    }
    if (unused)
        lint_find(lint, DL_LINT_RULE_UNREACHED, DL_LINT_PIPELINE, table->line,
                  "no sample reads %zu of the %zu lines of this table", unused, lines);
}

static bool reads_first(enum dl_processor_kind kind)
{
    return kind != DL_PROCESSOR_STRING_BUILDER && kind != DL_PROCESSOR_ARITHMETIC &&
           kind != DL_PROCESSOR_ARRAY && kind != DL_PROCESSOR_ARRAY_MAP &&
           kind != DL_PROCESSOR_LOOKUP && kind != DL_PROCESSOR_PIPELINE &&
           kind != DL_PROCESSOR_CATEGORY && kind != DL_PROCESSOR_SCHEMA_CATEGORY &&
           kind != DL_PROCESSOR_SCHEMA;
}

/* Those of a pipeline that no sample reaches never ran, and it alone is told of. */
static void look_at_step(struct dl_lint *lint, const struct lint_step *step)
{
    if (step->runs == 0)
        return;
    if (step->kind == DL_PROCESSOR_PIPELINE && step->applied == 0)
        lint_find(lint, DL_LINT_RULE_UNREACHED, DL_LINT_PIPELINE, step->doc->line,
                  "no sample is for the pipeline \"%.*s\"", LINT_SHOW(lint_step_name(step)));
    else if (reads_first(step->kind) && step->without_source == step->runs)
        lint_find(lint, DL_LINT_RULE_SOURCE_NEVER, DL_LINT_PIPELINE, step->doc->line,
                  "no sample has what \"%.*s\" reads", LINT_SHOW(lint_step_name(step)));
    else if (step->kind == DL_PROCESSOR_CATEGORY)
        look_for_categories(lint, step);
    else if (!reads_first(step->kind) && step->applied == 0)
        lint_find(lint, DL_LINT_RULE_NEVER, DL_LINT_PIPELINE, step->doc->line,
                  "no sample makes \"%.*s\" write its target", LINT_SHOW(lint_step_name(step)));
    else if (step->kind == DL_PROCESSOR_LOOKUP)
        look_for_lines(lint, step);
}

void lint_look_at_tests(struct dl_lint *lint)
{
    size_t count = lint->suite ? dl_suite_count(lint->suite) : 0;

    lint_values_init(lint);
    if (lint->suite && count == 0)
        lint_find(lint, DL_LINT_RULE_NO_TESTS, DL_LINT_TESTS, 1, "there is no test");
    for (size_t i = 0; i < count && !lint->failed; i++)
        look_at_test(lint, i);
    if (lint->tests_run < count)
        lint_find(lint, DL_LINT_RULE_TEST_COUNT, DL_LINT_TESTS, 1,
                  "the first %zu of %zu tests were run", lint->tests_run, count);
    for (size_t i = 1; i < lint->step_count; i++)
        look_at_step(lint, &lint->steps[i]);
}
