#include "pipeline/trace.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "pipeline/path.h"
#include "pipeline/processor.h"

static const char *const official_names[] = {
#define OFFICIAL_NAME(symbol, name) [DL_OFFICIAL_##symbol] = name,
    DL_OFFICIAL_TABLE(OFFICIAL_NAME)
#undef OFFICIAL_NAME
};

const char *dl_outcome_text(enum dl_outcome outcome)
{
    static const char *const words[] = {
        [DL_OUTCOME_APPLIED] = "applied",
        [DL_OUTCOME_DISABLED] = "skipped: it is not enabled",
        [DL_OUTCOME_NO_SOURCE] = "skipped: what it reads is not there",
        [DL_OUTCOME_NO_MATCH] = "skipped: nothing fits",
        [DL_OUTCOME_INVALID] = "skipped: what it reads cannot be used",
        [DL_OUTCOME_LIMIT] = "given up: a rule takes too many steps",
        [DL_OUTCOME_NOT_RUN] = "not evaluated here"};

    return words[outcome];
}

static struct dl_text name_of(enum dl_official which)
{
    return (struct dl_text){official_names[which], strlen(official_names[which])};
}

static struct dl_text as_json(struct dl_arena *arena, const struct dl_value *v)
{
    struct dl_buffer out;
    struct dl_text text = {"", 0};
    int rc;

    if (!v)
        return text;
    dl_buffer_init(&out, arena->max);
    rc = dl_value_json(&out, v);
    if (rc == 0)
        text = (struct dl_text){dl_arena_copy(arena, dl_buffer_string(&out), out.len), out.len};
    arena->failed = arena->failed || rc < 0;
    arena->full = arena->full || rc == -DL_E_LIMIT;
    dl_buffer_free(&out);
    return text.at ? text : (struct dl_text){"", 0};
}

static struct dl_text below(struct dl_arena *arena, struct dl_text path, struct dl_text key)
{
    struct dl_text full = key;

    if (path.len)
        full.at = dl_arena_format(arena, &full.len, "%.*s.%.*s", (int)path.len, path.at,
                                  (int)key.len, key.at);
    return full.at ? full : key;
}

/* ---- the log between two processors ---- */

static struct dl_text timestamp_of(const struct dl_pipeline_log *log)
{
    char iso[32];
    struct dl_text text = {"", 0};

    if (!log->has_timestamp)
        return text;
    dl_clock_iso(log->timestamp, iso);
    text.len = strlen(iso);
    text.at = dl_arena_copy(log->arena, iso, text.len);
    return text.at ? text : (struct dl_text){"", 0};
}

static struct dl_text tags_of(const struct dl_pipeline_log *log)
{
    struct dl_text all = {"", 0};

    for (const struct dl_log_tag *tag = log->tags; tag && all.at; tag = tag->next)
        all.at = dl_arena_format(log->arena, &all.len, "%.*s%s%.*s", (int)all.len, all.at,
                                 all.len ? ", " : "", (int)tag->text.len, tag->text.at);
    return all.at ? all : (struct dl_text){"", 0};
}

static struct dl_trace_state state_of(const struct dl_pipeline_log *log)
{
    return (struct dl_trace_state){.attributes = dl_value_copy(log->arena, log->attributes),
                                   .official = {[DL_OFFICIAL_MESSAGE] = log->message,
                                                [DL_OFFICIAL_STATUS] = log->status,
                                                [DL_OFFICIAL_SERVICE] = log->service,
                                                [DL_OFFICIAL_TIMESTAMP] = timestamp_of(log),
                                                [DL_OFFICIAL_TRACE_ID] = log->trace_id,
                                                [DL_OFFICIAL_SPAN_ID] = log->span_id,
                                                [DL_OFFICIAL_TAGS] = tags_of(log),
                                                [DL_OFFICIAL_SOURCE] = log->source,
                                                [DL_OFFICIAL_HOST] = log->host}};
}

/* The log as the processor found it. */
static struct dl_pipeline_log found(const struct dl_trace *trace, const struct dl_trace_step *step)
{
    struct dl_pipeline_log log = *trace->log;

    log.attributes = (struct dl_value *)(uintptr_t)step->was.attributes;
    log.message = step->was.official[DL_OFFICIAL_MESSAGE];
    return log;
}

/* ---- what changed ---- */

struct changes {
    struct dl_arena *arena;
    struct dl_trace_change **last;
};

static void add(struct changes *to, struct dl_trace_change change)
{
    struct dl_trace_change *kept = dl_arena_take(to->arena, sizeof *kept);

    if (!kept)
        return;
    *kept = change;
    *to->last = kept;
    to->last = &kept->next;
}

/* Leaves that came, changed or went. */
static void compare(struct changes *to, struct dl_text path, const struct dl_value *before,
                    const struct dl_value *after)
{
    if (dl_value_is(before, DL_VALUE_OBJECT) && dl_value_is(after, DL_VALUE_OBJECT)) {
        for (const struct dl_member *m = after->of.list.first; m; m = m->next) {
            struct dl_member *old = dl_value_member(before, m->key);

            compare(to, below(to->arena, path, m->key), old ? old->value : NULL, m->value);
        }
        for (const struct dl_member *m = before->of.list.first; m; m = m->next)
            if (!dl_value_member(after, m->key))
                compare(to, below(to->arena, path, m->key), m->value, NULL);
        return;
    }
    if (!before || !after || !dl_value_equal(before, after, NULL))
        add(to, (struct dl_trace_change){.path = path,
                                         .had = before != NULL,
                                         .has = after != NULL,
                                         .before = as_json(to->arena, before),
                                         .now = as_json(to->arena, after)});
}

static void find_changes(struct dl_trace_step *step, struct dl_arena *arena)
{
    struct changes to = {.arena = arena, .last = &step->changes};

    compare(&to, (struct dl_text){"", 0}, step->was.attributes, step->is.attributes);
    for (int i = 0; i < DL_OFFICIAL_COUNT; i++) {
        struct dl_text was = step->was.official[i], is = step->is.official[i];

        if (!dl_text_is(was, is))
            add(&to, (struct dl_trace_change){.official = true,
                                              .had = was.len > 0,
                                              .has = is.len > 0,
                                              .path = name_of((enum dl_official)i),
                                              .before = was,
                                              .now = is});
    }
}

/* Leaves that are equal. */
struct sameness {
    struct dl_arena *arena;
    dl_trace_each *each;
    void *context;
};

static void same(const struct sameness *to, struct dl_text path, const struct dl_value *before,
                 const struct dl_value *after)
{
    if (dl_value_is(before, DL_VALUE_OBJECT) && dl_value_is(after, DL_VALUE_OBJECT)) {
        for (const struct dl_member *m = after->of.list.first; m; m = m->next) {
            struct dl_member *old = dl_value_member(before, m->key);

            if (old)
                same(to, below(to->arena, path, m->key), old->value, m->value);
        }
    } else if (dl_value_equal(before, after, NULL)) {
        to->each(to->context, path, as_json(to->arena, after));
    }
}

void dl_trace_same(const struct dl_trace_step *step, struct dl_arena *arena, dl_trace_each *each,
                   void *context)
{
    const struct sameness to = {arena, each, context};

    for (int i = 0; i < DL_OFFICIAL_COUNT; i++)
        if (step->is.official[i].len && dl_text_is(step->was.official[i], step->is.official[i]))
            each(context, name_of((enum dl_official)i), step->is.official[i]);
    same(&to, (struct dl_text){"", 0}, step->was.attributes, step->is.attributes);
}

/* ---- running ---- */

static void link_row(struct dl_trace *trace, const struct dl_trace_step *step)
{
    for (size_t i = 0; i < trace->row_count; i++)
        if (trace->rows[i].processor == step->processor && !trace->rows[i].step)
            trace->rows[i].step = step;
}

static void take_step(void *context, const struct dl_processor *p, enum dl_outcome outcome,
                      struct dl_text detail, const struct dl_pipeline_log *log)
{
    struct dl_trace *trace = context;
    struct dl_trace_step *step = dl_arena_take(log->arena, sizeof *step);

    if (!step)
        return;
    *step = (struct dl_trace_step){.processor = p,
                                   .outcome = outcome,
                                   .detail = detail,
                                   .was = trace->state,
                                   .is = trace->state};
    if (p->kind != DL_PROCESSOR_PIPELINE) { /* what those within did is told already */
        step->is = trace->state = state_of(log);
        find_changes(step, log->arena);
    }
    *trace->last = step;
    trace->last = &step->next;
    link_row(trace, step);
}

static size_t count_rows(const struct dl_processor *first)
{
    size_t n = 0;

    for (const struct dl_processor *p = first; p; p = p->next)
        n += 1 + count_rows(p->children);
    return n;
}

static void add_rows(struct dl_trace *trace, const struct dl_processor *first, unsigned depth)
{
    for (const struct dl_processor *p = first; p; p = p->next) {
        trace->rows[trace->row_count++] = (struct dl_trace_row){.processor = p, .depth = depth};
        add_rows(trace, p->children, depth + 1);
    }
}

int dl_trace_run(struct dl_trace *trace, const struct dl_pipeline *pipeline,
                 struct dl_pipeline_log *log, bool granted, struct dl_error *err)
{
    const struct dl_processor *first = dl_pipeline_first(pipeline, NULL);
    size_t count = count_rows(first);

    *trace = (struct dl_trace){.log = log, .last = &trace->first};
    trace->rows = count ? dl_arena_take(log->arena, count * sizeof *trace->rows) : NULL;
    if (trace->rows)
        add_rows(trace, first, 0);
    trace->state = state_of(log);
    trace->taken = dl_pipeline_run(pipeline, log, granted, take_step, trace);
    if (log->arena->full)
        return dl_error_set(err, DL_E_LIMIT, "the log grows past %d MB on its way",
                            DL_PIPELINE_LOG_MAX >> 20);
    return log->arena->failed ? dl_error_set(err, DL_E_NOMEM, "there is no memory for the log") : 0;
}

/* ---- what it read ---- */

struct dl_trace_rule *dl_trace_rules(const struct dl_trace *trace, const struct dl_trace_step *step)
{
    const struct dl_grok *grok = step->processor->grok;
    const struct dl_pipeline_log log = found(trace, step);
    struct dl_trace_rule *first = NULL, **last = &first;
    struct dl_text input;

    if (!grok || step->outcome == DL_OUTCOME_DISABLED ||
        !dl_processor_grok_input(step->processor, &log, &input))
        return NULL;
    dl_text_trim(&input.at, &input.len); /* as the rules see it */
    for (size_t i = 0; i < dl_grok_rule_count(grok); i++) {
        struct dl_text name = dl_grok_rule_name(grok, i);
        struct dl_trace_rule *rule;

        if (step->outcome != DL_OUTCOME_NO_MATCH && dl_text_is(name, step->detail))
            break;
        rule = dl_arena_take(log.arena, sizeof *rule);
        if (!rule)
            break;
        rule->name = name;
        rule->reach = dl_grok_longest_prefix(grok, i, input);
        rule->rest = (struct dl_text){input.at + rule->reach, input.len - rule->reach};
        *last = rule;
        last = &rule->next;
    }
    return first;
}

static void read_path(const struct dl_trace_step *step, struct dl_text path, struct dl_arena *arena,
                      dl_trace_each *each, void *context)
{
    const struct dl_value *v = dl_path_get(arena, step->was.attributes, path);
    struct dl_text value = as_json(arena, v);

    for (int i = 0; i < DL_OFFICIAL_COUNT && !v; i++)
        if (dl_text_equals(path, official_names[i]))
            value = step->was.official[i];
    each(context, path, value);
}

void dl_trace_reads(const struct dl_trace *trace, const struct dl_trace_step *step,
                    struct dl_arena *arena, dl_trace_each *each, void *context)
{
    const struct dl_processor *p = step->processor;

    if (p->kind == DL_PROCESSOR_GROK && p->source_count == 0)
        read_path(step, DL_TEXT("message"), arena, each, context);
    for (size_t i = 0; i < p->source_count; i++)
        if (p->source_is_tag)
            each(context, p->sources[i], dl_pipeline_log_tag_value(trace->log, p->sources[i]));
        else
            read_path(step, p->sources[i], arena, each, context);
    for (const struct dl_piece *piece = p->template; piece; piece = piece->next)
        if (piece->is_path)
            read_path(step, piece->text, arena, each, context);
}

/* ---- who is to blame ---- */

/* Whether one path is the other, or a place within it. */
static bool overlaps(struct dl_text a, struct dl_text b)
{
    size_t n = a.len < b.len ? a.len : b.len;

    return n > 0 && memcmp(a.at, b.at, n) == 0 &&
           (a.len == b.len || (a.len > n ? a.at[n] : b.at[n]) == '.');
}

static bool is_to_write(const struct dl_processor *p, struct dl_text path)
{
    static const struct {
        enum dl_processor_kind kind;
        const char *path;
    } writers[] = {{DL_PROCESSOR_DATE, "timestamp"},    {DL_PROCESSOR_STATUS, "status"},
                   {DL_PROCESSOR_SERVICE, "service"},   {DL_PROCESSOR_MESSAGE, "message"},
                   {DL_PROCESSOR_TRACE_ID, "trace_id"}, {DL_PROCESSOR_SPAN_ID, "span_id"}};
    static const struct dl_text custom = {"custom.", 7};

    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (p->kind == writers[i].kind && dl_text_equals(path, writers[i].path))
            return true;
    if (dl_text_equals(path, "tags"))
        return p->target_is_tag;
    return path.len > custom.len && memcmp(path.at, custom.at, custom.len) == 0 &&
           !p->target_is_tag &&
           overlaps(p->target, (struct dl_text){path.at + custom.len, path.len - custom.len});
}

const struct dl_trace_row *dl_trace_suspect(const struct dl_trace *trace,
                                            const struct dl_difference *difference)
{
    const struct dl_trace_row *parser = NULL;

    for (size_t i = 0; i < trace->row_count && difference->by; i++)
        if (trace->rows[i].processor == difference->by)
            return &trace->rows[i];
    for (size_t i = 0; i < trace->row_count; i++) {
        const struct dl_trace_row *row = &trace->rows[i];
        bool applied = row->step && row->step->outcome == DL_OUTCOME_APPLIED;

        if (!applied && is_to_write(row->processor, difference->path))
            return row;
        if (!parser && row->step && !applied && row->processor->kind == DL_PROCESSOR_GROK)
            parser = row;
    }
    return parser;
}
