/* Values as text: Java's doubles, compact JSON, and Jackson's pretty printer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "pipeline/value.h"

/* The fewest digits that read back as the same number: "d" or "ddd", and the exponent of the first
 * digit. */
static int shortest(double value, char *digits, size_t size)
{
    char text[40];
    int precision = 14, exponent;
    size_t n = 0;

    /* 15 digits are exact for most; what ends in zeros is cut below */
    do
        snprintf(text, sizeof text, "%.*e", precision, value);
    while (strtod(text, NULL) != value && ++precision < 17);
    exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    for (const char *c = text; *c && *c != 'e'; c++)
        if (*c >= '0' && *c <= '9' && n + 1 < size)
            digits[n++] = *c;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    return exponent;
}

/* Decimal digits into at least 24 bytes; returns how many. */
static size_t print_integer(int64_t value, char *to)
{
    char digits[24];
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    size_t n = 0, len = 0;

    do
        digits[n++] = (char)('0' + left % 10);
    while (left /= 10);
    if (value < 0)
        to[len++] = '-';
    while (n)
        to[len++] = digits[--n];
    return len;
}

/* Numbers of up to three decimals, which most are, without printf: the decimal that divides to the
 * same double is the shortest that reads back as it. False: it has more. */
static bool print_short(double value, const char *sign, char *to)
{
    int64_t thousandths = (int64_t)(value * 1000 + 0.5);
    int left = (int)(thousandths % 1000);
    size_t n = strlen(sign);

    if ((double)thousandths / 1000 != value)
        return false;
    memcpy(to, sign, n);
    n += print_integer(thousandths / 1000, to + n);
    to[n++] = '.';
    for (int unit = 100; left || unit == 100; unit /= 10) {
        to[n++] = (char)('0' + left / unit);
        left %= unit;
    }
    to[n] = '\0';
    return true;
}

void dl_value_print_double(double value, char *to, size_t size)
{
    char digits[24];
    const char *sign = signbit(value) ? "-" : "";
    int exponent, n;

    if (isnan(value) || isinf(value) || value == 0) {
        snprintf(to, size, "%s%s", isnan(value) ? "" : sign,
                 isnan(value) ? "NaN"
                 : value == 0 ? "0.0"
                              : "Infinity");
        return;
    }
    value = fabs(value);
    if (value >= 1e-3 && value < 1e7 && print_short(value, sign, to))
        return;
    exponent = shortest(value, digits, sizeof digits);
    n = (int)strlen(digits);
    if (value < 1e-3 || value >= 1e7)
        snprintf(to, size, "%s%c.%sE%d", sign, digits[0], n > 1 ? digits + 1 : "0", exponent);
    else if (exponent < 0)
        snprintf(to, size, "%s0.%.*s%s", sign, -exponent - 1, "000", digits);
    else if (n <= exponent + 1)
        snprintf(to, size, "%s%s%.*s.0", sign, digits, exponent + 1 - n, "00000000");
    else
        snprintf(to, size, "%s%.*s.%s", sign, exponent + 1, digits, digits + exponent + 1);
}

struct dl_text dl_value_print(struct dl_arena *arena, const struct dl_value *value)
{
    struct dl_text text = {"", 0};
    char number[40];

    if (!value)
        return text;
    switch (value->type) {
    case DL_VALUE_STRING:
        return value->of.text;
    case DL_VALUE_BOOL:
        return value->of.boolean ? DL_TEXT("true") : DL_TEXT("false");
    case DL_VALUE_INTEGER:
        text.len = print_integer(value->of.integer, number);
        text.at = dl_arena_copy(arena, number, text.len);
        break;
    case DL_VALUE_DOUBLE:
        dl_value_print_double(value->of.real, number, sizeof number);
        text.at = dl_arena_format(arena, &text.len, "%s", number);
        break;
    case DL_VALUE_ARRAY:
    case DL_VALUE_OBJECT: {
        struct dl_buffer out;

        dl_buffer_init(&out, arena->max);
        if (dl_value_json(&out, value) == 0)
            text = (struct dl_text){dl_arena_copy(arena, dl_buffer_string(&out), out.len), out.len};
        else
            arena->failed = true;
        dl_buffer_free(&out);
        break;
    }
    default:
        return DL_TEXT("null");
    }
    return text.at ? text : (struct dl_text){"", 0};
}

/* ---- JSON ---- */

static int quoted(struct dl_buffer *out, struct dl_text text)
{
    int rc = dl_buffer_char(out, '"');

    rc = rc ? rc : dl_json_escape(out, text.at, text.len);
    return rc ? rc : dl_buffer_char(out, '"');
}

static int scalar(struct dl_buffer *out, const struct dl_value *value)
{
    char number[40];

    switch (value ? value->type : DL_VALUE_NULL) {
    case DL_VALUE_BOOL:
        return dl_buffer_text(out, value->of.boolean ? "true" : "false");
    case DL_VALUE_INTEGER:
        return dl_buffer_add(out, number, print_integer(value->of.integer, number));
    case DL_VALUE_DOUBLE:
        dl_value_print_double(value->of.real, number, sizeof number);
        /* JSON has no word for them */
        return dl_buffer_text(out, isfinite(value->of.real) ? number : "null");
    case DL_VALUE_STRING:
        return quoted(out, value->of.text);
    default:
        return dl_buffer_text(out, "null");
    }
}

int dl_value_json(struct dl_buffer *out, const struct dl_value *value)
{
    bool object = dl_value_is(value, DL_VALUE_OBJECT);
    int rc;

    if (!value || value->type < DL_VALUE_ARRAY)
        return scalar(out, value);
    rc = dl_buffer_char(out, object ? '{' : '[');
    for (const struct dl_member *m = value->of.list.first; m && rc == 0; m = m->next) {
        if (object)
            rc = quoted(out, m->key);
        if (object && rc == 0)
            rc = dl_buffer_char(out, ':');
        if (rc == 0)
            rc = dl_value_json(out, m->value);
        if (m->next && rc == 0)
            rc = dl_buffer_char(out, ',');
    }
    return rc ? rc : dl_buffer_char(out, object ? '}' : ']');
}

/* ---- Jackson's pretty printer over java.util.HashMap ---- */

/* String.hashCode over UTF-16 units, spread as HashMap does. */
static uint32_t java_hash(struct dl_text key)
{
    uint32_t h = 0;

    for (size_t i = 0; i < key.len;) {
        unsigned char c = (unsigned char)key.at[i];
        size_t more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
        uint32_t code = more == 0 ? c : c & (0x3fu >> more);

        i++;
        for (; more && i < key.len; more--, i++)
            code = code << 6 | ((unsigned char)key.at[i] & 0x3f);
        if (code >= 0x10000) {
            h = h * 31 + (0xd800 + ((code - 0x10000) >> 10));
            code = 0xdc00 + ((code - 0x10000) & 0x3ff);
        }
        h = h * 31 + code;
    }
    return h ^ h >> 16;
}

struct slot {
    uint32_t bucket;
    size_t order;
    const struct dl_member *member;
};

static int by_bucket(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;

    if (x->bucket != y->bucket)
        return x->bucket < y->bucket ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* The members in the map's order: buckets ascending, within one as they were put in. */
static struct slot *map_order(const struct dl_value *object)
{
    size_t count = object->of.list.count, size = 16, i = 0;
    struct slot *slots = calloc(count ? count : 1, sizeof *slots);

    while (size * 3 / 4 < count)
        size *= 2;
    for (const struct dl_member *m = object->of.list.first; m && slots; m = m->next, i++)
        slots[i] = (struct slot){java_hash(m->key) & (uint32_t)(size - 1), i, m};
    if (slots)
        qsort(slots, count, sizeof *slots, by_bucket);
    return slots;
}

static int pretty(struct dl_buffer *out, const struct dl_value *value, unsigned depth);

static int new_line(struct dl_buffer *out, unsigned depth)
{
    static const char blanks[] = "                                ";
    size_t left = (size_t)2 * depth;
    int rc = dl_buffer_char(out, '\n');

    while (left && rc == 0) {
        size_t n = left < sizeof blanks - 1 ? left : sizeof blanks - 1;

        rc = dl_buffer_add(out, blanks, n);
        left -= n;
    }
    return rc;
}

static int pretty_object(struct dl_buffer *out, const struct dl_value *value, unsigned depth)
{
    struct slot *slots;
    int rc;

    if (value->of.list.count == 0)
        return dl_buffer_text(out, "{ }");
    slots = map_order(value);
    if (!slots)
        return -DL_E_NOMEM;
    rc = dl_buffer_char(out, '{');
    for (size_t i = 0; i < value->of.list.count && rc == 0; i++) {
        rc = i ? dl_buffer_char(out, ',') : 0;
        rc = rc ? rc : new_line(out, depth + 1);
        rc = rc ? rc : quoted(out, slots[i].member->key);
        rc = rc ? rc : dl_buffer_text(out, " : ");
        rc = rc ? rc : pretty(out, slots[i].member->value, depth + 1);
    }
    free(slots);
    rc = rc ? rc : new_line(out, depth);
    return rc ? rc : dl_buffer_char(out, '}');
}

static int pretty(struct dl_buffer *out, const struct dl_value *value, unsigned depth)
{
    int rc;

    if (dl_value_is(value, DL_VALUE_OBJECT))
        return pretty_object(out, value, depth);
    if (!dl_value_is(value, DL_VALUE_ARRAY))
        return scalar(out, value);
    if (value->of.list.count == 0)
        return dl_buffer_text(out, "[ ]");
    rc = dl_buffer_text(out, "[ ");
    for (const struct dl_member *m = value->of.list.first; m && rc == 0; m = m->next) {
        rc = pretty(out, m->value, depth);
        if (m->next && rc == 0)
            rc = dl_buffer_text(out, ", ");
    }
    return rc ? rc : dl_buffer_text(out, " ]");
}

int dl_value_pretty(struct dl_buffer *out, const struct dl_value *value)
{
    return pretty(out, value, 0);
}
