/* Any bytes as a log: JSON that reads again from what is printed as the same, and a log whose
 * result can be printed. */
#include "fuzz.h"

#include "base/text.h"
#include "pipeline/suite.h"
#include "pipeline/value_read.h"

static void print(struct dl_buffer *out, const struct dl_value *value)
{
    dl_buffer_init(out, 1 << 26);
    EXPECT(dl_value_json(out, value) == 0);
    EXPECT(dl_utf8_valid(out->data, out->len, NULL));
}

static void expect_same_again(struct dl_arena *arena, const struct dl_value *value)
{
    struct dl_buffer first, second;
    const struct dl_value *again;

    print(&first, value);
    again = dl_value_read_json(arena, first.data, first.len);
    if (!arena->failed) {
        EXPECT(again != NULL);
        print(&second, again);
        EXPECT(strcmp(dl_buffer_string(&first), dl_buffer_string(&second)) == 0);
        dl_buffer_free(&second);
    }
    dl_buffer_free(&first);
}

static void take_log(struct dl_arena *arena, const char *text, size_t size, bool test_mode)
{
    struct dl_pipeline_log log;
    struct dl_buffer out;

    dl_arena_reset(arena);
    dl_pipeline_log_init(&log, arena, 0);
    log.test_mode = test_mode;
    dl_pipeline_log_take(&log, text, size);
    if (arena->failed)
        return;
    EXPECT(log.attributes != NULL && dl_utf8_valid(log.message.at, log.message.len, NULL));
    print(&out, dl_suite_result(&log));
    dl_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const struct dl_value *value;
    struct dl_arena arena;

    dl_arena_init(&arena, 1 << 26);
    value = dl_value_read_json(&arena, text, size);
    /* names that differ in broken bytes alone are one when printed */
    if (value != NULL && dl_utf8_valid(text, size, NULL))
        expect_same_again(&arena, value);
    take_log(&arena, text, size, true);
    take_log(&arena, text, size, false);
    dl_arena_free(&arena);
    return 0;
}
