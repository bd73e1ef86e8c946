#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "identity/property.h"

static void every_row_is_found_by_key_and_option(void **state)
{
    (void)state;
    for (size_t i = 0; i < DL_PROPERTY_COUNT; i++) {
        const struct dl_property_info *info = &dl_properties[i], *found;

        assert_int_equal(info->property, i);
        assert_ptr_equal(dl_property_by_key(info->key), info);
        assert_int_equal(dl_property_find(&found, info->key, NULL), 0);
        assert_ptr_equal(found, info);
        if (info->option[0] != '\0')
            assert_ptr_equal(dl_property_by_option(info->option), info);
        assert_true(info->help[0] != '\0');
    }
    assert_null(dl_property_by_key(""));
    assert_null(dl_property_by_option(""));
}

static void a_misspelled_key_gets_the_nearest(void **state)
{
    const struct dl_property_info *found = NULL;
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_property_find(&found, "sitee", &err), -DL_E_VALUE);
    assert_string_equal(err.text, "there is no property \"sitee\"; did you mean \"site\"?");
    assert_int_equal(dl_property_find(&found, "colour", &err), -DL_E_VALUE);
    assert_string_equal(err.text, "there is no property \"colour\"");
    assert_null(found);
}

static void source_service_and_keys_are_refused_in_words(void **state)
{
    const struct dl_property_info *found = NULL;
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_property_find(&found, "source", &err), -DL_E_VALUE);
    assert_non_null(strstr(err.text, "manifest"));
    assert_int_equal(dl_property_find(&found, "service", &err), -DL_E_VALUE);
    assert_non_null(strstr(err.text, "manifest"));
    assert_int_equal(dl_property_find(&found, "api_key", &err), -DL_E_VALUE);
    assert_non_null(strstr(err.text, "ddlogs key set"));
    assert_int_equal(dl_property_find(&found, "0123456789abcdef0123456789abcdef", &err),
                     -DL_E_VALUE);
    assert_null(strstr(err.text, "0123456789abcdef"));
}

static void choices_are_numbered_in_their_order(void **state)
{
    const struct dl_property_info *info = dl_property_by_key("encoding");
    unsigned index = 9;
    char text[8];

    (void)state;
    assert_true(dl_property_choice(info, "gzip", &index));
    assert_int_equal(index, 0);
    assert_true(dl_property_choice(info, "none", &index));
    assert_int_equal(index, 2);
    assert_false(dl_property_choice(info, "gzip|zstd", &index));
    assert_false(dl_property_choice(info, "", &index));
    assert_false(dl_property_choice(info, "GZIP", &index));
    assert_false(dl_property_choice(dl_property_by_key("proxy"), "none", &index));
    for (unsigned i = 0; i < 3; i++) {
        dl_property_choice_text(info, i, text, sizeof text);
        assert_true(dl_property_choice(info, text, &index));
        assert_int_equal(index, i);
    }
    dl_property_choice_text(info, 3, text, sizeof text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_found_by_key_and_option),
        cmocka_unit_test(a_misspelled_key_gets_the_nearest),
        cmocka_unit_test(source_service_and_keys_are_refused_in_words),
        cmocka_unit_test(choices_are_numbered_in_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
