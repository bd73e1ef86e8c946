/* Helpers, rules and a text, each behind a line "--": refused with a sentence, or attributes that
 * can be printed, the same ones twice. */
#include "fuzz.h"

#include "base/text.h"
#include "pipeline/grok.h"

#define PREFIX_BYTES 200 /* of rules whose starts are tried one by one */

/* What is before the next line "--"; moves *text behind it. */
static struct dl_text part(struct dl_text *text)
{
    const char *end = memmem(text->at, text->len, "\n--\n", 4);
    struct dl_text first = *text;

    if (end == NULL) {
        *text = (struct dl_text){"", 0};
        return first;
    }
    first.len = (size_t)(end - first.at);
    *text = (struct dl_text){end + 4, text->len - first.len - 4};
    return first;
}

static void print(struct dl_buffer *out, const struct dl_grok *grok, struct dl_arena *arena,
                  struct dl_text input)
{
    struct dl_grok_result result;

    dl_buffer_init(out, 1 << 26);
    dl_grok_parse(&result, grok, arena, input, 0);
    EXPECT(!result.limit || (result.attributes == NULL && result.rule.len > 0));
    EXPECT(result.attributes == NULL || result.rule.len > 0);
    EXPECT(dl_value_json(out, result.attributes) == 0);
    EXPECT(dl_utf8_valid(out->data, out->len, NULL));
}

static void expect_same_twice(const struct dl_grok *grok, struct dl_text input)
{
    struct dl_buffer first, second;
    struct dl_arena arena;

    dl_arena_init(&arena, 1 << 24);
    print(&first, grok, &arena, input);
    print(&second, grok, &arena, input);
    EXPECT(arena.failed || strcmp(dl_buffer_string(&first), dl_buffer_string(&second)) == 0);
    dl_buffer_free(&first);
    dl_buffer_free(&second);
    dl_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dl_text left = {(const char *)data, size}, support = part(&left), rules = part(&left);
    struct dl_grok *grok = NULL;
    struct dl_error err = {0};
    int status = dl_grok_compile(&grok, support, rules, &err);

    if (status < 0) {
        EXPECT(grok == NULL && (status == -DL_E_VALUE || status == -DL_E_LIMIT));
        EXPECT(err.text[0] != '\0' && dl_utf8_valid(err.text, strlen(err.text), NULL));
        return 0;
    }
    expect_same_twice(grok, left);
    if (support.len + rules.len <= PREFIX_BYTES)
        for (size_t i = 0; i < dl_grok_rule_count(grok); i++)
            EXPECT(dl_grok_longest_prefix(grok, i, left) <= left.len);
    dl_grok_free(grok);
    return 0;
}
