/* A query, and a log behind a line "--": refused at a column of it, or an answer that is the same
 * twice and the opposite behind a NOT. */
#include "fuzz.h"

#include "base/text.h"
#include "pipeline/query.h"

static void expect_column(const char *text, size_t size)
{
    size_t column = 0;

    EXPECT(sscanf(text, "column %zu:", &column) == 1);
    EXPECT(column >= 1 && column <= size + 1);
}

static void expect_opposite(struct dl_arena *arena, struct dl_text text,
                            const struct dl_pipeline_log *log, bool answer)
{
    const struct dl_query *query = NULL;
    struct dl_text opposite;

    if (text.len > 0 && text.at[text.len - 1] == '\\')
        return; /* it would escape what comes behind it */
    opposite.at = dl_arena_format(arena, &opposite.len, "NOT (%.*s\n)", (int)text.len, text.at);
    EXPECT(opposite.at != NULL);
    /* it may be one step too deep, and an empty one cannot stand in brackets */
    if (dl_query_parse(&query, arena, opposite, NULL) == 0)
        EXPECT(dl_query_match(query, log) != answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dl_text text = {(const char *)data, size};
    const char *end = memmem(data, size, "\n--\n", 4);
    const struct dl_query *query = NULL;
    struct dl_pipeline_log log;
    struct dl_error err = {0};
    struct dl_arena arena;
    bool answer;

    if (end != NULL)
        text.len = (size_t)(end - text.at);
    if (memchr(text.at, '\0', text.len) != NULL)
        return 0;
    dl_arena_init(&arena, 1 << 26);
    dl_pipeline_log_init(&log, &arena, 0);
    if (end != NULL)
        dl_pipeline_log_take(&log, end + 4, size - text.len - 4);
    log.source = DL_TEXT("acme");
    dl_pipeline_log_tag_text(&log, DL_TEXT("env:prod"));
    if (dl_query_parse(&query, &arena, text, &err) < 0) {
        EXPECT(query == NULL && err.code == DL_E_VALUE);
        expect_column(err.text, text.len);
    } else if (!arena.failed && log.attributes != NULL) {
        answer = dl_query_match(query, &log);
        EXPECT(dl_query_match(query, &log) == answer);
        expect_opposite(&arena, text, &log, answer);
        dl_query_match_value(query, &arena, log.attributes);
    }
    dl_arena_free(&arena);
    return 0;
}
