#include "pipeline/suite_fill.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/asset_write.h"

#define STEP 2 /* columns of an indent */

/* One filling. */
struct filling {
    struct dl_buffer *out;
    struct dl_text text;
    size_t at; /* bytes of the text that are written */
    int status;
};

static void add(struct filling *f, const char *bytes, size_t len)
{
    if (f->status == 0)
        f->status = dl_buffer_add(f->out, bytes, len);
}

static void say(struct filling *f, const char *words)
{
    add(f, words, strlen(words));
}

/* The text as it was, up to here. */
static void copy_to(struct filling *f, size_t end)
{
    add(f, f->text.at + f->at, end - f->at);
    f->at = end;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The end of what stands before a byte, blanks and line ends left out. */
static size_t end_before(const struct filling *f, size_t at)
{
    while (at > f->at && is_space(f->text.at[at - 1]))
        at--;
    return at;
}

static void members(struct filling *f, const struct dl_value *result, size_t column)
{
    if (f->status == 0)
        f->status = dl_asset_write_members(f->out, result, column + STEP);
}

/* "result: null  # a comment" keeps its comment beside the key. */
static void replace_block(struct filling *f, const struct dl_result_spot *spot,
                          const struct dl_value *result)
{
    const char *end = memchr(f->text.at + spot->to, '\n', f->text.len - spot->to);
    size_t stop = end ? (size_t)(end - f->text.at) : f->text.len, from = spot->to;

    copy_to(f, end_before(f, spot->from));
    while (from < stop && is_space(f->text.at[from]))
        from++;
    f->at = from;
    if (from < stop)
        say(f, " ");
    copy_to(f, stop);
    f->at = end ? stop + 1 : stop;
    say(f, "\n");
    members(f, result, spot->column);
}

static void add_block(struct filling *f, const struct dl_result_spot *spot,
                      const struct dl_value *result)
{
    copy_to(f, spot->from);
    if (spot->from > 0 && f->text.at[spot->from - 1] != '\n')
        say(f, "\n");
    for (size_t i = 0; i < spot->column; i++)
        say(f, " ");
    say(f, "result:\n");
    members(f, result, spot->column);
}

static void fill_flow(struct filling *f, const struct dl_result_spot *spot,
                      const struct dl_value *result)
{
    size_t end = end_before(f, spot->from);
    char last = end > 0 ? f->text.at[end - 1] : '{';

    if (spot->keyed) {
        copy_to(f, spot->from);
        say(f, last != ':' ? ": " : spot->from == end ? " " : "");
    } else {
        copy_to(f, end);
        say(f, last == '{' ? "" : last == ',' ? " " : ", ");
        say(f, "\"result\": ");
    }
    if (f->status == 0)
        f->status = dl_value_json(f->out, result);
    f->at = spot->to;
}

static int fill(struct filling *f, const struct dl_result_spot *spot, const struct dl_suite *suite,
                size_t test, const struct dl_pipeline *pipeline, struct dl_arena *arena)
{
    struct dl_pipeline_log log;
    struct dl_value *result;

    dl_arena_reset(arena);
    dl_suite_log(&log, suite, test, pipeline, arena);
    dl_pipeline_run(pipeline, &log, true, NULL, NULL);
    result = dl_suite_result(&log);
    if (arena->failed)
        return arena->full ? -DL_E_LIMIT : -DL_E_NOMEM;
    if (spot->flow)
        fill_flow(f, spot, result);
    else if (spot->keyed)
        replace_block(f, spot, result);
    else
        add_block(f, spot, result);
    return f->status;
}

static int refuse(const struct dl_suite *suite, size_t test, enum dl_code code, const char *what,
                  struct dl_error *err)
{
    return dl_error_set(err, code, "line %d: %s", dl_suite_line(suite, test), what);
}

/* One test of what was written: its sample is the one it had, a result that was blank passes. */
static int verify_test(const struct dl_suite *was, const struct dl_suite *is, size_t test,
                       bool given, const struct dl_pipeline *pipeline, struct dl_arena *arena,
                       struct dl_error *err)
{
    struct dl_suite_outcome *outcome;
    bool passed, fits;

    if (!dl_text_is(dl_suite_sample(was, test), dl_suite_sample(is, test)))
        return refuse(was, test, DL_E_VALUE, "its sample would change with a result below it", err);
    if (given)
        return 0;
    outcome = malloc(sizeof *outcome);
    if (!outcome)
        return refuse(was, test, DL_E_NOMEM, "there is no memory to check the result", err);
    dl_arena_reset(arena);
    dl_suite_run(outcome, is, test, pipeline, arena);
    fits = !arena->failed;
    passed = !outcome->blank && outcome->passed;
    free(outcome);
    if (!fits)
        return refuse(was, test, arena->full ? DL_E_LIMIT : DL_E_NOMEM,
                      "the result takes too much memory", err);
    return passed ? 0
                  : refuse(was, test, DL_E_VALUE,
                           "the result cannot be written so that it reads back", err);
}

static int verify(const struct dl_buffer *out, size_t start, const struct dl_result_spot *spots,
                  const struct dl_suite *was, const struct dl_pipeline *pipeline,
                  struct dl_arena *arena, struct dl_error *err)
{
    struct dl_suite *is = NULL;
    int rc = dl_suite_read(&is, dl_buffer_string(out) + start, out->len - start, err);

    if (rc == -DL_E_VALUE || (rc == 0 && dl_suite_count(is) != dl_suite_count(was)))
        rc = dl_error_set(err, DL_E_VALUE, "its results cannot be written so that they read back");
    for (size_t i = 0; rc == 0 && i < dl_suite_count(is); i++)
        rc = verify_test(was, is, i, spots[i].given, pipeline, arena, err);
    dl_suite_free(is);
    return rc;
}

int dl_suite_fill(struct dl_buffer *out, struct dl_text text, const struct dl_suite *suite,
                  const struct dl_pipeline *pipeline, struct dl_arena *arena, size_t *filled,
                  struct dl_error *err)
{
    size_t most = dl_suite_count(suite), count = 0, start = out->len;
    struct dl_result_spot *spots = calloc(most + 1, sizeof *spots);
    struct filling f = {.out = out, .text = text};
    int rc = spots ? dl_result_spots(spots, most, &count, text, err)
                   : dl_error_set(err, DL_E_NOMEM, "there is no memory for the tests");

    *filled = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        if (spots[i].given)
            continue;
        rc = fill(&f, &spots[i], suite, i, pipeline, arena);
        ++*filled;
        if (rc < 0)
            refuse(suite, i, (enum dl_code) - rc, "the result takes too much memory", err);
    }
    copy_to(&f, text.len);
    if (rc == 0 && f.status < 0)
        rc = dl_error_set(err, (enum dl_code) - f.status, "the file grows too large");
    if (rc == 0 && *filled > 0)
        rc = verify(out, start, spots, suite, pipeline, arena, err);
    free(spots);
    return rc;
}
