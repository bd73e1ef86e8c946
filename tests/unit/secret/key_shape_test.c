#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "secret/key_shape.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX40 HEX32 "01234567"

struct row {
    const char *text;
    enum dl_key_shape shape;
    int status;
    const char *says; /* part of the sentence */
};

static const struct row rows[] = {
    {HEX32, DL_SHAPE_API_KEY, 0, "32 hexadecimal characters"},
    {"0123456789ABCDEF0123456789ABCDEF", DL_SHAPE_API_KEY, 0, "looks like an API key"},
    {"\"" HEX32 "\"\n", DL_SHAPE_API_KEY, 0, "looks like an API key"},
    {"", DL_SHAPE_EMPTY, -DL_E_KEY_SHAPE, "No key was given"},
    {"  \n", DL_SHAPE_EMPTY, -DL_E_KEY_SHAPE, "No key was given"},
    {HEX40, DL_SHAPE_APP_KEY, -DL_E_KEY_APPKEY, "application key (40 hexadecimal"},
    {"d" HEX32 "0123456", DL_SHAPE_APP_KEY, -DL_E_KEY_APPKEY, "application key (40 hexadecimal"},
    {"ddap_x9Yz8Wv7Ut6", DL_SHAPE_APP_KEY, -DL_E_KEY_APPKEY, "begins with ddap_"},
    {"ddpat_x9Yz8Wv7Ut6", DL_SHAPE_PERSONAL, -DL_E_KEY_APPKEY, "personal access token"},
    {"ddsat_x9Yz8Wv7Ut6", DL_SHAPE_SERVICE, -DL_E_KEY_APPKEY, "service access token"},
    {"01234567-89ab-cdef-0123-456789abcdef", DL_SHAPE_KEY_ID, -DL_E_KEY_SHAPE, "ID of a key"},
    {"pub" HEX32, DL_SHAPE_CLIENT_TOKEN, -DL_E_KEY_APPKEY, "client token"},
    {"$DD_API_KEY", DL_SHAPE_VARIABLE, -DL_E_KEY_SHAPE, "variable"},
    {"${DD_API_KEY}", DL_SHAPE_VARIABLE, -DL_E_KEY_SHAPE, "variable"},
    {"x${DD_API_KEY}", DL_SHAPE_VARIABLE, -DL_E_KEY_SHAPE, "variable"},
    {"{{ api_key }}", DL_SHAPE_VARIABLE, -DL_E_KEY_SHAPE, "variable"},
    {"%DD_API_KEY%", DL_SHAPE_VARIABLE, -DL_E_KEY_SHAPE, "variable"},
    {"<YOUR_API_KEY>", DL_SHAPE_VARIABLE, -DL_E_KEY_SHAPE, "placeholder"},
    {"ENC[datadog_key]", DL_SHAPE_VARIABLE, -DL_E_KEY_SHAPE, "variable"},
    {HEX32 "0", DL_SHAPE_LENGTH, 0, "33 hexadecimal characters, but API keys have 32"},
    {"0123456789abcdef0123456789abcde", DL_SHAPE_LENGTH, 0, "31 hexadecimal characters"},
    {"a", DL_SHAPE_LENGTH, 0, "1 hexadecimal character,"},
    {"0123456789abcdefO123456789abcdef", DL_SHAPE_OTHER, 0,
     "32 characters, the one at position 17"},
    {"01234567-89ab-cdef-0123-456789abcdeg", DL_SHAPE_OTHER, 0,
     "36 characters, the one at position 9"},
    {"xyzzy", DL_SHAPE_OTHER, 0, "5 characters, the one at position 1"},
    {"pub" HEX32 "0", DL_SHAPE_OTHER, 0, "position 1"},
    {"100%", DL_SHAPE_OTHER, 0, "position 4"},
};

static void names_each_shape_in_one_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        struct dl_key *key;
        enum dl_key_shape shape;
        char sentence[512] = "";
        struct dl_error err = {0};
        assert_int_equal(dl_key_new(&key, row->text, strlen(row->text), NULL), 0);
        assert_int_equal(dl_key_shape(key, &shape, sentence, sizeof(sentence), &err), row->status);
        assert_int_equal(shape, row->shape);
        if (!strstr(sentence, row->says))
            assert_string_equal(sentence, row->says);
        assert_string_equal(err.text, row->status ? sentence : "");
        assert_int_equal(-(int)err.code, row->status);
        assert_int_equal(dl_key_shape(key, &shape, sentence, sizeof(sentence), NULL), row->status);
        dl_key_free(key);
    }
}

/* No five characters of the key in a row, prefixes that everybody knows set aside. */
static void never_shows_a_part_of_the_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dl_key *key;
        enum dl_key_shape shape;
        char sentence[512], window[6] = "";
        assert_int_equal(dl_key_new(&key, rows[i].text, strlen(rows[i].text), NULL), 0);
        dl_key_shape(key, &shape, sentence, sizeof(sentence), NULL);
        const char *text = dl_key_text(key);
        size_t from = strncmp(text, "dd", 2) == 0 ? 4 : 0;
        for (; from + 5 <= dl_key_length(key); from++) {
            memcpy(window, text + from, 5);
            assert_null(strstr(sentence, window));
        }
        dl_key_free(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_each_shape_in_one_sentence),
        cmocka_unit_test(never_shows_a_part_of_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
