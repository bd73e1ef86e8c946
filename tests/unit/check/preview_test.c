#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "check/preview.h"
#include "record/record.h"

static struct dl_integration *manifest(const char *arrays)
{
    struct dl_integration *m;
    struct dl_error err;
    char text[256];

    snprintf(text, sizeof text,
             "{\"version\":1,\"name\":\"acme\",\"arrays\":\"%s\",\"samples\":[{\"a\":[1,\"x\"]}]}",
             arrays);
    assert_int_equal(dl_integration_read_text(&m, text, strlen(text), "m.json", &err), 0);
    return m;
}

/* What the sender writes into its batch for the first sample. */
static void sent(struct dl_buffer *out, const struct dl_integration *m,
                 const struct dl_config *config)
{
    struct dl_frame *frame;
    unsigned notes;

    assert_int_equal(dl_frame_new(&frame, m, config, m->services[0], "here", NULL), 0);
    assert_int_equal(dl_record_json(out, frame, m->samples[0], strlen(m->samples[0]), &notes, NULL),
                     0);
    dl_frame_free(frame);
}

static void the_preview_shows_arrays_as_they_are_sent(void **state)
{
    static const char *const cases[][2] = {
        {"index", "\"a\":{\"0\":1,\"1\":\"x\"}"},
        {"join", "\"a\":\"1, x\""},
        {"keep", "\"a\":[1,\"x\"]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dl_integration *m = manifest(cases[i][0]);
        struct dl_config config = {.tags_in = DL_TAGS_IN_ATTRIBUTES};
        struct dl_buffer shown, want;

        dl_buffer_init(&shown, 10000);
        dl_buffer_init(&want, 10000);
        assert_int_equal(dl_check_preview(&shown, &config, m, "here", NULL), 0);
        sent(&want, m, &config);
        assert_string_equal(dl_buffer_string(&shown), dl_buffer_string(&want));
        assert_non_null(strstr(dl_buffer_string(&shown), cases[i][1]));
        dl_buffer_free(&shown);
        dl_buffer_free(&want);
        dl_integration_free(m);
    }
}

static void many_logs_are_shown_as_they_are_sent(void **state)
{
    struct dl_integration *m = manifest("keep");
    struct dl_config config = {.tags_in = DL_TAGS_IN_ATTRIBUTES};
    struct dl_preview *preview = NULL;
    struct dl_buffer out;
    struct dl_error err;

    (void)state;
    dl_buffer_init(&out, 3000000);
    assert_int_equal(dl_preview_new(&preview, &config, m, "here", NULL, NULL), 0);
    assert_int_equal(dl_preview_log(preview, &out, "{\"service\":1}", 13, true, "error", NULL), 0);
    assert_non_null(strstr(out.data, "\"original\":{\"service\":1}"));
    assert_null(strstr(out.data, "\"status\""));
    assert_non_null(strstr(out.data, "-1\""));
    dl_buffer_clear(&out);
    assert_int_equal(dl_preview_log(preview, &out, "text", 4, false, "error", NULL), 0);
    assert_non_null(strstr(out.data, "\"message\":\"text\""));
    assert_non_null(strstr(out.data, "\"status\":\"error\""));
    assert_non_null(strstr(out.data, "-2\"")); /* the id goes on */
    assert_int_equal(dl_preview_log(preview, &out, "x", 1, false, "no status", &err), -DL_E_VALUE);
    dl_preview_free(preview);
    dl_preview_free(NULL);
    dl_buffer_free(&out);
    dl_integration_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_preview_shows_arrays_as_they_are_sent),
        cmocka_unit_test(many_logs_are_shown_as_they_are_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
