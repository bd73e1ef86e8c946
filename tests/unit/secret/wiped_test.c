#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "secret/key.h"

/* Everything that the allocator frees comes through here (the linker wraps free), so that the test
 * sees the bytes at the moment they are given back, without reading freed memory. */
void __real_free(void *p);
void __wrap_free(void *p);

static size_t watched; /* bytes to look at; 0: none */
static int wiped;

void __wrap_free(void *p)
{
    const size_t header = _Alignof(max_align_t);

    if (p && watched) {
        const char *bytes = (const char *)p + header;
        wiped = 1;
        for (size_t i = 0; i < watched; i++)
            if (bytes[i])
                wiped = 0;
        watched = 0;
    }
    __real_free(p);
}

static void zeroes_a_block_before_it_is_freed(void **state)
{
    char *p = dl_wiped_malloc(100);

    (void)state;
    assert_non_null(p);
    memset(p, 'k', 100);
    watched = 100;
    dl_wiped_free(p);
    assert_int_equal(watched, 0);
    assert_true(wiped);
    dl_wiped_free(NULL);
}

static void zeroes_the_old_block_when_one_grows_or_shrinks(void **state)
{
    static const size_t sizes[] = {1000, 50};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char *p =
            dl_wiped_strdup("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
        watched = 65;
        p = dl_wiped_realloc(p, sizes[i]);
        assert_non_null(p);
        assert_int_equal(watched, 0);
        assert_true(wiped);
        assert_memory_equal(p, "0123456789abcdef0123456789abcdef0123456789abcdef01", 50);
        dl_wiped_free(p);
    }
    char *fresh = dl_wiped_realloc(NULL, 10);
    assert_non_null(fresh);
    dl_wiped_free(fresh);
}

static void behaves_like_the_allocator_of_the_c_library(void **state)
{
    (void)state;
    for (size_t size = 0; size < 300; size++) {
        char *p = dl_wiped_malloc(size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        memset(p, 1, size);
        dl_wiped_free(p);
    }
    char *zero = dl_wiped_calloc(10, 10);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(zero[i], 0);
    dl_wiped_free(zero);
}

static void refuses_sizes_that_overflow(void **state)
{
    volatile size_t huge = SIZE_MAX;

    (void)state;
    assert_null(dl_wiped_malloc(huge));
    assert_null(dl_wiped_malloc(huge - 8));
    assert_null(dl_wiped_calloc(huge / 2, 3));
    char *p = dl_wiped_strdup("kept");
    assert_null(dl_wiped_realloc(p, huge - 8));
    assert_string_equal(p, "kept");
    dl_wiped_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroes_a_block_before_it_is_freed),
        cmocka_unit_test(zeroes_the_old_block_when_one_grows_or_shrinks),
        cmocka_unit_test(behaves_like_the_allocator_of_the_c_library),
        cmocka_unit_test(refuses_sizes_that_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
