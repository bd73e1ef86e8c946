/* What the tests of pipelines share: one arena for a test, and values written as JSON. */
#ifndef TESTS_UNIT_PIPELINE_KIT_H
#define TESTS_UNIT_PIPELINE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/value_read.h"

static struct dl_arena arena;

static int open_arena(void **state)
{
    (void)state;
    dl_arena_init(&arena, 64 * 1024 * 1024);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    dl_arena_free(&arena);
    return 0;
}

/* A test with an arena of its own. */
#define ARENA_TEST(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

__attribute__((unused)) static struct dl_text text_of(const char *text)
{
    return (struct dl_text){text, strlen(text)};
}

__attribute__((unused)) static struct dl_value *json(const char *text)
{
    struct dl_value *v = dl_value_read_json(&arena, text, strlen(text));

    if (!v)
        fail_msg("this is no JSON: %s", text);
    return v;
}

/* Compact JSON; "nothing" for NULL. Lives in the arena. */
__attribute__((unused)) static const char *shown(const struct dl_value *v)
{
    struct dl_buffer out;
    const char *copy;

    if (!v)
        return "nothing";
    dl_buffer_init(&out, 1 << 20);
    assert_int_equal(dl_value_json(&out, v), 0);
    copy = dl_arena_copy(&arena, dl_buffer_string(&out), out.len);
    dl_buffer_free(&out);
    assert_non_null(copy);
    return copy;
}

__attribute__((unused)) static const char *string_of(struct dl_text text)
{
    const char *copy = dl_arena_copy(&arena, text.at, text.len);

    assert_non_null(copy);
    return copy;
}

#endif
