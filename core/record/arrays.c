#include "record/arrays.h"

#include <stdint.h>
#include <string.h>

#include "record/escape.h"
#include "record/plain.h"
#include "record/scan.h"

#define NOT_ARRAY UINT32_MAX

struct walk {
    char *to; /* NULL: only measured */
    size_t written;
    enum dl_arrays policy;
    bool mend;
    const char *from, *end;           /* what is read but not written begins at `from` */
    unsigned depth;                   /* 0: among the members of the log itself */
    uint32_t next[DL_SCAN_DEPTH + 1]; /* of each open level: the next element's index */
};

static void put(struct walk *w, const char *text, size_t len)
{
    char *to = w->to ? w->to + w->written : NULL;
    size_t used;

    if (w->mend) {
        w->written += dl_mend(to, SIZE_MAX, text, len, &used);
        return;
    }
    if (to)
        memcpy(to, text, len);
    w->written += len;
}

/* Writes what stands before p as it is and goes on behind `behind`. */
static void flush(struct walk *w, const char *p, const char *behind)
{
    put(w, w->from, (size_t)(p - w->from));
    w->from = behind;
}

/* p is at the opening quote. Returns behind the closing one. */
static const char *string_end(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        p = dl_plain_end(p, end);
        if (p == end || *p == '"')
            break;
        if (*p == '\\')
            p++;
    }
    return p < end ? p + 1 : end;
}

/* Behind a number or word. */
static const char *word_end(const char *p, const char *end)
{
    while (p < end && *p != ',' && *p != ']' && *p != '}' && (unsigned char)*p > ' ')
        p++;
    return p;
}

/* p is at a bracket. Returns behind its partner if all between are scalars, or NULL. It is looked
 * at no further than the first bracket or brace, so no byte is looked at twice. */
static const char *scalars_end(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        if (*p == ']')
            return p + 1;
        if (*p == '[' || *p == '{')
            return NULL;
        if (*p == '"')
            p = string_end(p, end) - 1;
    }
    return NULL;
}

/* The array of scalars from p to behind as one string; escapes inside strings stay as they are. */
static void put_joined(struct walk *w, const char *p, const char *behind)
{
    const char *separator = "";

    put(w, "\"", 1);
    for (p++; p < behind - 1;) {
        const char *last;

        if (*p == ',' || (unsigned char)*p <= ' ') {
            p++;
            continue;
        }
        put(w, separator, strlen(separator));
        separator = DL_ARRAYS_SEPARATOR;
        last = *p == '"' ? string_end(p, behind) : word_end(p, behind);
        if (*p == '"')
            put(w, p + 1, (size_t)(last - p) - 2);
        else
            put(w, p, (size_t)(last - p));
        p = last;
    }
    put(w, "\"", 1);
}

/* A value begins at p: inside an array it gets its index for a name. */
static void begin_value(struct walk *w, const char *p)
{
    char name[16], *c = name + sizeof name;
    uint32_t index = w->next[w->depth];

    if (index == NOT_ARRAY)
        return;
    w->next[w->depth]++;
    *--c = ':';
    *--c = '"';
    do
        *--c = (char)('0' + index % 10);
    while (index /= 10);
    *--c = '"';
    flush(w, p, p);
    put(w, c, (size_t)(name + sizeof name - c));
}

/* p is at a bracket; returns where to go on. */
static const char *begin_array(struct walk *w, const char *p)
{
    const char *behind = w->policy == DL_ARRAYS_JOIN ? scalars_end(p, w->end) : NULL;

    if (behind) {
        flush(w, p, behind);
        put_joined(w, p, behind);
        return behind;
    }
    flush(w, p, p + 1);
    put(w, "{", 1);
    w->next[++w->depth] = 0;
    return p + 1;
}

static const char *step(struct walk *w, const char *p)
{
    switch (*p) {
    case '[':
        begin_value(w, p);
        return begin_array(w, p);
    case ']':
        flush(w, p, p + 1);
        put(w, "}", 1);
        w->depth--;
        return p + 1;
    case '{':
        begin_value(w, p);
        w->next[++w->depth] = NOT_ARRAY;
        return p + 1;
    case '}':
        w->depth--;
        return p + 1;
    case '"': /* or a name: those stand in objects alone, where nothing is added */
        begin_value(w, p);
        return string_end(p, w->end);
    case ',':
    case ':':
    case ' ':
    case '\t':
    case '\n':
    case '\r':
        return p + 1;
    default:
        begin_value(w, p);
        return word_end(p, w->end);
    }
}

size_t dl_arrays_write(char *to, enum dl_arrays policy, bool mend, const char *json, size_t len)
{
    struct walk w = {.to = to, .policy = policy, .mend = mend, .from = json, .end = json + len};
    const char *p = json;

    w.next[0] = NOT_ARRAY;
    while (p < w.end)
        p = step(&w, p);
    flush(&w, w.end, w.end);
    return w.written;
}
