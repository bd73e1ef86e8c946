#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/json.h"
#include "send/stats.h"

static const struct counters before = {.at_ms = 1000, .taken = 100, .delivered = 50};
static const struct counters after = {.at_ms = 3000,
                                      .taken = 1100,
                                      .accepted = 1100,
                                      .delivered = 250,
                                      .pending = 849,
                                      .quarantined = 1,
                                      .requests = 7,
                                      .retries = 2,
                                      .bytes = 12340000,
                                      .wire_bytes = 2000000,
                                      .oldest_ms = 1500,
                                      .held = true};

static void the_line_tells_rates_and_state(void **state)
{
    struct dl_buffer out;

    (void)state;
    dl_buffer_init(&out, 1000);
    assert_int_equal(stats_text(&out, &before, &after), 0);
    assert_string_equal(dl_buffer_string(&out),
                        "ddlogs: 500 logs/s in, 100 logs/s out, 849 pending, 1 quarantined, "
                        "12.3 MB sent (2.0 MB on the wire), 2 retries, HELD\n");
    dl_buffer_clear(&out);
    /* no time, and less than before: no rate */
    assert_int_equal(stats_text(&out, &after, &before), 0);
    assert_non_null(strstr(out.data, " 0 logs/s in, 0 logs/s out"));
    dl_buffer_free(&out);
}

static void the_object_is_one_line_of_json(void **state)
{
    struct dl_buffer out;
    cJSON *json;

    (void)state;
    dl_buffer_init(&out, 1000);
    assert_int_equal(stats_json(&out, &before, &after), 0);
    assert_ptr_equal(strchr(out.data, '\n'), out.data + out.len - 1);
    assert_int_equal(dl_json_parse(&json, out.data, out.len, &dl_json_default_limits, NULL), 0);
    assert_string_equal(cJSON_GetObjectItem(json, "event")->valuestring, "stats");
    assert_true(cJSON_GetObjectItem(json, "in_per_second")->valuedouble == 500);
    assert_true(cJSON_GetObjectItem(json, "out_per_second")->valuedouble == 100);
    assert_true(cJSON_GetObjectItem(json, "pending")->valuedouble == 849);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(json, "held")));
    cJSON_Delete(json);
    dl_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_tells_rates_and_state),
        cmocka_unit_test(the_object_is_one_line_of_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
