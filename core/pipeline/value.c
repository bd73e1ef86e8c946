#include "pipeline/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct dl_value *make(struct dl_arena *arena, enum dl_value_type type)
{
    struct dl_value *value = dl_arena_take(arena, sizeof *value);

    if (value)
        value->type = type;
    return value;
}

struct dl_value *dl_value_null(struct dl_arena *arena)
{
    return make(arena, DL_VALUE_NULL);
}

struct dl_value *dl_value_bool(struct dl_arena *arena, bool value)
{
    struct dl_value *v = make(arena, DL_VALUE_BOOL);

    if (v)
        v->of.boolean = value;
    return v;
}

struct dl_value *dl_value_integer(struct dl_arena *arena, int64_t value)
{
    struct dl_value *v = make(arena, DL_VALUE_INTEGER);

    if (v)
        v->of.integer = value;
    return v;
}

struct dl_value *dl_value_double(struct dl_arena *arena, double value)
{
    struct dl_value *v = make(arena, DL_VALUE_DOUBLE);

    if (v)
        v->of.real = value;
    return v;
}

struct dl_value *dl_value_text(struct dl_arena *arena, const char *text, size_t len)
{
    char *copy = dl_arena_copy(arena, text, len);
    struct dl_value *v = copy ? make(arena, DL_VALUE_STRING) : NULL;

    if (v)
        v->of.text = (struct dl_text){copy, len};
    return v;
}

struct dl_value *dl_value_array(struct dl_arena *arena)
{
    return make(arena, DL_VALUE_ARRAY);
}

struct dl_value *dl_value_object(struct dl_arena *arena)
{
    return make(arena, DL_VALUE_OBJECT);
}

bool dl_value_is(const struct dl_value *value, enum dl_value_type type)
{
    return value && value->type == type;
}

bool dl_value_is_scalar(const struct dl_value *value)
{
    return value && value->type >= DL_VALUE_BOOL && value->type <= DL_VALUE_STRING;
}

/* Length, first, middle and last byte of a key: names in one object often differ in one digit. */
static uint32_t mark_of(struct dl_text key)
{
    const unsigned char *at = (const unsigned char *)key.at;

    if (key.len == 0)
        return 0;
    return (uint32_t)(key.len & 0xff) << 24 | (uint32_t)at[0] << 16 |
           (uint32_t)at[key.len / 2] << 8 | at[key.len - 1];
}

static struct dl_member *link_member(struct dl_arena *arena, struct dl_value *list,
                                     struct dl_text key, struct dl_value *value)
{
    struct dl_member *m = dl_arena_take(arena, sizeof *m);

    if (!m)
        return NULL;
    m->key = key;
    m->mark = mark_of(key);
    m->value = value;
    if (list->of.list.last)
        list->of.list.last->next = m;
    else
        list->of.list.first = m;
    list->of.list.last = m;
    list->of.list.count++;
    return m;
}

void dl_value_relink(struct dl_value *object, struct dl_member *member)
{
    member->next = NULL;
    if (object->of.list.last)
        object->of.list.last->next = member;
    else
        object->of.list.first = member;
    object->of.list.last = member;
    object->of.list.count++;
}

void dl_value_append(struct dl_arena *arena, struct dl_value *array, struct dl_value *value)
{
    if (array && value)
        link_member(arena, array, (struct dl_text){"", 0}, value);
}

struct dl_member *dl_value_member(const struct dl_value *object, struct dl_text key)
{
    uint32_t mark = mark_of(key);

    if (!object || object->type != DL_VALUE_OBJECT)
        return NULL;
    for (struct dl_member *m = object->of.list.first; m; m = m->next)
        if (m->mark == mark && dl_text_is(m->key, key))
            return m;
    return NULL;
}

struct dl_value *dl_value_get(const struct dl_value *object, const char *key)
{
    struct dl_member *m = dl_value_member(object, (struct dl_text){key, strlen(key)});

    return m ? m->value : NULL;
}

struct dl_member *dl_value_add(struct dl_arena *arena, struct dl_value *object, struct dl_text key,
                               struct dl_value *value)
{
    return object && value ? link_member(arena, object, key, value) : NULL;
}

void dl_value_put(struct dl_arena *arena, struct dl_value *object, struct dl_text key,
                  struct dl_value *value)
{
    struct dl_member *m;
    char *copy;

    if (!object || !value)
        return;
    m = dl_value_member(object, key);
    if (m) {
        m->value = value;
        return;
    }
    copy = dl_arena_copy(arena, key.at, key.len);
    if (copy)
        dl_value_add(arena, object, (struct dl_text){copy, key.len}, value);
}

void dl_value_drop(struct dl_value *object, struct dl_text key)
{
    struct dl_member *before = NULL;

    for (struct dl_member *m = object->of.list.first; m; before = m, m = m->next) {
        if (!dl_text_is(m->key, key))
            continue;
        if (before)
            before->next = m->next;
        else
            object->of.list.first = m->next;
        if (object->of.list.last == m)
            object->of.list.last = before;
        object->of.list.count--;
        return;
    }
}

struct dl_value *dl_value_copy(struct dl_arena *arena, const struct dl_value *value)
{
    struct dl_value *copy = value ? make(arena, value->type) : NULL;

    if (!copy)
        return NULL;
    *copy = *value;
    if (value->type == DL_VALUE_STRING) {
        copy->of.text.at = dl_arena_copy(arena, value->of.text.at, value->of.text.len);
        return copy->of.text.at ? copy : NULL;
    }
    if (value->type < DL_VALUE_ARRAY)
        return copy;
    memset(&copy->of.list, 0, sizeof copy->of.list);
    for (const struct dl_member *m = value->of.list.first; m; m = m->next) {
        char *key = dl_arena_copy(arena, m->key.at, m->key.len);
        struct dl_value *inner = dl_value_copy(arena, m->value);
        struct dl_member *added;

        if (!key || !inner)
            return NULL;
        added = link_member(arena, copy, (struct dl_text){key, m->key.len}, inner);
        if (added)
            added->line = m->line;
    }
    return copy;
}

/* ---- comparing ---- */

static bool is_number(const struct dl_value *v)
{
    return v->type == DL_VALUE_INTEGER || v->type == DL_VALUE_DOUBLE;
}

static double as_double(const struct dl_value *v)
{
    return v->type == DL_VALUE_INTEGER ? (double)v->of.integer : v->of.real;
}

static bool members_equal(const struct dl_value *a, const struct dl_value *b, size_t *types)
{
    const struct dl_member *other = b->of.list.first;

    if (a->of.list.count != b->of.list.count)
        return false;
    for (const struct dl_member *m = a->of.list.first; m; m = m->next) {
        if (a->type == DL_VALUE_OBJECT)
            other = dl_value_member(b, m->key);
        if (!other || !dl_value_equal(m->value, other->value, types))
            return false;
        if (a->type == DL_VALUE_ARRAY)
            other = other->next;
    }
    return true;
}

bool dl_value_equal(const struct dl_value *a, const struct dl_value *b, size_t *types)
{
    if (!a || !b)
        return a == b;
    if (is_number(a) && is_number(b)) {
        bool same = a->type == DL_VALUE_INTEGER && b->type == DL_VALUE_INTEGER
                        ? a->of.integer == b->of.integer
                        : as_double(a) == as_double(b);

        if (types && same && a->type != b->type)
            ++*types;
        return same;
    }
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case DL_VALUE_BOOL:
        return a->of.boolean == b->of.boolean;
    case DL_VALUE_STRING:
        return dl_text_is(a->of.text, b->of.text);
    case DL_VALUE_ARRAY:
    case DL_VALUE_OBJECT:
        return members_equal(a, b, types);
    default:
        return true;
    }
}

/* ---- sorting: a merge of the linked members ---- */

static int by_key(const struct dl_member *a, const struct dl_member *b)
{
    size_t len = a->key.len < b->key.len ? a->key.len : b->key.len;
    int order = len ? memcmp(a->key.at, b->key.at, len) : 0;

    return order ? order : (a->key.len > b->key.len) - (a->key.len < b->key.len);
}

static struct dl_member *merge(struct dl_member *a, struct dl_member *b)
{
    struct dl_member *first = NULL, **end = &first;

    while (a && b) {
        struct dl_member **less = by_key(b, a) < 0 ? &b : &a;

        *end = *less;
        *less = (*less)->next;
        end = &(*end)->next;
    }
    *end = a ? a : b;
    return first;
}

static struct dl_member *sort_members(struct dl_member *first, size_t count)
{
    struct dl_member *middle = first, *second;

    if (count < 2)
        return first;
    for (size_t i = 1; i < count / 2; i++)
        middle = middle->next;
    second = middle->next;
    middle->next = NULL;
    return merge(sort_members(first, count / 2), sort_members(second, count - count / 2));
}

void dl_value_sort(struct dl_value *value)
{
    if (!value || value->type < DL_VALUE_ARRAY)
        return;
    if (value->type == DL_VALUE_OBJECT) {
        value->of.list.first = sort_members(value->of.list.first, value->of.list.count);
        for (struct dl_member *m = value->of.list.first; m; m = m->next)
            value->of.list.last = m;
    }
    for (struct dl_member *m = value->of.list.first; m; m = m->next)
        dl_value_sort(m->value);
}

/* ---- numbers in texts ---- */

bool dl_value_parse_integer(struct dl_text text, int64_t *out)
{
    size_t i = 0;
    bool minus = text.len && text.at[0] == '-';
    uint64_t n = 0, most = (uint64_t)INT64_MAX + minus;

    if (text.len && (text.at[0] == '-' || text.at[0] == '+'))
        i = 1;
    if (i == text.len)
        return false;
    for (; i < text.len; i++) {
        unsigned digit = (unsigned char)text.at[i] - (unsigned)'0';

        if (digit > 9 || n > (most - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *out = (int64_t)(minus ? 0 - n : n);
    return true;
}

bool dl_value_parse_double(struct dl_text text, double *out)
{
    static const char allowed[] = "0123456789+-.eE";
    char copy[64], *end;

    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!memchr(allowed, text.at[i], sizeof allowed - 1))
            return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    *out = strtod(copy, &end); /* the program keeps LC_NUMERIC at C */
    return *end == '\0' && end != copy;
}

int64_t dl_value_whole(double value)
{
    if (value != value)
        return 0;
    if (value >= 0x1p63)
        return INT64_MAX;
    return value < -0x1p63 ? INT64_MIN : (int64_t)value;
}

bool dl_value_number(const struct dl_value *value, double *out)
{
    if (!value)
        return false;
    if (is_number(value)) {
        *out = as_double(value);
        return true;
    }
    return value->type == DL_VALUE_STRING && dl_value_parse_double(value->of.text, out);
}
