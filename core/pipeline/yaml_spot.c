/* Where in a file of tests the results stand. libyaml counts in characters, files in bytes. */
#include <string.h>
#include <yaml.h>

#include "base/text.h"
#include "pipeline/suite_fill.h"

struct finder {
    yaml_parser_t parser;
    yaml_event_t event;
    struct dl_text text;
    size_t index, at; /* a character, and its byte; they only grow */
    yaml_mark_t end;  /* of the last thing that is written; a block ends where the next begins */
    struct dl_result_spot *spots;
    size_t most, count;
};

static bool next(struct finder *f)
{
    const yaml_event_t *e = &f->event;

    yaml_event_delete(&f->event);
    if (yaml_parser_parse(&f->parser, &f->event) != 1)
        return false;
    if (e->type == YAML_SCALAR_EVENT || e->end_mark.index > e->start_mark.index)
        f->end = e->end_mark;
    return true;
}

/* The byte of a mark that is not before the last one asked for. */
static size_t byte_of(struct finder *f, const yaml_mark_t *mark)
{
    uint32_t code;

    for (; f->index < mark->index && f->at < f->text.len; f->index++) {
        size_t n = dl_utf8_decode(f->text.at + f->at, f->text.len - f->at, &code);

        f->at += n ? n : 1;
    }
    return f->at;
}

/* Goes to the last event of the node that begins with this one. */
static bool skip(struct finder *f)
{
    int depth = 0;

    for (;;) {
        yaml_event_type_t type = f->event.type;

        depth += type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT;
        depth -= type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT;
        if (depth == 0)
            return true;
        if (!next(f))
            return false;
    }
}

static bool is_scalar(const struct finder *f, const char *text)
{
    const yaml_event_t *e = &f->event;

    return e->type == YAML_SCALAR_EVENT && e->data.scalar.length == strlen(text) &&
           memcmp(e->data.scalar.value, text, e->data.scalar.length) == 0;
}

static bool is_blank(const struct finder *f)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};

    if (f->event.type != YAML_SCALAR_EVENT ||
        f->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE || f->event.data.scalar.tag)
        return false;
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        if (is_scalar(f, nulls[i]))
            return true;
    return false;
}

/* The start of the line behind a byte, or the byte itself where a line starts there. */
static size_t line_behind(struct dl_text text, size_t at)
{
    const char *end;

    if (at == 0 || text.at[at - 1] == '\n')
        return at;
    end = memchr(text.at + at, '\n', text.len - at);
    return end ? (size_t)(end - text.at) + 1 : text.len;
}

/* The value of the key "result". */
static bool take_result(struct finder *f, struct dl_result_spot *spot)
{
    spot->keyed = true;
    spot->given = !is_blank(f);
    if (spot->given)
        return skip(f);
    spot->from = byte_of(f, &f->event.start_mark);
    spot->to = byte_of(f, &f->event.end_mark);
    return true;
}

static bool take_test(struct finder *f, struct dl_result_spot *spot)
{
    bool any = false;

    spot->flow = f->event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    for (;;) {
        bool is_result;

        if (!next(f))
            return false;
        if (f->event.type == YAML_MAPPING_END_EVENT)
            break;
        is_result = is_scalar(f, "result");
        if (is_result || !any)
            spot->column = f->event.start_mark.column;
        any = true;
        if (!skip(f) || !next(f) || !(is_result ? take_result(f, spot) : skip(f)))
            return false;
    }
    if (!spot->keyed && spot->flow)
        spot->from = byte_of(f, &f->event.start_mark);
    else if (!spot->keyed)
        spot->from = line_behind(f->text, byte_of(f, &f->end));
    if (!spot->keyed)
        spot->to = spot->from;
    return true;
}

static bool take_tests(struct finder *f)
{
    if (f->event.type != YAML_SEQUENCE_START_EVENT)
        return skip(f);
    for (;;) {
        struct dl_result_spot *spot = &f->spots[f->count];

        if (!next(f))
            return false;
        if (f->event.type == YAML_SEQUENCE_END_EVENT)
            return true;
        if (f->count == f->most)
            return false;
        *spot = (struct dl_result_spot){.given = true};
        f->count++;
        if (f->event.type == YAML_MAPPING_START_EVENT) {
            spot->given = false;
            if (!take_test(f, spot))
                return false;
        } else if (!skip(f)) {
            return false;
        }
    }
}

static bool take_document(struct finder *f)
{
    do
        if (!next(f))
            return false;
    while (f->event.type == YAML_STREAM_START_EVENT || f->event.type == YAML_DOCUMENT_START_EVENT);
    if (f->event.type != YAML_MAPPING_START_EVENT)
        return take_tests(f);
    for (;;) {
        bool tests;

        if (!next(f))
            return false;
        if (f->event.type == YAML_MAPPING_END_EVENT)
            return true;
        tests = is_scalar(f, "tests");
        if (!skip(f) || !next(f) || !(tests ? take_tests(f) : skip(f)))
            return false;
    }
}

int dl_result_spots(struct dl_result_spot *spots, size_t most, size_t *count, struct dl_text text,
                    struct dl_error *err)
{
    struct finder f = {.text = text, .spots = spots, .most = most};
    bool found;

    if (!yaml_parser_initialize(&f.parser))
        return dl_error_set(err, DL_E_NOMEM, "there is no memory to read YAML");
    yaml_parser_set_input_string(&f.parser, (const unsigned char *)text.at, text.len);
    yaml_parser_set_encoding(&f.parser, YAML_UTF8_ENCODING);
    found = take_document(&f);
    yaml_event_delete(&f.event);
    yaml_parser_delete(&f.parser);
    if (!found)
        return dl_error_set(err, DL_E_VALUE, "the places of its results cannot be found");
    *count = f.count;
    return 0;
}
