#include "pipeline/draft_line.h"

#include <string.h>

#include "base/text.h"

#define DIGITS_MAX 9 /* of a fraction of a second */
#define PATTERN_MAX 256

/* The start of a line, taken apart. */
struct start {
    char date[64];           /* pattern of Joda, "" without a date */
    size_t from, to;         /* of the date */
    size_t level, level_end; /* level == level_end: none */
    size_t rest;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    c = dl_ascii_lower(c);
    return c >= 'a' && c <= 'z';
}

/* A byte of the text, NUL past its end. */
static char at(struct dl_text t, size_t i)
{
    return i < t.len ? t.at[i] : '\0';
}

/* Whether the text has this shape here: 0 is a digit, a is a letter, the rest is itself. */
static bool has_shape(struct dl_text t, size_t i, const char *shape)
{
    for (; *shape; shape++, i++) {
        char c = at(t, i);

        if (*shape == '0' ? !is_digit(c) : *shape == 'a' ? !is_letter(c) : c != *shape)
            return false;
    }
    return true;
}

/* Fraction and zone behind the seconds. */
static size_t read_fraction(struct dl_text t, size_t i, char *pattern, size_t size)
{
    size_t n = 0, len = strlen(pattern);

    if ((at(t, i) == '.' || at(t, i) == ',') && is_digit(at(t, i + 1))) {
        pattern[len++] = at(t, i++);
        while (n < DIGITS_MAX && is_digit(at(t, i + n)) && len + 2 < size) {
            pattern[len++] = 'S';
            n++;
        }
        i += n;
    }
    pattern[len] = '\0';
    if (at(t, i) == 'Z')
        n = 1;
    else if (has_shape(t, i + 1, "00:00") && strchr("+-", at(t, i)))
        n = 6;
    else if (has_shape(t, i + 1, "0000") && at(t, i) && strchr("+-", at(t, i)))
        n = 5;
    else
        return i;
    if (len + 2 < size)
        memcpy(pattern + len, "Z", 2);
    return i + n;
}

/* A date that begins here; returns its end, or `i` itself. */
static size_t read_date(struct dl_text t, size_t i, char *pattern, size_t size)
{
    static const struct {
        const char *shape, *pattern;
        bool fraction;
    } dates[] = {{"0000-00-00T00:00:00", "yyyy-MM-dd'T'HH:mm:ss", true},
                 {"0000-00-00 00:00:00", "yyyy-MM-dd HH:mm:ss", true},
                 {"0000/00/00 00:00:00", "yyyy/MM/dd HH:mm:ss", true},
                 {"00-00-0000 00:00:00", "dd-MM-yyyy HH:mm:ss", true},
                 {"00/aaa/0000:00:00:00 +0000", "dd/MMM/yyyy:HH:mm:ss Z", false},
                 {"00/aaa/0000:00:00:00 -0000", "dd/MMM/yyyy:HH:mm:ss Z", false},
                 {"aaa 00 00:00:00", "MMM dd HH:mm:ss", false},
                 {"aaa  0 00:00:00", "MMM  d HH:mm:ss", false}};

    for (size_t d = 0; d < sizeof dates / sizeof *dates; d++) {
        if (!has_shape(t, i, dates[d].shape))
            continue;
        dl_text_copy(pattern, size, dates[d].pattern);
        i += strlen(dates[d].shape);
        return dates[d].fraction ? read_fraction(t, i, pattern, size) : i;
    }
    *pattern = '\0';
    return i;
}

static size_t read_level(struct dl_text t, size_t i)
{
    static const char *const levels[] = {"trace", "debug",   "info",  "information", "notice",
                                         "warn",  "warning", "error", "err",         "critical",
                                         "crit",  "alert",   "fatal", "emerg",       "emergency",
                                         "panic", "severe"};
    size_t n = 0;

    while (is_letter(at(t, i + n)))
        n++;
    for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
        if (strlen(levels[l]) == n && dl_ascii_equal_n(t.at + i, levels[l], n))
            return i + n;
    return i;
}

static size_t skip(struct dl_text t, size_t i)
{
    while (at(t, i) && strchr(" \t[]|:-", at(t, i)))
        i++;
    return i;
}

static void read_start(struct start *s, struct dl_text t)
{
    *s = (struct start){.from = skip(t, 0)};
    s->to = read_date(t, s->from, s->date, sizeof s->date);
    if (!*s->date)
        s->from = s->to = 0;
    s->level = skip(t, s->to);
    s->level_end = read_level(t, s->level);
    if (s->level == s->level_end)
        s->level = s->level_end = s->to;
    s->rest = s->level_end;
    if (s->rest)
        s->rest = skip(t, s->rest);
}

/* Text between the parts, for a rule: blanks of any number, the rest escaped. */
static void literal(char *to, size_t size, struct dl_text t, size_t from, size_t end)
{
    size_t n = strlen(to);

    for (size_t i = from; i < end && n + 4 < size; i++) {
        if (at(t, i) == ' ' || at(t, i) == '\t') {
            memcpy(to + n, "\\s+", 4);
            n += 3;
            while (i + 1 < end && (at(t, i + 1) == ' ' || at(t, i + 1) == '\t'))
                i++;
            continue;
        }
        if (strchr("[]|", at(t, i)))
            to[n++] = '\\';
        to[n++] = at(t, i);
        to[n] = '\0';
    }
}

static void append(char *to, size_t size, const char *text)
{
    size_t n = strlen(to);

    dl_text_copy(to + n, size - n, text);
}

/* Longer ones stand first: a rule that takes more of a line is to be tried before one that takes
 * any line. */
static void keep_rule(struct dl_line_rules *rules, struct dl_arena *arena, const char *pattern)
{
    size_t at = 0;
    const char *kept;

    for (size_t i = 0; i < rules->count; i++) {
        if (strcmp(rules->patterns[i], pattern) == 0)
            return;
        if (strlen(rules->patterns[i]) >= strlen(pattern))
            at = i + 1;
    }
    kept = dl_arena_copy(arena, pattern, strlen(pattern));
    if (rules->count == DL_DRAFT_RULES_MAX || !kept)
        return;
    memmove(rules->patterns + at + 1, rules->patterns + at,
            (rules->count - at) * sizeof *rules->patterns);
    rules->patterns[at] = kept;
    rules->count++;
}

void dl_line_rule(struct dl_line_rules *rules, struct dl_arena *arena, struct dl_text line)
{
    char pattern[PATTERN_MAX] = "", date[96];
    struct start s;

    read_start(&s, line);
    if (*s.date) {
        literal(pattern, sizeof pattern, line, 0, s.from);
        dl_text_format(date, sizeof date, "%%{date(\"%s\"):date}", s.date);
        append(pattern, sizeof pattern, date);
        rules->dated = true;
    }
    literal(pattern, sizeof pattern, line, s.to, s.level);
    if (s.level_end > s.level) {
        append(pattern, sizeof pattern, "%{word:level}");
        rules->levelled = true;
    }
    literal(pattern, sizeof pattern, line, s.level_end, s.rest);
    append(pattern, sizeof pattern, "%{data:msg}");
    keep_rule(rules, arena, pattern);
}

struct dl_text dl_line_rest(struct dl_text line)
{
    struct start s;

    read_start(&s, line);
    return (struct dl_text){line.at + s.rest, line.len - s.rest};
}

bool dl_line_pair(struct dl_text line, size_t *from, struct dl_text *key)
{
    for (size_t i = *from; i < line.len; i++) {
        size_t begin = i;

        while (is_letter(at(line, i)) || is_digit(at(line, i)) || (at(line, i) == '_') ||
               (i > begin && at(line, i) == '.'))
            i++;
        if (i > begin && is_letter(line.at[begin]) && at(line, i) == '=' && at(line, i + 1) &&
            !strchr(" =", at(line, i + 1))) {
            *key = (struct dl_text){line.at + begin, i - begin};
            *from = i + 1;
            return true;
        }
    }
    return false;
}
