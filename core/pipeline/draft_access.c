#include "pipeline/draft_access.h"

#include <string.h>

/* The request becomes the message, that of a broken client, too, which has no method and URL; what
 * a server was told to write behind the agent stands in "extra" below the source. */
const char dl_access_support[] =
    "client %{ipOrHost:network.client.ip}\n"
    "names %{notSpace:http.ident:nullIf(\"-\")} %{notSpace:http.auth:nullIf(\"-\")}\n"
    "time \\[%{date(\"dd/MMM/yyyy:HH:mm:ss Z\"):date}\\]\n"
    "version HTTP\\/%{regex(\"\\\\d+(\\\\.\\\\d+)?\"):http.version}\n"
    "request (?>%{word:http.method} %{notSpace:http.url}(?> %{version})?|[^\"]*)\n"
    "size (?>%{integer:network.bytes_written}|-)\n"
    "referer \"%{data:http.referer:nullIf(\"-\")}\"\n"
    "agent \"%{data:http.useragent:nullIf(\"-\")}\"\n";
const char dl_access_common[] =
    "access_common %{client} %{names} %{time} \"%{request:msg}\" %{integer:http.status_code} "
    "%{size}\n";

/* ---- which lines ---- */

/* Behind the word that begins here and its blank; 0: there is none. */
static size_t word(struct dl_text t, size_t i)
{
    size_t begin = i;

    while (i < t.len && t.at[i] != ' ' && t.at[i] != '"')
        i++;
    return i > begin && i < t.len && t.at[i] == ' ' ? i + 1 : 0;
}

/* Behind a text between two marks, whose end may be written with a backslash before it. */
static size_t between(struct dl_text t, size_t i, char open, char close)
{
    if (i >= t.len || t.at[i] != open)
        return 0;
    for (i++; i < t.len && t.at[i] != close; i++)
        if (t.at[i] == '\\')
            i++;
    return i < t.len ? i + 1 : 0;
}

/* Behind this many digits, or any number of them where `count` is 0. */
static size_t digits(struct dl_text t, size_t i, size_t count)
{
    size_t begin = i;

    while (i < t.len && t.at[i] >= '0' && t.at[i] <= '9')
        i++;
    return i > begin && (!count || i - begin == count) ? i : 0;
}

static size_t blank(struct dl_text t, size_t i)
{
    return i && i < t.len && t.at[i] == ' ' ? i + 1 : 0;
}

static bool is_time(struct dl_text t, size_t i)
{
    static const char shape[] = "[00/aaa/0000:00:00:00 ";

    for (size_t n = 0; shape[n]; n++, i++) {
        char c = i < t.len ? t.at[i] : '\0';

        if (shape[n] == '0' ? c < '0' || c > '9' : shape[n] == 'a' ? (c | 32) < 'a' : c != shape[n])
            return false;
    }
    return true;
}

enum dl_access dl_access_line(struct dl_text line)
{
    size_t i = word(line, 0), end;

    for (int name = 0; name < 2 && i; name++)
        i = word(line, i);
    if (!i || !is_time(line, i))
        return DL_ACCESS_NONE;
    i = blank(line, between(line, i, '[', ']'));
    i = i ? blank(line, between(line, i, '"', '"')) : 0;
    i = i ? blank(line, digits(line, i, 3)) : 0;
    if (!i || i >= line.len)
        return DL_ACCESS_NONE;
    end = line.at[i] == '-' ? i + 1 : digits(line, i, 0);
    if (end == line.len)
        return DL_ACCESS_COMMON;
    i = blank(line, end);
    i = i ? blank(line, between(line, i, '"', '"')) : 0;
    i = i ? between(line, i, '"', '"') : 0;
    return i && (i == line.len || line.at[i] == ' ') ? DL_ACCESS_COMBINED : DL_ACCESS_NONE;
}

/* ---- processors ---- */

static void put(struct dl_arena *arena, struct dl_value *into, const char *key,
                struct dl_value *value)
{
    dl_value_put(arena, into, (struct dl_text){key, strlen(key)}, value);
}

static struct dl_value *text(struct dl_arena *arena, const char *words)
{
    return dl_value_text(arena, words, strlen(words));
}

static struct dl_value *processor(struct dl_arena *arena, struct dl_value *processors,
                                  const char *type, const char *name)
{
    struct dl_value *p = dl_value_object(arena);

    put(arena, p, "type", text(arena, type));
    put(arena, p, "name", text(arena, name));
    put(arena, p, "enabled", dl_value_bool(arena, true));
    dl_value_append(arena, processors, p);
    return p;
}

static void read_from(struct dl_arena *arena, struct dl_value *p, const char *source,
                      const char *target)
{
    struct dl_value *sources = dl_value_array(arena);

    dl_value_append(arena, sources, text(arena, source));
    put(arena, p, "sources", sources);
    put(arena, p, "target", text(arena, target));
}

static void add_categories(struct dl_arena *arena, struct dl_value *processors)
{
    static const struct {
        const char *query, *name;
    } categories[] = {{"@http.status_code:[200 TO 299]", "OK"},
                      {"@http.status_code:[300 TO 399]", "notice"},
                      {"@http.status_code:[400 TO 499]", "warning"},
                      {"@http.status_code:[500 TO 599]", "error"}};
    struct dl_value *p =
        processor(arena, processors, "category-processor", "Categorise status code");
    struct dl_value *list = dl_value_array(arena);

    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
        struct dl_value *category = dl_value_object(arena), *filter = dl_value_object(arena);

        put(arena, filter, "query", text(arena, categories[i].query));
        put(arena, category, "filter", filter);
        put(arena, category, "name", text(arena, categories[i].name));
        dl_value_append(arena, list, category);
    }
    put(arena, p, "categories", list);
    put(arena, p, "target", text(arena, DL_ACCESS_STATUS));
}

void dl_access_processors(struct dl_arena *arena, struct dl_value *processors, bool agent)
{
    struct dl_value *p = processor(arena, processors, "url-parser", "Parse URL");

    read_from(arena, p, "http.url", "http.url_details");
    put(arena, p, "normalizeEndingSlashes", dl_value_bool(arena, false));
    if (agent) {
        p = processor(arena, processors, "user-agent-parser", "Parse user agent");
        read_from(arena, p, "http.useragent", "http.useragent_details");
        put(arena, p, "encoded", dl_value_bool(arena, false));
        put(arena, p, "combineVersionDetails", dl_value_bool(arena, false));
    }
    add_categories(arena, processors);
}
