/* What each processor did with a log, and who is to blame for a value. */
#include "kit.h"

#include "pipeline/trace.h"

static const char pipeline_text[] =
    "id: acme\npipeline:\n  type: pipeline\n  name: Acme\n  filter: {query: 'source:acme'}\n"
    "  processors:\n"
    "    - type: grok-parser\n      name: parse\n      source: message\n"
    "      grok:\n        supportRules: ''\n        matchRules: |\n"
    "          first begin %{integer:code}\n          second %{integer:code} %{word:who}\n"
    "    - type: pipeline\n      name: inner\n      filter: {query: '@code:7'}\n      processors:\n"
    "        - {type: attribute-remapper, name: rename, sources: [who, whom], target: usr.id,\n"
    "           preserveSource: false}\n"
    "    - {type: string-builder-processor, template: '%{usr.id}!', target: greeting}\n"
    "    - {type: status-remapper, sources: [level]}\n"
    "    - {type: attribute-remapper, sources: [code], target: kind, targetType: tag}\n"
    "    - {type: service-remapper, enabled: false, sources: [who]}\n";

static struct dl_pipeline *pipeline;
static struct dl_pipeline_log log_;
static struct dl_trace trace;

static int open_pipeline(void **state)
{
    open_arena(state);
    return dl_pipeline_read(&pipeline, pipeline_text, sizeof pipeline_text - 1, NULL);
}

static int close_pipeline(void **state)
{
    dl_pipeline_free(pipeline);
    return close_arena(state);
}

static void run(const char *sample, bool granted)
{
    dl_pipeline_log_init(&log_, &arena, 0);
    dl_pipeline_log_take(&log_, sample, strlen(sample));
    log_.source = dl_pipeline_source(pipeline);
    assert_int_equal(dl_trace_run(&trace, pipeline, &log_, granted, NULL), 0);
}

static const struct dl_trace_row *row_named(const char *name)
{
    for (size_t i = 0; i < trace.row_count; i++)
        if (dl_text_equals(dl_processor_name(trace.rows[i].processor), name))
            return &trace.rows[i];
    fail_msg("no processor %s", name);
    return NULL;
}

/* All changes of a row: "+path=now -path=before ~path=before>now", officials with a star. */
static const char *changes_of(const struct dl_trace_row *row)
{
    struct dl_buffer out;
    const char *text;

    assert_non_null(row->step);
    dl_buffer_init(&out, 4096);
    for (const struct dl_trace_change *c = row->step->changes; c; c = c->next)
        assert_int_equal(dl_buffer_format(&out, "%s%s%c%.*s=%.*s%s%.*s", out.len ? " " : "",
                                          c->official ? "*" : "", c->has ? c->had ? '~' : '+' : '-',
                                          (int)c->path.len, c->path.at, (int)c->before.len,
                                          c->before.at, c->had && c->has ? ">" : "",
                                          (int)c->now.len, c->now.at),
                         0);
    text = dl_arena_copy(&arena, dl_buffer_string(&out), out.len);
    dl_buffer_free(&out);
    return text;
}

static char told[4096];

static void tell(void *context, struct dl_text path, struct dl_text value)
{
    size_t len = strlen(told);

    (void)context;
    snprintf(told + len, sizeof told - len, "%s%.*s=%.*s", len ? " " : "", (int)path.len, path.at,
             (int)value.len, value.at);
}

static const char *reads_of(const struct dl_trace_row *row)
{
    told[0] = '\0';
    dl_trace_reads(&trace, row->step, &arena, tell, NULL);
    return told;
}

static const char *same_of(const struct dl_trace_row *row)
{
    told[0] = '\0';
    dl_trace_same(row->step, &arena, tell, NULL);
    return told;
}

static void rows_stand_as_in_the_file_and_steps_as_they_ran(void **state)
{
    static const char *const order[] = {"parse", "rename", "inner", "", "", "", ""};
    size_t i = 0;

    (void)state;
    run("7 ann", false);
    assert_true(trace.taken);
    assert_int_equal(trace.row_count, 7);
    assert_ptr_equal(trace.rows[1].processor, row_named("inner")->processor);
    assert_int_equal(trace.rows[2].depth, 1);
    assert_int_equal(trace.rows[3].depth, 0);
    for (const struct dl_trace_step *s = trace.first; s; s = s->next)
        assert_string_equal(string_of(dl_processor_name(s->processor)), order[i++]);
    assert_int_equal(i, 7);
}

static void each_step_knows_what_came_changed_and_went(void **state)
{
    (void)state;
    run("7 ann", false);
    assert_string_equal(changes_of(row_named("parse")), "+code=7 +who=\"ann\"");
    assert_string_equal(changes_of(row_named("rename")), "+usr={\"id\":\"ann\"} -who=\"ann\"");
    assert_string_equal(changes_of(row_named("inner")), "");
    assert_string_equal(changes_of(&trace.rows[3]), "+greeting=\"ann!\"");
    assert_string_equal(changes_of(&trace.rows[4]), "");
    assert_int_equal(trace.rows[4].step->outcome, DL_OUTCOME_NO_SOURCE);
    assert_string_equal(changes_of(&trace.rows[5]), "*+tags=kind:7");
    assert_int_equal(trace.rows[6].step->outcome, DL_OUTCOME_DISABLED);
    run("{\"message\":\"7 ann\",\"code\":8,\"status\":\"x\",\"level\":\"warn\"}", false);
    assert_string_equal(changes_of(row_named("parse")), "~code=8>7 +who=\"ann\"");
    assert_string_equal(changes_of(&trace.rows[4]), "*~status=info>warn");
}

static void each_step_knows_what_it_read_and_left(void **state)
{
    (void)state;
    run("{\"message\":\"7 ann\",\"o\":{\"k\":[1]}}", false);
    assert_string_equal(reads_of(row_named("parse")), "message=7 ann");
    assert_string_equal(reads_of(row_named("rename")), "who=\"ann\" whom=");
    assert_string_equal(same_of(row_named("rename")), "message=7 ann source=acme o.k=[1] code=7");
    assert_string_equal(reads_of(&trace.rows[3]), "usr.id=\"ann\"");
    assert_string_equal(reads_of(row_named("inner")), "");
}

static void rules_that_do_not_match_tell_how_far_they_get(void **state)
{
    const struct dl_trace_rule *rule;

    (void)state;
    run("7 ann", false);
    rule = dl_trace_rules(&trace, row_named("parse")->step);
    assert_string_equal(string_of(rule->name), "first");
    assert_int_equal(rule->reach, 0);
    assert_null(rule->next); /* the second one matched */
    run("begin x", false);
    rule = dl_trace_rules(&trace, row_named("parse")->step);
    assert_int_equal(rule->reach, 6);
    assert_string_equal(string_of(rule->rest), "x");
    assert_string_equal(string_of(rule->next->name), "second");
    assert_null(rule->next->next);
    assert_null(dl_trace_rules(&trace, row_named("inner")->step));
}

static void what_a_filter_does_not_let_through_has_no_steps(void **state)
{
    (void)state;
    run("8 ann", false);
    assert_int_equal(row_named("inner")->step->outcome, DL_OUTCOME_NO_MATCH);
    assert_null(row_named("rename")->step);
    run("{\"ddsource\":\"other\"}", false);
    log_.source = text_of("other");
    assert_int_equal(dl_trace_run(&trace, pipeline, &log_, false, NULL), 0);
    assert_false(trace.taken);
    assert_null(trace.first);
    assert_int_equal(trace.row_count, 7);
    assert_int_equal(dl_trace_run(&trace, pipeline, &log_, true, NULL), 0);
    assert_true(trace.taken);
}

static const struct dl_trace_row *suspect(const char *path, const struct dl_processor *by)
{
    const struct dl_difference d = {.path = text_of(path), .by = by};

    return dl_trace_suspect(&trace, &d);
}

static void the_one_to_blame_wrote_it_or_was_to_write_it(void **state)
{
    (void)state;
    run("8 ann", false);
    assert_ptr_equal(suspect("custom.code", row_named("parse")->processor), row_named("parse"));
    assert_ptr_equal(suspect("custom.usr", NULL), row_named("rename"));
    assert_ptr_equal(suspect("custom.usr.id", NULL), row_named("rename"));
    assert_ptr_equal(suspect("status", NULL), &trace.rows[4]);
    assert_ptr_equal(suspect("service", NULL), &trace.rows[6]);
    assert_null(suspect("custom.us", NULL));
    assert_null(suspect("custom.other", NULL));
    run("nothing fits", false);
    assert_ptr_equal(suspect("custom.other", NULL), row_named("parse"));
    assert_ptr_equal(suspect("tags", NULL), &trace.rows[5]);
}

static void a_log_that_outgrows_its_arena_is_told(void **state)
{
    struct dl_error err = {0};
    struct dl_arena small;

    (void)state;
    dl_arena_init(&small, 700);
    dl_pipeline_log_init(&log_, &small, 0);
    dl_pipeline_log_take(&log_, "7 ann", 5);
    assert_int_equal(dl_trace_run(&trace, pipeline, &log_, true, &err), -DL_E_LIMIT);
    assert_string_equal(err.text, "the log grows past 64 MB on its way");
    dl_arena_free(&small);
}

#define TRACE_TEST(f) cmocka_unit_test_setup_teardown(f, open_pipeline, close_pipeline)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRACE_TEST(rows_stand_as_in_the_file_and_steps_as_they_ran),
        TRACE_TEST(each_step_knows_what_came_changed_and_went),
        TRACE_TEST(each_step_knows_what_it_read_and_left),
        TRACE_TEST(rules_that_do_not_match_tell_how_far_they_get),
        TRACE_TEST(what_a_filter_does_not_let_through_has_no_steps),
        TRACE_TEST(the_one_to_blame_wrote_it_or_was_to_write_it),
        TRACE_TEST(a_log_that_outgrows_its_arena_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
