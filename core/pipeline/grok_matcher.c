/* The matchers of grok rules as regular expressions. */
#include <string.h>

#include "pipeline/date.h"
#include "pipeline/grok_private.h"

#define OCTET "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
#define IPV4 "(?<![0-9])(?:" OCTET "\\.){3}" OCTET "(?![0-9])"
#define H16 "[0-9A-Fa-f]{1,4}"
#define IPV6                                                                                       \
    "(?:(?:" H16 ":){7}" H16 "|(?:" H16 ":){6}(?::" H16 "|" OCTET "(?:\\." OCTET "){3}|:)|(?:" H16 \
    ":){5}(?:(?::" H16 "){1,2}|:" OCTET "(?:\\." OCTET "){3}|:)|(?:" H16 ":){4}(?:(?::" H16        \
    "){1,3}|(?::" H16 ")?:" OCTET "(?:\\." OCTET "){3}|:)|(?:" H16 ":){3}(?:(?::" H16              \
    "){1,4}|(?::" H16 "){0,2}:" OCTET "(?:\\." OCTET "){3}|:)|(?:" H16 ":){2}(?:(?::" H16          \
    "){1,5}|(?::" H16 "){0,3}:" OCTET "(?:\\." OCTET "){3}|:)|" H16 ":(?:(?::" H16                 \
    "){1,6}|(?::" H16 "){0,4}:" OCTET "(?:\\." OCTET "){3}|:)|:(?:(?::" H16 "){1,7}|(?::" H16      \
    "){0,5}:" OCTET "(?:\\." OCTET "){3}|:))(?:%[0-9A-Za-z]+)?"
#define LABEL "[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,62})"
#define HOSTNAME "\\b(?:" LABEL ")(?:\\.(?:" LABEL "))*\\.?(?![0-9A-Za-z_-])"
#define NUMBER "[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)"
#define DOUBLE_QUOTED "\"(?:[^\"\\\\]|\\\\.)*\""
#define SINGLE_QUOTED "'(?:[^'\\\\]|\\\\.)*'"

static const struct {
    const char *name;
    enum dl_capture_type type;
    const char *regex;
} matchers[] = {
    {"notSpace", DL_CAPTURE_STRING, "\\S+"},
    {"data", DL_CAPTURE_STRING, ".*?"},
    {"greedyData", DL_CAPTURE_STRING, ".*"},
    {"word", DL_CAPTURE_STRING, "\\b\\w+\\b"},
    {"integer", DL_CAPTURE_INTEGER, "[+-]?\\d+"},
    {"integerStr", DL_CAPTURE_STRING, "[+-]?\\d+"},
    {"integerExt", DL_CAPTURE_INTEGER, "[+-]?\\d+(?:[eE][+-]?\\d+)?"},
    {"integerExtStr", DL_CAPTURE_STRING, "[+-]?\\d+(?:[eE][+-]?\\d+)?"},
    {"number", DL_CAPTURE_NUMBER, NUMBER},
    {"numberStr", DL_CAPTURE_STRING, NUMBER},
    {"numberExt", DL_CAPTURE_NUMBER, NUMBER "(?:[eE][+-]?\\d+)?"},
    {"numberExtStr", DL_CAPTURE_STRING, NUMBER "(?:[eE][+-]?\\d+)?"},
    {"ip", DL_CAPTURE_STRING, "(?:" IPV6 "|" IPV4 ")"},
    {"ipv4", DL_CAPTURE_STRING, IPV4},
    {"ipv6", DL_CAPTURE_STRING, IPV6},
    {"hostname", DL_CAPTURE_STRING, HOSTNAME},
    {"ipOrHost", DL_CAPTURE_STRING, "(?:" IPV6 "|" IPV4 "|" HOSTNAME ")"},
    {"port", DL_CAPTURE_STRING, "\\b[1-9][0-9]{0,4}\\b"},
    {"mac", DL_CAPTURE_STRING,
     "(?:(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\\.){2}[0-9A-Fa-f]{4})"},
    {"uuid", DL_CAPTURE_STRING, "[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"},
    {"doubleQuotedString", DL_CAPTURE_STRING, DOUBLE_QUOTED},
    {"singleQuotedString", DL_CAPTURE_STRING, SINGLE_QUOTED},
    {"quotedString", DL_CAPTURE_STRING, "(?:" DOUBLE_QUOTED "|" SINGLE_QUOTED ")"},
};

static int boolean(struct dl_buffer *out, const struct dl_call *call)
{
    struct dl_text yes = call->count > 0 ? call->args[0] : DL_TEXT("true");
    struct dl_text no = call->count > 1 ? call->args[1] : DL_TEXT("false");

    return dl_buffer_format(out, "(?i:%.*s|%.*s)", (int)yes.len, yes.at, (int)no.len, no.at);
}

int dl_matcher_regex(struct dl_buffer *out, enum dl_capture_type *type, const struct dl_call *call,
                     struct dl_error *err)
{
    int rc = -DL_E_VALUE;

    if (dl_text_equals(call->name, "regex")) {
        if (call->count != 1)
            return dl_error_set(err, DL_E_VALUE, "regex takes one argument, the expression");
        *type = DL_CAPTURE_STRING;
        rc = dl_buffer_add(out, call->args[0].at, call->args[0].len);
    } else if (dl_text_equals(call->name, "date")) {
        if (call->count < 1)
            return dl_error_set(err, DL_E_VALUE, "date takes a pattern");
        *type = DL_CAPTURE_DATE;
        return dl_date_regex(out, call->args[0], err);
    } else if (dl_text_equals(call->name, "httpdate")) {
        *type = DL_CAPTURE_DATE;
        return dl_date_regex(out, DL_TEXT("dd/MMM/yyyy:HH:mm:ss Z"), err);
    } else if (dl_text_equals(call->name, "boolean")) {
        *type = DL_CAPTURE_BOOLEAN;
        rc = boolean(out, call);
    } else {
        for (size_t i = 0; i < sizeof matchers / sizeof *matchers; i++)
            if (dl_text_equals(call->name, matchers[i].name)) {
                *type = matchers[i].type;
                rc = dl_buffer_text(out, matchers[i].regex);
            }
        if (rc == -DL_E_VALUE)
            return dl_error_set(err, DL_E_VALUE, "there is no rule and no matcher \"%.*s\"",
                                (int)call->name.len, call->name.at);
    }
    return rc < 0 ? dl_error_set(err, (enum dl_code) - rc, "the rule is too long") : 0;
}
