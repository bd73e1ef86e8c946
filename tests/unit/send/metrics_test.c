#include "folder.h"

#include <ctype.h>
#include <stdbool.h>

#include "send/metrics.h"

static const struct counters counters = {.taken = 12,
                                         .accepted = 11,
                                         .delivered = 8,
                                         .pending = 2,
                                         .quarantined = 1,
                                         .dropped = 3,
                                         .discarded = 4,
                                         .requests = 5,
                                         .retries = 6,
                                         .bytes = UINT64_MAX,
                                         .wire_bytes = 7,
                                         .oldest_ms = 1005,
                                         .held = true};

/* ---- a strict reader of the exposition format: exactly three lines a metric ---- */

static const char *name_end(const char *at)
{
    assert_true(isalpha((unsigned char)*at) || *at == '_');
    while (isalnum((unsigned char)*at) || *at == '_')
        at++;
    return at;
}

static const char *expect(const char *at, const char *text)
{
    assert_memory_equal(at, text, strlen(text));
    return at + strlen(text);
}

/* One metric; its value as text. Checks names, type against name, label, number, line ends. */
static const char *metric(const char *at, char name[64], char value[64], char type[16])
{
    const char *end;

    at = expect(at, "# HELP ");
    end = name_end(at);
    snprintf(name, 64, "%.*s", (int)(end - at), at);
    at = expect(end, " ");
    end = strchr(at, '\n');
    assert_true(end - at > 5 && end[-1] == '.');
    assert_null(memchr(at, '\\', (size_t)(end - at)));
    at = expect(expect(end, "\n# TYPE "), name);
    at = expect(at, " ");
    end = strchr(at, '\n');
    snprintf(type, 16, "%.*s", (int)(end - at), at);
    assert_true(strcmp(type, "counter") == 0 || strcmp(type, "gauge") == 0);
    end = expect(expect(end, "\n"), name);
    at = expect(end, "{integration=\"");
    for (; *at != '"'; at++) {
        assert_true(*at != '\n' && *at != '\0');
        if (*at == '\\')
            assert_non_null(strchr("\\\"n", *++at));
    }
    at = expect(at, "\"} ");
    end = at + strspn(at, "0123456789.");
    assert_true(end > at);
    snprintf(value, 64, "%.*s", (int)(end - at), at);
    return expect(end, "\n");
}

static void every_metric_has_help_type_label_and_value(void **state)
{
    static const char *const want[][2] = {
        {"logs_taken_total", "12"},
        {"logs_accepted_total", "11"},
        {"logs_delivered_total", "8"},
        {"logs_quarantined_total", "1"},
        {"logs_dropped_total", "7"},
        {"logs_pending", "2"},
        {"requests_total", "5"},
        {"retries_total", "6"},
        {"bytes_total", "18446744073709551615"},
        {"wire_bytes_total", "7"},
        {"held", "1"},
        {"oldest_pending_seconds", "1.005"},
    };
    char name[64], value[64], type[16];
    struct dl_buffer out;
    const char *at;

    (void)state;
    dl_buffer_init(&out, 100000);
    assert_int_equal(metrics_print(&out, &counters, "a\\b\"c\nd"), 0);
    at = dl_buffer_string(&out);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        size_t len;

        at = metric(at, name, value, type);
        assert_string_equal(name + strlen("ddlogs_"), want[i][0]);
        assert_string_equal(value, want[i][1]);
        len = strlen(name);
        assert_int_equal(strcmp(type, "counter") == 0, strcmp(name + len - 6, "_total") == 0);
    }
    assert_int_equal(*at, '\0');
    assert_non_null(strstr(out.data, "{integration=\"a\\\\b\\\"c\\nd\"}"));
    dl_buffer_free(&out);
}

static void the_file_is_replaced_and_all_may_read_it(void **state)
{
    const char *path = in_folder("ddlogs.prom");
    mode_t mask = umask(0077);
    struct dl_error err;
    struct stat st, other;

    (void)state;
    put(path, "old\n");
    assert_int_equal(stat(path, &other), 0);
    assert_int_equal(metrics_write(path, &counters, "acme", NULL), 0);
    umask(mask);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    assert_true(st.st_ino != other.st_ino && st.st_size > 500);
    assert_int_equal(metrics_write(in_folder("none/x.prom"), &counters, "acme", &err), -DL_E_IO);
    assert_non_null(strstr(err.text, "none/x.prom"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_metric_has_help_type_label_and_value),
        cmocka_unit_test(the_file_is_replaced_and_all_may_read_it),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
