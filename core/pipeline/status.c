#include "pipeline/status.h"

#include <string.h>

#include "base/text.h"

static const struct dl_text numbers[] = {{"emergency", 9}, {"alert", 5}, {"critical", 8},
                                         {"error", 5},     {"warn", 4},  {"notice", 6},
                                         {"info", 4},      {"debug", 5}};

static const struct {
    const char *prefix, *status;
} prefixes[] = {{"emerg", "emergency"},
                {"f", "emergency"},
                {"a", "alert"},
                {"c", "critical"},
                {"err", "error"},
                {"e", "error"},
                {"w", "warn"},
                {"n", "notice"},
                {"i", "info"},
                {"d", "debug"},
                {"t", "debug"},
                {"v", "debug"},
                {"o", "ok"},
                {"s", "ok"}};

struct dl_text dl_status_of(const struct dl_value *value, struct dl_arena *arena)
{
    struct dl_text text = dl_value_print(arena, value);
    int64_t number;

    if (dl_value_parse_integer(text, &number))
        return number >= 0 && number <= 7 ? numbers[number] : DL_TEXT("info");
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t len = strlen(prefixes[i].prefix);

        if (text.len >= len && dl_ascii_equal_n(text.at, prefixes[i].prefix, len))
            return (struct dl_text){prefixes[i].status, strlen(prefixes[i].status)};
    }
    return DL_TEXT("info");
}
