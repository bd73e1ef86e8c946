/* The filter keyvalue: "a=1, b=\"two words\"" by one expression made of its arguments. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/grok_private.h"
#include "pipeline/path.h"

#define LEFT "\\s,;(\\[{"
#define RIGHT "\\s,;)\\]}"

struct dl_keyvalue {
    pcre2_code *code;
    pcre2_match_data *data;
    char quotes[9]; /* pairs: opening, closing, ... */
};

/* One quoted form or a run of plain characters. */
static int side(struct dl_buffer *out, const char *group, const char *quotes, struct dl_text chars,
                bool value)
{
    int rc = dl_buffer_format(out, "(?<%s>", group);

    for (const char *q = quotes; *q && rc == 0; q += 2)
        rc = dl_buffer_format(out, "\\x%02x[^\\x%02x]*\\x%02x|", (unsigned char)q[0],
                              (unsigned char)q[1], (unsigned char)q[1]);
    rc = rc ? rc : dl_buffer_text(out, "[\\w.\\-@");
    rc = rc ? rc : dl_buffer_add(out, chars.at, chars.len);
    return rc ? rc : dl_buffer_text(out, value ? "]+)" : "]+)");
}

/* A class of the characters of a delimiter, as they are. */
static int one_class(struct dl_buffer *out, char c)
{
    return dl_buffer_format(out, "[\\x%02x]", (unsigned char)c);
}

static int pattern(struct dl_buffer *out, const struct dl_call *call, const char *quotes)
{
    struct dl_text none = {"", 0};
    struct dl_text separator = call->count > 0 && call->args[0].len ? call->args[0] : DL_TEXT("=");
    struct dl_text chars = call->count > 1 ? call->args[1] : none;
    struct dl_text delimiter = call->count > 3 ? call->args[3] : none;
    int rc = dl_buffer_text(out, "(?:\\A|(?<=");

    if (delimiter.len)
        rc = rc ? rc : one_class(out, delimiter.at[0]);
    else
        rc = rc ? rc : dl_buffer_text(out, "[" LEFT "]");
    rc = rc ? rc : dl_buffer_text(out, "))");
    rc = rc ? rc : side(out, "key", quotes, chars, false);
    rc = rc ? rc : dl_buffer_text(out, "(?:");
    rc = rc ? rc : dl_buffer_add(out, separator.at, separator.len);
    rc = rc ? rc : dl_buffer_text(out, ")");
    rc = rc ? rc : side(out, "value", quotes, chars, true);
    rc = rc ? rc : dl_buffer_text(out, "(?=\\z|");
    if (delimiter.len)
        rc = rc ? rc : one_class(out, delimiter.at[delimiter.len > 1]);
    else
        rc = rc ? rc : dl_buffer_text(out, "[" RIGHT "]");
    return rc ? rc : dl_buffer_text(out, ")");
}

int dl_keyvalue_new(struct dl_keyvalue **out, struct dl_arena *arena, const struct dl_call *call,
                    struct dl_error *err)
{
    struct dl_keyvalue *kv = dl_arena_take(arena, sizeof *kv);
    struct dl_buffer text;
    int rc;

    if (!kv)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for a filter");
    if (call->count > 2 && call->args[2].len == 2)
        dl_text_format(kv->quotes, sizeof kv->quotes, "%.2s", call->args[2].at);
    else
        dl_text_copy(kv->quotes, sizeof kv->quotes, "\"\"''<>");
    dl_buffer_init(&text, DL_GROK_PATTERN_MAX);
    rc = pattern(&text, call, kv->quotes);
    if (rc < 0)
        rc = dl_error_set(err, (enum dl_code) - rc, "the arguments of keyvalue are too long");
    else
        rc = dl_grok_regex(&kv->code, dl_buffer_string(&text), text.len, false, err);
    dl_buffer_free(&text);
    if (rc < 0)
        return rc;
    *out = kv;
    kv->data = pcre2_match_data_create_from_pattern(kv->code, NULL);
    return kv->data ? 0 : dl_error_set(err, DL_E_NOMEM, "there is no memory for a filter");
}

void dl_keyvalue_free(struct dl_keyvalue *keyvalue)
{
    if (!keyvalue)
        return;
    pcre2_match_data_free(keyvalue->data);
    pcre2_code_free(keyvalue->code);
    keyvalue->data = NULL;
    keyvalue->code = NULL;
}

/* ---- types of values that are not quoted ---- */

/* "10.5s", "263ms" in milliseconds */
static bool duration(struct dl_text text, int64_t *ms)
{
    double number;
    size_t unit = text.len > 2 && text.at[text.len - 2] == 'm' ? 2 : 1;

    if (text.len < 2 || text.at[text.len - 1] != 's' || text.at[0] == '-' || text.at[0] == '+' ||
        !dl_value_parse_double((struct dl_text){text.at, text.len - unit}, &number))
        return false;
    *ms = dl_value_whole(unit == 2 ? number : number * 1000);
    return true;
}

static bool is_octal_like(struct dl_text text)
{
    return text.len > 1 && text.at[0] == '0' && text.at[1] >= '0' && text.at[1] <= '9';
}

static struct dl_value *leading_zero(struct dl_arena *arena, struct dl_text text)
{
    int64_t number;

    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '7')
            return dl_value_text(arena, text.at, text.len);
    return dl_value_parse_integer(text, &number) ? dl_value_integer(arena, number)
                                                 : dl_value_text(arena, text.at, text.len);
}

static struct dl_value *plain(struct dl_arena *arena, struct dl_text text)
{
    int64_t whole;
    double real;

    if (dl_text_equals(text, "null"))
        return NULL;
    if (dl_text_equals(text, "true") || dl_text_equals(text, "false"))
        return dl_value_bool(arena, text.len == 4);
    if (is_octal_like(text))
        return leading_zero(arena, text);
    if (dl_value_parse_integer(text, &whole) || duration(text, &whole))
        return dl_value_integer(arena, whole);
    if (text.at[0] != '.' && text.at[text.len - 1] != '.' && dl_value_parse_double(text, &real) &&
        isfinite(real))
        return dl_value_double(arena, real);
    return dl_value_text(arena, text.at, text.len);
}

/* ---- reading ---- */

static bool unquote(const struct dl_keyvalue *kv, struct dl_text *text)
{
    for (const char *q = kv->quotes; *q; q += 2) {
        if (text->len < 2 || text->at[0] != q[0] || text->at[text->len - 1] != q[1])
            continue;
        *text = (struct dl_text){text->at + 1, text->len - 2};
        return true;
    }
    return false;
}

static void add(struct dl_arena *arena, struct dl_value *into, struct dl_text key,
                struct dl_value *value)
{
    struct dl_value *old = dl_path_get(arena, into, key), *both;

    if (!old) {
        dl_path_set(arena, into, key, value);
    } else if (dl_value_is(old, DL_VALUE_ARRAY)) {
        dl_value_append(arena, old, value);
    } else {
        both = dl_value_array(arena);
        dl_value_append(arena, both, old);
        dl_value_append(arena, both, value);
        dl_path_set(arena, into, key, both);
    }
}

static struct dl_text group(const struct dl_keyvalue *kv, const char *name, struct dl_text text)
{
    const size_t *ends = pcre2_get_ovector_pointer(kv->data);
    int n = pcre2_substring_number_from_name(kv->code, (PCRE2_SPTR)name);

    if (n <= 0 || ends[2 * n] == PCRE2_UNSET)
        return (struct dl_text){"", 0};
    return (struct dl_text){text.at + ends[2 * n], ends[2 * n + 1] - ends[2 * n]};
}

static void take(const struct dl_keyvalue *kv, struct dl_arena *arena, struct dl_value *into,
                 struct dl_text text)
{
    struct dl_text key = group(kv, "key", text), value = group(kv, "value", text);
    bool quoted = unquote(kv, &value);
    struct dl_value *made;

    unquote(kv, &key);
    dl_text_trim(&key.at, &key.len);
    dl_text_trim(&value.at, &value.len);
    if (!quoted && value.len && value.at[value.len - 1] == ',')
        value.len--;
    if (key.len == 0 || value.len == 0 || memchr(key.at, ' ', key.len))
        return;
    made = quoted ? dl_value_text(arena, value.at, value.len) : plain(arena, value);
    if (made)
        add(arena, into, key, made);
}

struct dl_value *dl_keyvalue_read(const struct dl_keyvalue *keyvalue, struct dl_arena *arena,
                                  struct dl_text text)
{
    struct dl_value *into = dl_value_object(arena);
    size_t at = 0;

    if (!dl_utf8_valid(text.at, text.len, NULL))
        return NULL;
    while (into && at <= text.len) {
        int rc = pcre2_match(keyvalue->code, (PCRE2_SPTR)text.at, text.len, at, PCRE2_NO_UTF_CHECK,
                             keyvalue->data, NULL);
        const size_t *ends = pcre2_get_ovector_pointer(keyvalue->data);

        if (rc < 0)
            break;
        take(keyvalue, arena, into, text);
        if (ends[1] <= at)
            break; /* a key has a character at least */
        at = ends[1];
    }
    return into && into->of.list.count ? into : NULL;
}
