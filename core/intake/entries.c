#include "intake/entries.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

struct scan {
    const char *at, *end;
};

static bool value(struct scan *s, unsigned depth);

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void blanks(struct scan *s)
{
    while (s->at < s->end && is_blank(*s->at))
        s->at++;
}

static bool take(struct scan *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool escape(struct scan *s)
{
    if (s->at == s->end)
        return false;
    char c = *s->at++;
    if (c != 'u')
        return c != '\0' && strchr("\"\\/bfnrt", c) != NULL;
    for (int i = 0; i < 4; i++)
        if (s->at == s->end || !is_hex(*s->at++))
            return false;
    return true;
}

/* The rest of a string behind its opening quote. */
static bool string(struct scan *s)
{
    uint32_t code;

    while (s->at < s->end) {
        unsigned char c = (unsigned char)*s->at;
        if (c >= 0x80) {
            size_t n = dl_utf8_decode(s->at, (size_t)(s->end - s->at), &code);
            if (n == 0)
                return false;
            s->at += n;
            continue;
        }
        s->at++;
        if (c == '"')
            return true;
        if (c < 0x20 || (c == '\\' && !escape(s)))
            return false;
    }
    return false;
}

static bool digits(struct scan *s)
{
    const char *from = s->at;

    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return s->at > from;
}

static bool number(struct scan *s)
{
    take(s, '-');
    if (!take(s, '0') && !digits(s))
        return false;
    if (take(s, '.') && !digits(s))
        return false;
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+'))
            take(s, '-');
        return digits(s);
    }
    return true;
}

static bool word(struct scan *s, const char *text)
{
    size_t len = strlen(text);

    if ((size_t)(s->end - s->at) < len || memcmp(s->at, text, len) != 0)
        return false;
    s->at += len;
    return true;
}

/* The rest of an array or object behind its opening bracket. */
static bool container(struct scan *s, bool object, unsigned depth)
{
    char last = object ? '}' : ']';

    if (depth == 0)
        return false;
    blanks(s);
    if (take(s, last))
        return true;
    do {
        blanks(s);
        if (object) {
            if (!take(s, '"') || !string(s))
                return false;
            blanks(s);
            if (!take(s, ':'))
                return false;
            blanks(s);
        }
        if (!value(s, depth - 1))
            return false;
        blanks(s);
    } while (take(s, ','));
    return take(s, last);
}

static bool value(struct scan *s, unsigned depth)
{
    if (s->at == s->end)
        return false;
    switch (*s->at) {
    case '{':
    case '[':
        s->at++;
        return container(s, s->at[-1] == '{', depth);
    case '"':
        s->at++;
        return string(s);
    case 't':
        return word(s, "true");
    case 'f':
        return word(s, "false");
    case 'n':
        return word(s, "null");
    default:
        return number(s);
    }
}

static int add(struct dl_intake_entries *out, const char *text, const char *from, const char *to)
{
    if (out->count == DL_INTAKE_ENTRIES_MAX)
        return -DL_E_LIMIT;
    out->spans[out->count++] =
        (struct dl_intake_span){(uint32_t)(from - text), (uint32_t)(to - from)};
    return 0;
}

/* One log of the array or the body itself. */
static int object(struct dl_intake_entries *out, struct scan *s, const char *text, unsigned depth)
{
    const char *from = s->at;

    if (s->at == s->end || *s->at != '{' || !value(s, depth))
        return -DL_E_VALUE;
    return add(out, text, from, s->at);
}

static int array(struct dl_intake_entries *out, struct scan *s, const char *text)
{
    int rc;

    blanks(s);
    if (take(s, ']'))
        return 0;
    do {
        blanks(s);
        if ((rc = object(out, s, text, DL_INTAKE_DEPTH_MAX - 1)) < 0)
            return rc;
        blanks(s);
    } while (take(s, ','));
    return take(s, ']') ? 0 : -DL_E_VALUE;
}

/* An object without a member. */
static bool is_empty(const char *json, size_t len)
{
    struct scan s = {json + 1, json + len};

    blanks(&s);
    return s.at < s.end && *s.at == '}';
}

int dl_intake_split_json(struct dl_intake_entries *out, const char *text, size_t len)
{
    struct scan s = {text, text + len};
    int rc;

    out->count = 0;
    blanks(&s);
    if (s.at == s.end)
        return 0;
    if (take(&s, '[')) {
        rc = array(out, &s, text);
    } else {
        rc = object(out, &s, text, DL_INTAKE_DEPTH_MAX);
        if (rc == 0 && is_empty(text + out->spans[0].start, out->spans[0].length))
            out->count = 0;
    }
    blanks(&s);
    if (rc == 0 && s.at < s.end)
        return -DL_E_VALUE;
    return rc;
}

static int add_line(struct dl_intake_entries *out, const char *text, const char *from,
                    const char *to)
{
    while (to > from && is_blank(to[-1]))
        to--;
    return to > from ? add(out, text, from, to) : 0;
}

int dl_intake_split_text(struct dl_intake_entries *out, const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    int rc;

    out->count = 0;
    while (at < end) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        if (!line)
            line = end;
        if ((rc = add_line(out, text, at, line)) < 0)
            return rc;
        at = line + (line < end);
    }
    return 0;
}

/* The length in front of a frame; at most 7 digits, no leading zero, one space behind. */
static bool frame_length(struct scan *s, size_t *length)
{
    const char *from = s->at;

    *length = 0;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9' && s->at - from < 7)
        *length = *length * 10 + (size_t)(*s->at++ - '0');
    return s->at > from && *from != '0' && take(s, ' ');
}

int dl_intake_split_logplex(struct dl_intake_entries *out, const char *text, size_t len)
{
    struct scan s = {text, text + len};
    size_t length;
    int rc;

    if (!frame_length(&s, &length) || s.at == s.end || *s.at != '<')
        return dl_intake_split_text(out, text, len);
    out->count = 0;
    s.at = text;
    while (s.at < s.end) {
        if (!frame_length(&s, &length) || length > (size_t)(s.end - s.at))
            return -DL_E_VALUE;
        if ((rc = add_line(out, text, s.at, s.at + length)) < 0)
            return rc;
        s.at += length;
    }
    return 0;
}

int dl_intake_compact(struct dl_buffer *out, const char *json, size_t len)
{
    struct scan s = {json, json + len};
    int rc = 0;

    while (rc == 0 && s.at < s.end) {
        const char *from;
        blanks(&s);
        from = s.at;
        while (s.at < s.end && !is_blank(*s.at))
            if (*s.at++ == '"' && !string(&s))
                return -DL_E_VALUE;
        rc = dl_buffer_add(out, from, (size_t)(s.at - from));
    }
    return rc;
}

/* The inside of the string value of the object's own "message". */
static bool find_message(const char *json, size_t len, struct scan *inside)
{
    struct scan s = {json + 1, json + len};

    do {
        blanks(&s);
        const char *key = s.at;
        if (!take(&s, '"') || !string(&s))
            return false;
        bool found = s.at - key == 9 && memcmp(key, "\"message\"", 9) == 0;
        blanks(&s);
        take(&s, ':');
        blanks(&s);
        const char *from = s.at + 1;
        bool text = *s.at == '"';
        if (!value(&s, DL_INTAKE_DEPTH_MAX))
            return false;
        if (found && text) {
            *inside = (struct scan){from, s.at - 1};
            return true;
        }
        blanks(&s);
    } while (take(&s, ','));
    return false;
}

/* The most of a string's inside that `room` bytes hold without a split character or escape. */
static const char *fitting(struct scan inside, size_t room)
{
    struct scan s = inside;
    uint32_t code;

    while (s.at < s.end) {
        const char *from = s.at;
        if (*s.at == '\\') {
            s.at++;
            escape(&s);
        } else {
            s.at += dl_utf8_decode(s.at, (size_t)(s.end - s.at), &code);
        }
        if ((size_t)(s.at - inside.at) > room)
            return from;
    }
    return s.at;
}

int dl_intake_cut(struct dl_buffer *out, const char *json, size_t len)
{
    size_t excess = len - DL_INTAKE_ENTRY_MAX;
    struct scan inside;
    int rc;

    if (find_message(json, len, &inside) && (size_t)(inside.end - inside.at) >= excess) {
        const char *to = fitting(inside, (size_t)(inside.end - inside.at) - excess);
        struct dl_buffer shorter;
        dl_buffer_init(&shorter, DL_INTAKE_BODY_MAX);
        rc = dl_buffer_add(&shorter, json, (size_t)(to - json));
        if (rc == 0)
            rc = dl_buffer_add(&shorter, inside.end, (size_t)(json + len - inside.end));
        if (rc == 0)
            rc = dl_intake_compact(out, shorter.data, shorter.len);
        dl_buffer_free(&shorter);
        return rc;
    }
    rc = dl_buffer_text(out, "{\"message\":\"");
    if (rc == 0)
        rc = dl_json_escape(out, json, dl_utf8_cut(json, len, DL_INTAKE_ENTRY_MAX));
    return rc < 0 ? rc : dl_buffer_text(out, "\"}");
}
