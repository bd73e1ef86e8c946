#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "record/arrays.h"

static void becomes(enum dl_arrays policy, bool mend, const char *json, const char *want)
{
    size_t len = strlen(json), size = dl_arrays_write(NULL, policy, mend, json, len);
    char *to = malloc(size + 1);

    assert_non_null(to);
    assert_int_equal(dl_arrays_write(to, policy, mend, json, len), size);
    to[size] = '\0';
    assert_string_equal(to, want);
    assert_true(size <= len * DL_ARRAYS_GROWTH);
    free(to);
}

static void arrays_become_objects_or_strings(void **state)
{
    static const struct {
        const char *json, *indexed, *joined;
    } cases[] = {
        {"\"a\":1", "\"a\":1", "\"a\":1"},
        {"\"a\":[1,\"x\"]", "\"a\":{\"0\":1,\"1\":\"x\"}", "\"a\":\"1, x\""},
        {"\"a\":[]", "\"a\":{}", "\"a\":\"\""},
        {"\"a\":[ ]", "\"a\":{ }", "\"a\":\"\""},
        {"\"a\":[[]]", "\"a\":{\"0\":{}}", "\"a\":{\"0\":\"\"}"},
        {"\"a\":[[1,2],[3]]", "\"a\":{\"0\":{\"0\":1,\"1\":2},\"1\":{\"0\":3}}",
         "\"a\":{\"0\":\"1, 2\",\"1\":\"3\"}"},
        {"\"a\":[1,{\"b\":[2]}]", "\"a\":{\"0\":1,\"1\":{\"b\":{\"0\":2}}}",
         "\"a\":{\"0\":1,\"1\":{\"b\":\"2\"}}"},
        {"\"a\":[true,false,null]", "\"a\":{\"0\":true,\"1\":false,\"2\":null}",
         "\"a\":\"true, false, null\""},
        {"\"a\":[-1.50e+3,0]", "\"a\":{\"0\":-1.50e+3,\"1\":0}", "\"a\":\"-1.50e+3, 0\""},
        {"\"a\" : [ 1 ,\t\"b c\" ] , \"d\":2", "\"a\" : { \"0\":1 ,\t\"1\":\"b c\" } , \"d\":2",
         "\"a\" : \"1, b c\" , \"d\":2"},
        {"\"a\":[\"x, y\",\"\",\"z\"]", "\"a\":{\"0\":\"x, y\",\"1\":\"\",\"2\":\"z\"}",
         "\"a\":\"x, y, , z\""},
        {"\"a\":[\"\\\"\",\"\\\\\",\"\\u005d\"]",
         "\"a\":{\"0\":\"\\\"\",\"1\":\"\\\\\",\"2\":\"\\u005d\"}",
         "\"a\":\"\\\", \\\\, \\u005d\""},
        {"\"a[0]\":\"[1]\",\"b\":{\"c]\":[\"[\",\"]\"]}",
         "\"a[0]\":\"[1]\",\"b\":{\"c]\":{\"0\":\"[\",\"1\":\"]\"}}",
         "\"a[0]\":\"[1]\",\"b\":{\"c]\":\"[, ]\"}"},
        {"\"a\":[0,0,0,0,0,0,0,0,0,0,7]",
         "\"a\":{\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,"
         "\"10\":7}",
         "\"a\":\"0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7\""},
        {"\"a\":[\"caf\xc3\xa9\",\"\xf0\x9f\x98\x80]\"]",
         "\"a\":{\"0\":\"caf\xc3\xa9\",\"1\":\"\xf0\x9f\x98\x80]\"}",
         "\"a\":\"caf\xc3\xa9, \xf0\x9f\x98\x80]\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int mend = 0; mend < 2; mend++) {
            becomes(DL_ARRAYS_INDEX, mend, cases[i].json, cases[i].indexed);
            becomes(DL_ARRAYS_JOIN, mend, cases[i].json, cases[i].joined);
        }
}

static void invalid_utf8_is_mended_on_the_way(void **state)
{
    (void)state;
    becomes(DL_ARRAYS_INDEX, true, "\"\xff\":[\"\xe9\",2,\"\xc3\"]",
            "\"\xef\xbf\xbd\":{\"0\":\"\xef\xbf\xbd\",\"1\":2,\"2\":\"\xef\xbf\xbd\"}");
    becomes(DL_ARRAYS_JOIN, true, "\"\xff\":[\"\xe9\",2,\"\xc3\"]",
            "\"\xef\xbf\xbd\":\"\xef\xbf\xbd, 2, \xef\xbf\xbd\"");
}

static void no_array_grows_more_than_is_said(void **state)
{
    size_t n = 160000;
    char *json = malloc(2 * n + 1);

    (void)state;
    assert_non_null(json);
    for (size_t i = 0; i < n; i++)
        memcpy(json + 2 * i, "1,", 2);
    json[0] = '[';
    json[1] = ' ';
    json[2 * n - 1] = ']';
    assert_true(dl_arrays_write(NULL, DL_ARRAYS_INDEX, true, json, 2 * n) <=
                2 * n * DL_ARRAYS_GROWTH);
    free(json);
}

/* ---- random documents against the same made with cJSON ---- */

static uint32_t seed;

static uint32_t chance(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % below;
}

static cJSON *random_value(int depth)
{
    static const char *const texts[] = {"",
                                        "x",
                                        "a, b",
                                        "[1]",
                                        "\"",
                                        "\\",
                                        "caf\xc3\xa9",
                                        "\n\x01",
                                        "a longer text ] with a bracket and \"quotes\" in it"};
    static const double numbers[] = {0, -1, 3.25, 1e300, 1234567, -0.001};
    uint32_t kind = chance(depth > 0 ? 9 : 5), count = chance(4) ? chance(4) : chance(14);
    cJSON *v;

    switch (kind) {
    case 0:
        return cJSON_CreateNull();
    case 1:
        return cJSON_CreateBool(chance(2) == 1);
    case 2:
        return cJSON_CreateNumber(numbers[chance(6)]);
    case 3:
    case 4:
        return cJSON_CreateString(texts[chance(9)]);
    case 5:
    case 6:
        v = cJSON_CreateObject();
        for (uint32_t i = 0; i < count; i++) {
            char name[32];

            snprintf(name, sizeof name, "%s%u", chance(2) ? "n[" : "\"x,", i);
            cJSON_AddItemToObject(v, name, random_value(depth - 1));
        }
        return v;
    default:
        v = cJSON_CreateArray();
        for (uint32_t i = 0; i < count; i++)
            cJSON_AddItemToArray(v, random_value(depth - 1));
        return v;
    }
}

/* Blanks put behind structural bytes. */
static char *spaced(const char *json)
{
    char *out = malloc(strlen(json) * 3 + 1), *w = out;
    bool inside = false;

    assert_non_null(out);
    for (const char *p = json; *p; p++) {
        *w++ = *p;
        if (inside && *p == '\\')
            *w++ = *++p;
        else if (*p == '"')
            inside = !inside;
        if (!inside && strchr("[]{},:", *p) && chance(2))
            *w++ = " \t\n\r"[chance(4)];
    }
    *w = '\0';
    return out;
}

static bool all_scalars(const cJSON *array)
{
    const cJSON *e;

    cJSON_ArrayForEach(e, array) if (cJSON_IsArray(e) || cJSON_IsObject(e)) return false;
    return true;
}

static cJSON *joined(const cJSON *array)
{
    static char text[8192];
    const cJSON *e;
    cJSON *v;

    text[0] = '\0';
    cJSON_ArrayForEach(e, array)
    {
        char *word = cJSON_IsString(e) ? NULL : cJSON_PrintUnformatted(e);

        if (e->prev && e != array->child)
            strcat(text, ", ");
        strcat(text, word ? word : e->valuestring);
        cJSON_free(word);
    }
    v = cJSON_CreateString(text);
    return v;
}

static cJSON *reference(const cJSON *from, enum dl_arrays policy)
{
    const cJSON *e;
    cJSON *v;
    int i = 0;

    if (cJSON_IsArray(from) && policy == DL_ARRAYS_JOIN && all_scalars(from))
        return joined(from);
    if (!cJSON_IsArray(from) && !cJSON_IsObject(from))
        return cJSON_Duplicate(from, true);
    v = cJSON_CreateObject();
    cJSON_ArrayForEach(e, from)
    {
        char index[16];

        snprintf(index, sizeof index, "%d", i++);
        cJSON_AddItemToObject(v, cJSON_IsArray(from) ? index : e->string, reference(e, policy));
    }
    return v;
}

static bool bracket_outside_strings(const char *json)
{
    bool inside = false;

    for (; *json; json++) {
        if (inside && *json == '\\')
            json++;
        else if (*json == '"')
            inside = !inside;
        else if (!inside && (*json == '[' || *json == ']'))
            return true;
    }
    return false;
}

static void agrees(const cJSON *document, const char *json, enum dl_arrays policy)
{
    size_t len = strlen(json), size = dl_arrays_write(NULL, policy, false, json, len);
    char *to = malloc(size + 1);
    cJSON *want = reference(document, policy), *got;
    struct dl_error err;

    assert_non_null(to);
    assert_int_equal(dl_arrays_write(to, policy, false, json, len), size);
    to[size] = '\0';
    assert_int_equal(dl_json_parse(&got, to, size, &dl_json_default_limits, &err), 0);
    if (!cJSON_Compare(got, want, true))
        fail_msg("%s became %s", json, to);
    assert_false(bracket_outside_strings(to));
    cJSON_Delete(got);
    cJSON_Delete(want);
    free(to);
}

static void random_documents_agree_with_a_tree(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 5000; i++) {
        seed = i * 2654435761u;
        cJSON *document = random_value(6);
        char *tight = cJSON_PrintUnformatted(document), *json = spaced(tight);

        agrees(document, tight, DL_ARRAYS_INDEX);
        agrees(document, tight, DL_ARRAYS_JOIN);
        agrees(document, json, DL_ARRAYS_INDEX);
        agrees(document, json, DL_ARRAYS_JOIN);
        free(json);
        cJSON_free(tight);
        cJSON_Delete(document);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_become_objects_or_strings),
        cmocka_unit_test(invalid_utf8_is_mended_on_the_way),
        cmocka_unit_test(no_array_grows_more_than_is_said),
        cmocka_unit_test(random_documents_agree_with_a_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
