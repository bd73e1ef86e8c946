#include "send/group.h"

#include <string.h>

#include "send/lines.h"

int group_pattern(regex_t *out, const char *text, struct dl_error *err)
{
    char why[200];
    int rc;

    if (strlen(text) > GROUP_PATTERN_MAX)
        return dl_error_set(err, DL_E_USAGE, "--multiline-start is longer than %d bytes",
                            GROUP_PATTERN_MAX);
    rc = regcomp(out, text, REG_EXTENDED | REG_NOSUB);
    if (rc == 0)
        return 0;
    regerror(rc, out, why, sizeof why);
    return dl_error_set(err, DL_E_USAGE,
                        "--multiline-start is no extended regular expression (regex(7)): %s", why);
}

void group_init(struct group *g, const regex_t *start, group_taker *take, void *context)
{
    *g = (struct group){.start = start, .take = take, .context = context};
    dl_buffer_init(&g->text, LINES_MAX + GROUP_MAX);
}

void group_free(struct group *g)
{
    dl_buffer_free(&g->text);
    g->open = false;
}

/* What the pattern cannot decide (no memory) starts a log: two short ones are better than a mix. */
static bool starts(const struct group *g, const char *line, size_t len)
{
    size_t look = len < GROUP_LOOK_MAX ? len : GROUP_LOOK_MAX;
    regmatch_t part = {.rm_so = 0, .rm_eo = (regoff_t)look};
    char text[GROUP_LOOK_MAX + 1];

    memcpy(text, line, look); /* the matcher wants an end behind it */
    text[look] = '\0';
    return regexec(g->start, text, 0, &part, REG_STARTEND) != REG_NOMATCH;
}

int group_flush(struct group *g, struct dl_error *err)
{
    size_t len = g->text.len;
    int rc;

    if (!g->open)
        return 0;
    while (len && g->text.data[len - 1] == '\n')
        len--;
    rc = g->take(g->context, dl_buffer_string(&g->text), len, g->behind, err);
    if (rc == 0)
        g->open = false;
    return rc;
}

/* The open log as it would be with this line; false when that is too much for one. */
static bool fits(const struct group *g, size_t len)
{
    return g->text.len + 1 + len <= GROUP_MAX;
}

static int add(struct group *g, const char *line, size_t len, struct dl_error *err)
{
    int rc = 0;

    if (!g->open)
        dl_buffer_clear(&g->text);
    else
        rc = dl_buffer_reserve(&g->text, len + 1);
    if (rc == 0 && g->open)
        rc = dl_buffer_char(&g->text, '\n');
    if (rc == 0)
        rc = dl_buffer_add(&g->text, line, len);
    return rc < 0 ? dl_error_set(err, DL_E_NOMEM, "no memory for a log of %zu bytes", len) : 0;
}

int group_line(struct group *g, const char *line, size_t len, uint64_t behind, int64_t now_ms,
               struct dl_error *err)
{
    bool full;
    int rc = 0;

    if (!g->start)
        return len ? g->take(g->context, line, len, behind, err) : 0;
    full = g->open && !fits(g, len);
    if (full || (g->open && starts(g, line, len)))
        rc = group_flush(g, err);
    if (rc < 0)
        return rc;
    g->split += full;
    if (!g->open && len == 0)
        return 0;
    rc = add(g, line, len, err);
    if (rc < 0)
        return rc;
    g->open = true;
    g->behind = behind;
    g->last_ms = now_ms;
    return 0;
}

int group_wait(const struct group *g, int64_t now_ms)
{
    int64_t left;

    if (!g->open)
        return -1;
    left = g->last_ms + GROUP_WAIT_MS - now_ms;
    return left > 0 ? (int)left : 0;
}
