/* A date's pattern, a zone and a text, a line each: refused by its letter, or milliseconds that are
 * the same twice. */
#include "fuzz.h"

#include "pipeline/date.h"
#include "pipeline/grok.h"

#define ZONE_SECONDS (26 * 3600) /* no zone is further from UTC */
#define LINE_BYTES 200

static struct dl_text line(struct dl_text *left)
{
    const char *end = memchr(left->at, '\n', left->len);
    struct dl_text first = {left->at, end != NULL ? (size_t)(end - left->at) : left->len};
    size_t gone = first.len + (end != NULL);

    *left = (struct dl_text){left->at + gone, left->len - gone};
    if (first.len > LINE_BYTES)
        first.len = LINE_BYTES;
    return first;
}

static size_t add_quoted(char *to, struct dl_text text)
{
    size_t n = 0;

    to[n++] = '"';
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\')
            to[n++] = '\\';
        to[n++] = text.at[i];
    }
    to[n++] = '"';
    return n;
}

static void read_by_rule(struct dl_text pattern, struct dl_text zone, struct dl_text text)
{
    char rule[4 * LINE_BYTES + 64] = "r %{date(";
    size_t n = strlen(rule);
    struct dl_grok_result first, second;
    struct dl_grok *grok = NULL;
    struct dl_error err = {0};
    struct dl_arena arena;

    n += add_quoted(rule + n, pattern);
    rule[n++] = ',';
    n += add_quoted(rule + n, zone);
    memcpy(rule + n, "):d}", 4);
    if (dl_grok_compile(&grok, DL_TEXT(""), (struct dl_text){rule, n + 4}, &err) < 0) {
        EXPECT(grok == NULL && err.code == DL_E_VALUE && err.text[0] != '\0');
        return;
    }
    dl_arena_init(&arena, 1 << 24);
    dl_grok_parse(&first, grok, &arena, text, 0);
    dl_grok_parse(&second, grok, &arena, text, 0);
    EXPECT(dl_value_equal(first.attributes, second.attributes, NULL));
    dl_arena_free(&arena);
    dl_grok_free(grok);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dl_text left = {(const char *)data, size};
    struct dl_text pattern = line(&left), zone = line(&left), text = line(&left);
    int64_t number;

    read_by_rule(pattern, zone, text);
    dl_date_official(text, &number);
    if (dl_zone_offset(zone, (int64_t)size * 100000000, &number))
        EXPECT(number >= -ZONE_SECONDS && number <= ZONE_SECONDS);
    return 0;
}
