/* Filters of grok rules by their names; the large ones have files of their own. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/grok_private.h"
#include "pipeline/parse.h"
#include "pipeline/value_read.h"

struct dl_filter {
    struct dl_value *(*apply)(const struct dl_filter *filter, struct dl_arena *arena,
                              struct dl_value *value);
    struct dl_text args[DL_GROK_ARGS_MAX]; /* with \n, \r, \t as control characters */
    size_t count;
    double factor;
    struct dl_filter *inner;
    struct dl_keyvalue *keyvalue;
};

typedef struct dl_value *apply(const struct dl_filter *filter, struct dl_arena *arena,
                               struct dl_value *value);

static struct dl_value *text_value(struct dl_arena *arena, struct dl_text text)
{
    return dl_value_text(arena, text.at, text.len);
}

static struct dl_value *null_if(const struct dl_filter *f, struct dl_arena *arena,
                                struct dl_value *value)
{
    return dl_text_is(dl_value_print(arena, value), f->args[0]) ? NULL : value;
}

static struct dl_value *change_case(struct dl_arena *arena, struct dl_value *value, bool lower)
{
    struct dl_text text = dl_value_print(arena, value);
    char *copy = dl_arena_copy(arena, text.at, text.len);

    for (size_t i = 0; copy && i < text.len; i++) {
        if (lower)
            copy[i] = dl_ascii_lower(copy[i]);
        else if (copy[i] >= 'a' && copy[i] <= 'z')
            copy[i] = (char)(copy[i] - 32);
    }
    return copy ? text_value(arena, (struct dl_text){copy, text.len}) : NULL;
}

static struct dl_value *lowercase(const struct dl_filter *f, struct dl_arena *arena,
                                  struct dl_value *value)
{
    (void)f;
    return change_case(arena, value, true);
}

static struct dl_value *uppercase(const struct dl_filter *f, struct dl_arena *arena,
                                  struct dl_value *value)
{
    (void)f;
    return change_case(arena, value, false);
}

static struct dl_value *to_integer(const struct dl_filter *f, struct dl_arena *arena,
                                   struct dl_value *value)
{
    double number;
    int64_t whole;

    (void)f;
    if (dl_value_parse_integer(dl_value_print(arena, value), &whole))
        return dl_value_integer(arena, whole);
    return dl_value_number(value, &number) ? dl_value_integer(arena, dl_value_whole(number)) : NULL;
}

static struct dl_value *to_number(const struct dl_filter *f, struct dl_arena *arena,
                                  struct dl_value *value)
{
    double number;

    (void)f;
    return dl_value_number(value, &number) ? dl_value_double(arena, number) : NULL;
}

static struct dl_value *to_boolean(const struct dl_filter *f, struct dl_arena *arena,
                                   struct dl_value *value)
{
    struct dl_text text = dl_value_print(arena, value);

    (void)f;
    return dl_value_bool(arena, text.len == 4 && dl_ascii_equal_n(text.at, "true", 4));
}

static struct dl_value *scale(const struct dl_filter *f, struct dl_arena *arena,
                              struct dl_value *value)
{
    double number;

    return dl_value_number(value, &number) ? dl_value_double(arena, number * f->factor) : NULL;
}

static struct dl_value *decode(const struct dl_filter *f, struct dl_arena *arena,
                               struct dl_value *value)
{
    (void)f;
    return text_value(arena, dl_percent_decode(arena, dl_value_print(arena, value), false));
}

static struct dl_value *json(const struct dl_filter *f, struct dl_arena *arena,
                             struct dl_value *value)
{
    struct dl_text text = dl_value_print(arena, value);

    (void)f;
    return dl_value_clean(arena, dl_value_read_json(arena, text.at, text.len));
}

static struct dl_value *key_value(const struct dl_filter *f, struct dl_arena *arena,
                                  struct dl_value *value)
{
    return dl_keyvalue_read(f->keyvalue, arena, dl_value_print(arena, value));
}

static struct dl_value *csv(const struct dl_filter *f, struct dl_arena *arena,
                            struct dl_value *value)
{
    struct dl_text separator = f->count > 1 && f->args[1].len ? f->args[1] : DL_TEXT(",");
    char quote = f->count > 2 && f->args[2].len ? f->args[2].at[0] : '"';

    if (dl_text_equals(separator, "tab"))
        separator = DL_TEXT("\t");
    return dl_csv_read(arena, f->args[0], separator, quote, dl_value_print(arena, value));
}

static struct dl_value *querystring(const struct dl_filter *f, struct dl_arena *arena,
                                    struct dl_value *value)
{
    struct dl_text text = dl_value_print(arena, value);

    (void)f;
    if (text.len && text.at[0] == '?')
        text = (struct dl_text){text.at + 1, text.len - 1};
    return dl_querystring_read(arena, text, true);
}

static struct dl_value *rubyhash(const struct dl_filter *f, struct dl_arena *arena,
                                 struct dl_value *value)
{
    (void)f;
    return dl_rubyhash_read(arena, dl_value_print(arena, value));
}

static struct dl_value *xml(const struct dl_filter *f, struct dl_arena *arena,
                            struct dl_value *value)
{
    (void)f;
    return dl_xml_read(arena, dl_value_print(arena, value));
}

static struct dl_value *url(const struct dl_filter *f, struct dl_arena *arena,
                            struct dl_value *value)
{
    (void)f;
    return dl_url_read(arena, dl_value_print(arena, value));
}

static struct dl_value *useragent(const struct dl_filter *f, struct dl_arena *arena,
                                  struct dl_value *value)
{
    struct dl_text text = dl_value_print(arena, value);

    if (f->count)
        text = dl_percent_decode(arena, text, false);
    return dl_useragent_read(arena, text);
}

/* "[a, b]": brackets go where they are, the rest is cut at the separator. */
static struct dl_value *array(const struct dl_filter *f, struct dl_arena *arena,
                              struct dl_value *value)
{
    struct dl_text text = dl_value_print(arena, value);
    struct dl_text brackets = f->count > 1 ? f->args[0] : DL_TEXT("[]");
    struct dl_text separator = f->count > 1 ? f->args[1] : f->count > 0 ? f->args[0] : DL_TEXT(",");
    struct dl_value *list = dl_value_array(arena);
    size_t half = brackets.len / 2;

    if (half && text.len >= brackets.len && memcmp(text.at, brackets.at, half) == 0 &&
        memcmp(text.at + text.len - half, brackets.at + half, half) == 0)
        text = (struct dl_text){text.at + half, text.len - 2 * half};
    if (text.len == 0)
        return list;
    for (;;) {
        const char *cut =
            separator.len ? memmem(text.at, text.len, separator.at, separator.len) : NULL;
        struct dl_text piece = {text.at, cut ? (size_t)(cut - text.at) : text.len};
        struct dl_value *element = text_value(arena, piece);

        if (f->inner && element)
            element = dl_filter_apply(f->inner, arena, element);
        dl_value_append(arena, list, element ? element : dl_value_null(arena));
        if (!cut)
            return list;
        text.len -= piece.len + separator.len;
        text.at = cut + separator.len;
    }
}

/* name, function, fewest and most arguments (a filter within counts as none) */
static const struct {
    const char *name;
    apply *apply;
    size_t least, most;
} filters[] = {{"nullIf", null_if, 1, 1},
               {"lowercase", lowercase, 0, 0},
               {"uppercase", uppercase, 0, 0},
               {"integer", to_integer, 0, 0},
               {"number", to_number, 0, 0},
               {"boolean", to_boolean, 0, 0},
               {"scale", scale, 1, 1},
               {"decodeuricomponent", decode, 0, 0},
               {"json", json, 0, 0},
               {"keyvalue", key_value, 0, 4},
               {"array", array, 0, 2},
               {"csv", csv, 1, 3},
               {"querystring", querystring, 0, 0},
               {"rubyhash", rubyhash, 0, 0},
               {"xml", xml, 0, 0},
               {"url", url, 0, 0},
               {"useragent", useragent, 0, 1}};

/* \n, \r, \t in an argument */
static struct dl_text controls(struct dl_arena *arena, struct dl_text text)
{
    char *copy = dl_arena_take(arena, text.len + 1);
    size_t n = 0;

    for (size_t i = 0; copy && i < text.len; i++) {
        static const char from[] = "nrt", to[] = "\n\r\t";
        const char *known = text.at[i] == '\\' && i + 1 < text.len
                                ? memchr(from, text.at[i + 1], sizeof from - 1)
                                : NULL;

        copy[n++] = known ? to[known - from] : text.at[i];
        i += known != NULL;
    }
    return (struct dl_text){copy ? copy : "", copy ? n : 0};
}

static int take_arguments(struct dl_filter *f, struct dl_arena *arena, const struct dl_call *call,
                          struct dl_error *err)
{
    for (size_t i = 0; i < call->count; i++) {
        bool word = f->apply == array && call->inner[i];

        if (word && i + 1 == call->count)
            return dl_filter_new(&f->inner, arena, call->inner[i], err);
        f->args[f->count++] = controls(arena, call->args[i]);
    }
    return 0;
}

int dl_filter_new(struct dl_filter **out, struct dl_arena *arena, const struct dl_call *call,
                  struct dl_error *err)
{
    struct dl_filter *f = dl_arena_take(arena, sizeof *f);
    int rc;

    if (!f)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for a filter");
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        if (!dl_text_equals(call->name, filters[i].name))
            continue;
        f->apply = filters[i].apply;
        *out = f; /* what it holds is freed with it, even if it is not whole */
        rc = take_arguments(f, arena, call, err);
        if (rc < 0)
            return rc;
        if (f->count < filters[i].least || f->count > filters[i].most)
            return dl_error_set(err, DL_E_VALUE,
                                "the filter %s has %zu arguments and takes %zu to %zu",
                                filters[i].name, f->count, filters[i].least, filters[i].most);
    }
    if (!f->apply)
        return dl_error_set(err, DL_E_VALUE, "there is no filter \"%.*s\"", (int)call->name.len,
                            call->name.at);
    if (f->apply == scale && !dl_value_parse_double(f->args[0], &f->factor))
        return dl_error_set(err, DL_E_VALUE, "scale takes a number");
    return f->apply == key_value ? dl_keyvalue_new(&f->keyvalue, arena, call, err) : 0;
}

void dl_filter_free(struct dl_filter *filter)
{
    if (!filter)
        return;
    dl_keyvalue_free(filter->keyvalue);
    dl_filter_free(filter->inner);
}

struct dl_value *dl_filter_apply(const struct dl_filter *filter, struct dl_arena *arena,
                                 struct dl_value *value)
{
    return filter->apply(filter, arena, value);
}
