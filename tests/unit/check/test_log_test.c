#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "check/test_log.h"

static const struct dl_json_limits limits = {.bytes = 2000000, .depth = 10, .nodes = 1000};

/* What was made, parsed. */
struct heap {
    cJSON *logs[64];
    const char *services[64];
    size_t sizes[64];
    size_t count, stop_at;
};

static int keep(void *context, const char *json, size_t len, const char *service,
                struct dl_error *err)
{
    struct heap *heap = context;

    if (heap->stop_at && heap->count == heap->stop_at)
        return dl_error_set(err, DL_E_FULL, "full");
    /* ten levels are what Datadog indexes */
    if (dl_json_parse(&heap->logs[heap->count], json, len, &limits, err) < 0)
        fail_msg("%s", err->text);
    heap->services[heap->count] = service;
    heap->sizes[heap->count++] = len;
    return 0;
}

static void drop(struct heap *heap)
{
    for (size_t i = 0; i < heap->count; i++)
        cJSON_Delete(heap->logs[i]);
}

static const char *text(const cJSON *log, const char *name)
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItem(log, name));

    return value ? value : "";
}

static const cJSON *find(const struct heap *heap, const char *kind, size_t skip)
{
    for (size_t i = 0; i < heap->count; i++)
        if (strcmp(text(cJSON_GetObjectItem(heap->logs[i], "test"), "kind"), kind) == 0 &&
            skip-- == 0)
            return heap->logs[i];
    return NULL;
}

static struct dl_integration integration(char **services, size_t service_count, char **samples,
                                         size_t sample_count)
{
    return (struct dl_integration){.services = services,
                                   .service_count = service_count,
                                   .samples = samples,
                                   .sample_count = sample_count};
}

static void test_every_log_carries_its_id_and_mark(void **state)
{
    char web[] = "web", line[] = "a line", object[] = "{\"level\":\"warn\",\"n\":1.50}";
    char *services[] = {web}, *samples[] = {line, object};
    struct dl_integration acme = integration(services, 1, samples, 2);
    struct heap heap = {0};
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_test_log_one("7f3c91be-02d14a6e", keep, &heap, &err), 0);
    assert_int_equal(heap.count, 1);
    assert_int_equal(dl_test_log_batch("7f3c91be-02d14a6e", &acme, keep, &heap, &err), 0);
    assert_int_equal(heap.count, 1 + 9 + 1 + 4 + 2);
    for (size_t i = 0; i < heap.count; i++) {
        const cJSON *test = cJSON_GetObjectItem(heap.logs[i], "test");
        assert_string_equal(text(test, "id"), "7f3c91be-02d14a6e");
        assert_true(cJSON_IsTrue(cJSON_GetObjectItem(heap.logs[i], "ddlogs_test")));
        assert_true(text(heap.logs[i], "status")[0] != '\0');
    }
    drop(&heap);
}

static void test_the_batch_has_every_status_and_service(void **state)
{
    static const char *const statuses[] = {"emergency", "alert", "critical", "error", "warning",
                                           "notice",    "info",  "debug",    "ok"};
    char web[] = "web", api[] = "api";
    char *services[] = {web, api};
    struct dl_integration acme = integration(services, 2, NULL, 0);
    struct heap heap = {0};
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_test_log_batch("id", &acme, keep, &heap, &err), 0);
    for (size_t i = 0; i < 9; i++)
        assert_string_equal(text(find(&heap, "status", i), "status"), statuses[i]);
    assert_string_equal(heap.services[9], "web");
    assert_string_equal(heap.services[10], "api");
    drop(&heap);
}

static void test_the_batch_has_unicode_nesting_and_a_line_near_the_limit(void **state)
{
    struct dl_integration acme = integration(NULL, 0, NULL, 0);
    struct heap heap = {0};
    struct dl_error err;
    size_t longest = 0;

    (void)state;
    assert_int_equal(dl_test_log_batch("id", &acme, keep, &heap, &err), 0);
    assert_non_null(strstr(text(find(&heap, "unicode", 0), "message"), "\xf0\x9f\x99\x82"));
    assert_int_equal(strlen(text(find(&heap, "long", 0), "message")), DL_TEST_LOG_LINE);
    const cJSON *nested = cJSON_GetObjectItem(find(&heap, "attributes", 0), "attributes");
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(nested, "nothing")));
    nested = cJSON_GetObjectItem(cJSON_GetObjectItem(nested, "two"), "three");
    assert_true(cJSON_IsObject(nested));
    for (size_t i = 0; i < heap.count; i++)
        longest = heap.sizes[i] > longest ? heap.sizes[i] : longest;
    assert_true(longest < 1000000);
    drop(&heap);
}

static void test_samples_keep_their_bytes(void **state)
{
    char line[] = "10.0.0.1 - \"GET / HTTP/1.1\" 200";
    char object[] = " {\"status\":\"error\",\"n\":1.50} ", empty[] = "{}", clash[] = "{\"test\":1}";
    char *samples[] = {line, object, empty, clash};
    struct dl_integration acme = integration(NULL, 0, samples, 4);
    struct heap heap = {0};
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_test_log_batch("id", &acme, keep, &heap, &err), 0);
    assert_string_equal(text(find(&heap, "sample", 0), "message"), line);
    assert_string_equal(text(find(&heap, "sample", 1), "status"), "error");
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(find(&heap, "sample", 1), "n")) == 1.5);
    assert_string_equal(text(find(&heap, "sample", 2), "message"), "{}");
    assert_string_equal(text(find(&heap, "sample", 3), "message"), clash);
    drop(&heap);
}

static void test_a_refusal_ends_the_making(void **state)
{
    struct dl_integration acme = integration(NULL, 0, NULL, 0);
    struct heap heap = {.stop_at = 3};
    struct dl_error err = {0};

    (void)state;
    assert_int_equal(dl_test_log_batch("id", &acme, keep, &heap, &err), -DL_E_FULL);
    assert_int_equal(heap.count, 3);
    assert_int_equal(err.code, DL_E_FULL);
    drop(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_log_carries_its_id_and_mark),
        cmocka_unit_test(test_the_batch_has_every_status_and_service),
        cmocka_unit_test(test_the_batch_has_unicode_nesting_and_a_line_near_the_limit),
        cmocka_unit_test(test_samples_keep_their_bytes),
        cmocka_unit_test(test_a_refusal_ends_the_making),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
