/* User agents by the patterns of uap-core (github.com/ua-parser/uap-core): the file is read once, a
 * pattern is compiled when it is first tried. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "pipeline/grok_private.h"
#include "pipeline/parse.h"
#include "pipeline/value_read.h"

#define FILE_MAX (8 * 1024 * 1024)
#define AGENTS_KEPT 1024 /* agents whose patterns are remembered, each in the place of its hash */
#define AGENT_BYTES_MAX 512 /* longer ones are looked for every time */
#define PARTS_MAX 5 /* family and four parts of a version; family, brand, model of a device */

enum list { BROWSERS, SYSTEMS, DEVICES, LISTS };

struct pattern {
    struct dl_text regex;
    struct dl_text parts[PARTS_MAX]; /* replacements, len 0: none */
    bool ignore_case, bad;
    pcre2_code *code; /* compiled when it is first tried */
};

/* Which patterns an agent fits: logs repeat few agents, and there are a thousand patterns to try.
 */
struct agent {
    size_t len;
    char text[AGENT_BYTES_MAX];
    bool searched[LISTS];
    const struct pattern *found[LISTS]; /* NULL: none fits */
};

static struct {
    struct dl_arena arena;
    struct agent agents[AGENTS_KEPT];
    struct pattern *patterns[LISTS];
    size_t counts[LISTS];
    pcre2_match_data *data;
    pcre2_match_context *context;
} known;

static const struct {
    const char *name;
    const char *parts[PARTS_MAX];
} lists[LISTS] = {{"user_agent_parsers",
                   {"family_replacement", "v1_replacement", "v2_replacement", "v3_replacement",
                    "v4_replacement"}},
                  {"os_parsers",
                   {"os_replacement", "os_v1_replacement", "os_v2_replacement", "os_v3_replacement",
                    "os_v4_replacement"}},
                  {"device_parsers",
                   {"device_replacement", "brand_replacement", "model_replacement", NULL, NULL}}};

static struct dl_text text_of(const struct dl_value *object, const char *name)
{
    const struct dl_value *v = dl_value_get(object, name);

    if (dl_value_is(v, DL_VALUE_STRING))
        return v->of.text;
    return v && v->type != DL_VALUE_NULL ? dl_value_print(&known.arena, v)
                                         : (struct dl_text){"", 0};
}

static int take_list(enum list list, const struct dl_value *document, struct dl_error *err)
{
    const struct dl_value *all = dl_value_get(document, lists[list].name);
    size_t n = 0;

    if (!dl_value_is(all, DL_VALUE_ARRAY))
        return dl_error_set(err, DL_E_VALUE, "there is no list %s", lists[list].name);
    known.patterns[list] =
        dl_arena_take(&known.arena, (all->of.list.count + 1) * sizeof **known.patterns);
    if (!known.patterns[list])
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for user agents");
    for (const struct dl_member *m = all->of.list.first; m; m = m->next) {
        struct pattern *p = &known.patterns[list][n++];

        p->regex = text_of(m->value, "regex");
        p->ignore_case = text_of(m->value, "regex_flag").len > 0;
        for (int i = 0; i < PARTS_MAX && lists[list].parts[i]; i++)
            p->parts[i] = text_of(m->value, lists[list].parts[i]);
    }
    known.counts[list] = n;
    return 0;
}

int dl_useragent_load(const char *path, struct dl_error *err)
{
    struct dl_value *document = NULL;
    struct dl_buffer text;
    int rc;

    dl_useragent_unload();
    dl_arena_init(&known.arena, 16 * FILE_MAX);
    dl_buffer_init(&text, FILE_MAX);
    rc = dl_file_read(path, true, &text, err);
    if (rc == 0)
        rc = dl_value_read_yaml(&document, &known.arena, dl_buffer_string(&text), text.len, err);
    dl_buffer_free(&text);
    for (int list = 0; list < LISTS && rc == 0; list++)
        rc = take_list((enum list)list, document, err);
    if (rc == 0) {
        known.data = pcre2_match_data_create(32, NULL);
        known.context = pcre2_match_context_create(NULL);
        if (!known.data || !known.context)
            rc = dl_error_set(err, DL_E_NOMEM, "there is no memory for user agents");
        else
            pcre2_set_match_limit(known.context, DL_GROK_MATCH_LIMIT);
    }
    if (rc < 0)
        dl_useragent_unload();
    return rc;
}

void dl_useragent_unload(void)
{
    for (int list = 0; list < LISTS; list++) {
        for (size_t i = 0; i < known.counts[list]; i++)
            pcre2_code_free(known.patterns[list][i].code);
        known.counts[list] = 0;
    }
    memset(known.agents, 0, sizeof known.agents);
    pcre2_match_data_free(known.data);
    pcre2_match_context_free(known.context);
    known.data = NULL;
    known.context = NULL;
    dl_arena_free(&known.arena);
}

bool dl_useragent_is_loaded(void)
{
    return known.data != NULL;
}

static bool compile(struct pattern *p)
{
    int number;
    size_t offset;

    if (p->code || p->bad)
        return p->code != NULL;
    p->code =
        pcre2_compile((PCRE2_SPTR)p->regex.at, p->regex.len,
                      PCRE2_UTF | (p->ignore_case ? PCRE2_CASELESS : 0), &number, &offset, NULL);
    p->bad = !p->code;
    if (p->code)
        pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
    return p->code != NULL;
}

static int match(const struct pattern *p, struct dl_text text)
{
    return pcre2_match(p->code, (PCRE2_SPTR)text.at, text.len, 0, PCRE2_NO_UTF_CHECK, known.data,
                       known.context);
}

static const struct pattern *search(enum list list, struct dl_text text, int *groups)
{
    for (size_t i = 0; i < known.counts[list]; i++) {
        struct pattern *p = &known.patterns[list][i];

        if (!compile(p))
            continue;
        *groups = match(p, text);
        if (*groups >= 0)
            return p;
    }
    return NULL;
}

/* Where an agent is remembered, made empty for it if another was there; NULL: it is too long. */
static struct agent *agent_of(struct dl_text text)
{
    uint32_t hash = 2166136261u;
    struct agent *agent;

    if (text.len > AGENT_BYTES_MAX)
        return NULL;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * 16777619u;
    agent = &known.agents[(hash ^ hash >> 16) % AGENTS_KEPT];
    if (!dl_text_is(text, (struct dl_text){agent->text, agent->len})) {
        memset(agent->searched, 0, sizeof agent->searched);
        memcpy(agent->text, text.at, text.len);
        agent->len = text.len;
    }
    return agent;
}

/* The first pattern that fits, with its groups in known.data; NULL: none. Of an agent that is
 * remembered, that one alone is matched again. */
static const struct pattern *find(enum list list, struct dl_text text, int *groups)
{
    struct agent *agent = agent_of(text);
    const struct pattern *p;

    if (!agent)
        return search(list, text, groups);
    if (!agent->searched[list]) {
        agent->found[list] = search(list, text, groups);
        agent->searched[list] = true;
        return agent->found[list];
    }
    p = agent->found[list];
    if (p)
        *groups = match(p, text);
    return p;
}

static struct dl_text group(struct dl_text text, int groups, int n)
{
    const size_t *ends = pcre2_get_ovector_pointer(known.data);

    if (n >= groups || ends[2 * n] == PCRE2_UNSET)
        return (struct dl_text){"", 0};
    return (struct dl_text){text.at + ends[2 * n], ends[2 * n + 1] - ends[2 * n]};
}

/* A replacement with its $1 ... $9, or the group itself. */
static struct dl_text part(struct dl_arena *arena, struct dl_text replacement, struct dl_text text,
                           int groups, int n)
{
    struct dl_buffer out;
    struct dl_text result;
    int rc = 0;

    if (replacement.len == 0)
        return group(text, groups, n);
    dl_buffer_init(&out, arena->max);
    for (size_t i = 0; i < replacement.len && rc == 0; i++) {
        char next = i + 1 < replacement.len ? replacement.at[i + 1] : '\0';

        if (replacement.at[i] == '$' && next >= '1' && next <= '9') {
            struct dl_text g = group(text, groups, next - '0');

            rc = dl_buffer_add(&out, g.at, g.len);
            i++;
        } else {
            rc = dl_buffer_char(&out, replacement.at[i]);
        }
    }
    result = (struct dl_text){dl_buffer_string(&out), out.len};
    dl_text_trim(&result.at, &result.len);
    result.at = dl_arena_copy(arena, result.at, result.len);
    dl_buffer_free(&out);
    return result.at ? result : (struct dl_text){"", 0};
}

static void put(struct dl_arena *arena, struct dl_value *into, const char *name,
                struct dl_text text)
{
    if (text.len)
        dl_value_put(arena, into, (struct dl_text){name, strlen(name)},
                     dl_value_text(arena, text.at, text.len));
}

static struct dl_value *versioned(struct dl_arena *arena, enum list list, struct dl_text text)
{
    static const char *const names[PARTS_MAX] = {"family", "major", "minor", "patch",
                                                 "patch_minor"};
    struct dl_value *v = dl_value_object(arena);
    int groups = 0;
    const struct pattern *p = find(list, text, &groups);

    if (!p) {
        put(arena, v, "family", DL_TEXT("Other"));
        return v;
    }
    for (int i = 0; i < PARTS_MAX; i++)
        put(arena, v, names[i], part(arena, p->parts[i], text, groups, i + 1));
    return v;
}

static bool is_one_of(struct dl_text text, const char *const *words)
{
    for (; *words; words++)
        if (dl_text_equals(text, *words))
            return true;
    return false;
}

/* Desktop, Mobile, Tablet, Bot or Other, by device and system. */
static struct dl_text category(struct dl_text device, struct dl_text system, struct dl_text agent)
{
    static const char *const desktops[] = {"Windows", "Mac OS X", "Linux",   "Ubuntu",  "Chrome OS",
                                           "Debian",  "Fedora",   "FreeBSD", "OpenBSD", "Mac OS",
                                           "Red Hat", "CentOS",   "SUSE",    "Solaris", NULL};
    static const char *const mobiles[] = {
        "iOS", "Android", "Windows Phone", "BlackBerry OS", "KaiOS", "Firefox OS", NULL};

    if (dl_text_equals(device, "Spider"))
        return DL_TEXT("Bot");
    if (dl_text_equals(device, "iPad") ||
        (dl_text_equals(system, "Android") && !memmem(agent.at, agent.len, "Mobile", 6) &&
         memmem(agent.at, agent.len, "Tablet", 6)))
        return DL_TEXT("Tablet");
    if (is_one_of(system, mobiles))
        return DL_TEXT("Mobile");
    return is_one_of(system, desktops) ? DL_TEXT("Desktop") : DL_TEXT("Other");
}

static struct dl_value *device_of(struct dl_arena *arena, struct dl_text text,
                                  const struct dl_value *system)
{
    struct dl_value *v = dl_value_object(arena);
    int groups = 0;
    const struct pattern *p = find(DEVICES, text, &groups);
    struct dl_text family = DL_TEXT("Other"), none = {"", 0}, brand = none, model = none;
    const struct dl_value *of = dl_value_get(system, "family");

    if (p) {
        family = part(arena, p->parts[0], text, groups, 1);
        brand = p->parts[1].len ? part(arena, p->parts[1], text, groups, 1) : none;
        model = part(arena, p->parts[2], text, groups, 1);
    }
    put(arena, v, "family", family);
    put(arena, v, "brand", brand);
    put(arena, v, "model", model);
    put(arena, v, "category",
        category(family, dl_value_is(of, DL_VALUE_STRING) ? of->of.text : none, text));
    return v;
}

struct dl_value *dl_useragent_read(struct dl_arena *arena, struct dl_text text)
{
    struct dl_value *v = dl_value_object(arena), *system = versioned(arena, SYSTEMS, text);

    dl_value_put(arena, v, DL_TEXT("os"), system);
    dl_value_put(arena, v, DL_TEXT("browser"), versioned(arena, BROWSERS, text));
    dl_value_put(arena, v, DL_TEXT("device"), device_of(arena, text, system));
    return v;
}
