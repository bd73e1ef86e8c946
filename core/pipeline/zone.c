/* Time zones: offsets, abbreviations, and the system's own tables (RFC 8536). */
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "pipeline/date.h"
#include "pipeline/zone_rule.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define ZONE_MAX (256 * 1024)
#define CACHE 16
#define DAY INT64_C(86400)

/* Abbreviations that logs use, in hours east of UTC; half hours in quarters. */
static const struct {
    const char *name;
    int quarters;
} names[] = {{"UTC", 0},   {"GMT", 0},   {"Z", 0},     {"UT", 0},    {"WET", 0},    {"WEST", 4},
             {"BST", 4},   {"CET", 4},   {"CEST", 8},  {"MET", 4},   {"MEST", 8},   {"EET", 8},
             {"EEST", 12}, {"MSK", 12},  {"IST", 22},  {"JST", 36},  {"KST", 36},   {"HKT", 32},
             {"SGT", 32},  {"AWST", 32}, {"ACST", 38}, {"ACDT", 42}, {"AEST", 40},  {"AEDT", 44},
             {"NZST", 48}, {"NZDT", 52}, {"EST", -20}, {"EDT", -16}, {"CST", -24},  {"CDT", -20},
             {"MST", -28}, {"MDT", -24}, {"PST", -32}, {"PDT", -28}, {"AKST", -36}, {"AKDT", -32},
             {"HST", -40}, {"AST", -16}, {"ADT", -12}, {"NST", -14}, {"NDT", -10},  {"BRT", -12},
             {"ART", -12}};

/* "+5", "+05", "+0530", "+05:30" */
static bool numeric(struct dl_text t, int64_t *offset)
{
    int64_t numbers[4] = {0};
    size_t n = 0;

    if (t.len < 2 || (t.at[0] != '+' && t.at[0] != '-'))
        return false;
    for (size_t i = 1; i < t.len; i++) {
        if (t.at[i] == ':' && (n == 1 || n == 2)) {
            if (n == 1) {
                numbers[1] = numbers[0];
                numbers[0] = 0;
                n = 2;
            }
            continue;
        }
        if (t.at[i] < '0' || t.at[i] > '9' || n == 4)
            return false;
        numbers[n++] = t.at[i] - '0';
    }
    if (n == 1)
        *offset = numbers[0] * 3600;
    else if (n == 3)
        return false;
    else
        *offset = (numbers[0] * 10 + numbers[1]) * 3600 + (numbers[2] * 10 + numbers[3]) * 60;
    if (*offset >= DAY || numbers[2] > 5)
        return false;
    if (t.at[0] == '-')
        *offset = -*offset;
    return true;
}

static bool by_name(struct dl_text t, int64_t *offset)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i].name) != t.len || !dl_ascii_equal_n(names[i].name, t.at, t.len))
            continue;
        *offset = names[i].quarters * 900;
        return true;
    }
    return false;
}

/* ---- tables ---- */

struct table {
    char name[64];
    struct dl_buffer bytes;
    bool good;
};

static int64_t big(const char *at, size_t n)
{
    uint64_t value = (unsigned char)*at & 0x80 && n < 8 ? UINT64_MAX : 0;

    for (size_t i = 0; i < n; i++)
        value = value << 8 | (unsigned char)at[i];
    return (int64_t)value;
}

/* A number of the header: without a sign, so that sums of a damaged one do not wrap. */
static size_t count(const char *at)
{
    return (size_t)(big(at, 4) & UINT32_MAX);
}

/* The part with 64-bit times; NULL if the file is not whole. */
static const char *long_part(const struct dl_buffer *b)
{
    const char *at = b->data;
    size_t skip;

    if (b->len < 44 || memcmp(at, "TZif", 4) != 0 || at[4] < '2')
        return NULL;
    skip = 44 + count(at + 32) * 5 + count(at + 36) * 6 + count(at + 40) + count(at + 28) * 8 +
           count(at + 24) + count(at + 20);
    return skip + 44 <= b->len && memcmp(at + skip, "TZif", 4) == 0 ? at + skip : NULL;
}

/* The rule for times past the last change, between the two line ends at the file's end; len 0:
 * there is none. at: behind the types of the part. */
static struct dl_text footer(const struct dl_buffer *b, const char *part, const char *at)
{
    size_t from = (size_t)(at - b->data) + count(part + 40) + count(part + 28) * 12 +
                  count(part + 24) + count(part + 20);
    const char *end;

    if (from >= b->len || b->data[from] != '\n')
        return (struct dl_text){"", 0};
    from++;
    end = memchr(b->data + from, '\n', b->len - from);
    return (struct dl_text){b->data + from, end ? (size_t)(end - b->data) - from : 0};
}

/* Offset of a local time: of the last change that is not after it, by the clock before the change;
 * past all changes by the file's rule. */
static bool look_up(const struct dl_buffer *b, int64_t local, int64_t *offset)
{
    const char *part = long_part(b), *times, *kinds, *types;
    size_t changes, type_count, kind = 0, i;

    if (!part)
        return false;
    changes = count(part + 32);
    type_count = count(part + 36);
    times = part + 44;
    kinds = times + changes * 8;
    types = kinds + changes;
    if (!type_count || (size_t)(types - b->data) + type_count * 6 > b->len)
        return false;
    for (i = 0; i < changes; i++) {
        size_t type = (unsigned char)kinds[i];
        size_t before = i ? (unsigned char)kinds[i - 1] : 0;

        if (type >= type_count || before >= type_count)
            return false;
        if (big(times + i * 8, 8) + big(types + before * 6, 4) > local)
            break;
        kind = type;
    }
    if (i == changes && dl_zone_rule(footer(b, part, types + type_count * 6), local, offset))
        return true;
    *offset = big(types + kind * 6, 4);
    return true;
}

static bool is_safe(struct dl_text t)
{
    if (t.len == 0 || t.len >= 60 || t.at[0] == '/' || t.at[0] == '.')
        return false;
    for (size_t i = 0; i < t.len; i++) {
        bool letter =
            ((t.at[i] | 32) >= 'a' && (t.at[i] | 32) <= 'z') || (t.at[i] >= '0' && t.at[i] <= '9');

        if (!letter && !strchr("/_+-", t.at[i]))
            return false;
    }
    return true;
}

/* The table of a zone, read once a thread and kept. */
static const struct table *table_of(struct dl_text zone)
{
    static _Thread_local struct table cache[CACHE];
    static _Thread_local size_t next;
    struct table *table;
    char path[128];

    for (size_t i = 0; i < CACHE; i++)
        if (dl_text_equals(zone, cache[i].name) && zone.len)
            return &cache[i];
    table = &cache[next++ % CACHE];
    dl_buffer_free(&table->bytes);
    dl_buffer_init(&table->bytes, ZONE_MAX);
    dl_text_format(table->name, sizeof table->name, "%.*s", (int)zone.len, zone.at);
    dl_text_format(path, sizeof path, ZONE_FOLDER "%s", table->name);
    table->good = dl_file_read(path, true, &table->bytes, NULL) == 0;
    return table;
}

bool dl_zone_offset(struct dl_text zone, int64_t local, int64_t *offset)
{
    const struct table *table;

    if (numeric(zone, offset) || by_name(zone, offset))
        return true;
    if (zone.len > 3 && (memcmp(zone.at, "UTC", 3) == 0 || memcmp(zone.at, "GMT", 3) == 0))
        return numeric((struct dl_text){zone.at + 3, zone.len - 3}, offset);
    if (!is_safe(zone))
        return false;
    table = table_of(zone);
    return table->good && look_up(&table->bytes, local, offset);
}
