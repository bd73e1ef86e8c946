#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "widget/mask.h"

#define KEY "0123456789abcdef0123456789abcdef"

static void type(struct mask *mask, const char *text)
{
    for (; *text != '\0'; text++)
        mask_insert(mask, (unsigned char)*text);
}

static void a_key_is_handed_over_once_as_it_was_typed(void **state)
{
    struct mask mask = {0};

    (void)state;
    type(&mask, "  " KEY "\n");
    struct dl_key *key = mask_hand_over(&mask);
    assert_non_null(key);
    assert_string_equal(dl_key_text(key), KEY);
    assert_null(mask_hand_over(&mask));
    dl_key_free(key);
    assert_true(mask_clear(&mask));
}

static void more_characters_make_a_new_key_of_all(void **state)
{
    struct mask mask = {0};

    (void)state;
    type(&mask, "0123");
    dl_key_free(mask_hand_over(&mask));
    type(&mask, "45");
    struct dl_key *key = mask_hand_over(&mask);
    assert_string_equal(dl_key_text(key), "012345");
    dl_key_free(key);
    mask_clear(&mask);
}

static void what_is_no_ascii_keeps_its_position(void **state)
{
    struct mask mask = {0};

    (void)state;
    mask_insert(&mask, 'a');
    mask_insert(&mask, 0xe9);
    mask_insert(&mask, 0x1b);
    mask_insert(&mask, 'b');
    struct dl_key *key = mask_hand_over(&mask);
    assert_string_equal(dl_key_text(key), "a?b");
    dl_key_free(key);
    mask_clear(&mask);
}

static void says_when_more_came_than_a_key_may_have(void **state)
{
    struct mask mask = {0};

    (void)state;
    for (int i = 0; i < DL_KEY_MAX; i++)
        mask_insert(&mask, 'a');
    assert_false(mask.full);
    mask_insert(&mask, 'a');
    assert_true(mask.full);
    struct dl_key *key = mask_hand_over(&mask);
    assert_int_equal(dl_key_length(key), DL_KEY_MAX);
    dl_key_free(key);
    mask_clear(&mask);
}

static void nothing_typed_is_nothing_handed_over(void **state)
{
    struct mask mask = {0};

    (void)state;
    assert_null(mask_hand_over(&mask));
    type(&mask, " \n");
    assert_null(mask.key);
    assert_false(mask_clear(&mask));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_handed_over_once_as_it_was_typed),
        cmocka_unit_test(more_characters_make_a_new_key_of_all),
        cmocka_unit_test(what_is_no_ascii_keeps_its_position),
        cmocka_unit_test(says_when_more_came_than_a_key_may_have),
        cmocka_unit_test(nothing_typed_is_nothing_handed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
