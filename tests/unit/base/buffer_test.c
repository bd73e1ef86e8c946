#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"

static void grows_to_its_maximum_and_not_past_it(void **state)
{
    struct dl_buffer b;

    (void)state;
    dl_buffer_init(&b, 10);
    assert_int_equal(dl_buffer_text(&b, "123456789"), 0);
    assert_int_equal(dl_buffer_char(&b, 'a'), 0);
    assert_int_equal(dl_buffer_char(&b, 'b'), -DL_E_LIMIT);
    assert_string_equal(dl_buffer_string(&b), "123456789a");
    assert_int_equal(dl_buffer_reserve(&b, SIZE_MAX), -DL_E_LIMIT);
    dl_buffer_free(&b);
    assert_string_equal(dl_buffer_string(&b), "");
}

static void formats_and_keeps_what_was_there_when_it_does_not_fit(void **state)
{
    struct dl_buffer b;

    (void)state;
    dl_buffer_init(&b, 8);
    assert_int_equal(dl_buffer_format(&b, "%d", 1234), 0);
    assert_int_equal(dl_buffer_format(&b, "%s", "56789"), -DL_E_LIMIT);
    assert_string_equal(dl_buffer_string(&b), "1234");
    assert_int_equal(b.len, 4);
    dl_buffer_clear(&b);
    assert_string_equal(dl_buffer_string(&b), "");
    dl_buffer_free(&b);
}

static void keeps_nul_bytes(void **state)
{
    struct dl_buffer b;

    (void)state;
    dl_buffer_init(&b, 100);
    assert_int_equal(dl_buffer_add(&b, "a\0b", 3), 0);
    assert_int_equal(b.len, 3);
    assert_memory_equal(b.data, "a\0b", 4);
    dl_buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_to_its_maximum_and_not_past_it),
        cmocka_unit_test(formats_and_keeps_what_was_there_when_it_does_not_fit),
        cmocka_unit_test(keeps_nul_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
