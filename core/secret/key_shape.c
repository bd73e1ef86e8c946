#include "secret/key_shape.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#define API_KEY_LENGTH 32
#define APP_KEY_LENGTH 40

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Number of hexadecimal characters that the text begins with. */
static size_t hex_run(const char *text)
{
    size_t n = 0;

    while (is_hex(text[n]))
        n++;
    return n;
}

/* 8-4-4-4-12 hexadecimal characters. */
static bool is_uuid(const char *text, size_t len)
{
    if (len != 36)
        return false;
    for (size_t i = 0; i < len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i]))
            return false;
    }
    return true;
}

/* What a shell, a template or a page of instructions leaves when nobody filled in the value. */
static bool is_variable(const char *text, size_t len)
{
    char last = text[len - 1];

    return text[0] == '$' || strstr(text, "${") || strstr(text, "{{") ||
           dl_text_starts(text, "ENC[") || (len > 2 && text[0] == '%' && last == '%') ||
           (len > 2 && text[0] == '<' && last == '>');
}

/* "pub" and 32 hexadecimal characters. */
static bool is_client_token(const char *text, size_t len)
{
    return len == 35 && dl_text_starts(text, "pub") && hex_run(text + 3) == 32;
}

static enum dl_key_shape shape_of(const char *text, size_t len)
{
    if (len == 0)
        return DL_SHAPE_EMPTY;
    if (dl_text_starts(text, "ddap_"))
        return DL_SHAPE_APP_KEY;
    if (dl_text_starts(text, "ddpat_"))
        return DL_SHAPE_PERSONAL;
    if (dl_text_starts(text, "ddsat_"))
        return DL_SHAPE_SERVICE;
    if (is_uuid(text, len))
        return DL_SHAPE_KEY_ID;
    if (is_client_token(text, len))
        return DL_SHAPE_CLIENT_TOKEN;
    if (is_variable(text, len))
        return DL_SHAPE_VARIABLE;
    if (hex_run(text) != len)
        return DL_SHAPE_OTHER;
    return len == API_KEY_LENGTH   ? DL_SHAPE_API_KEY
           : len == APP_KEY_LENGTH ? DL_SHAPE_APP_KEY
                                   : DL_SHAPE_LENGTH;
}

/* The sentence: counts, positions and public prefixes, never a part of the key. */
static void describe(enum dl_key_shape shape, const char *text, size_t len, char *to, size_t size)
{
    static const char create[] =
        "create an API key under Organization Settings > API Keys and use that";

    switch (shape) {
    case DL_SHAPE_API_KEY:
        dl_text_format(to, size, "32 hexadecimal characters: looks like an API key.");
        break;
    case DL_SHAPE_EMPTY:
        dl_text_format(to, size, "No key was given; paste the 32 characters of an API key.");
        break;
    case DL_SHAPE_APP_KEY:
        dl_text_format(to, size, "This is an application key (%s): %s.",
                       dl_text_starts(text, "ddap_") ? "it begins with ddap_"
                                                     : "40 hexadecimal characters",
                       create);
        break;
    case DL_SHAPE_PERSONAL:
        dl_text_format(to, size, "This is a personal access token (it begins with ddpat_): %s.",
                       create);
        break;
    case DL_SHAPE_SERVICE:
        dl_text_format(to, size, "This is a service access token (it begins with ddsat_): %s.",
                       create);
        break;
    case DL_SHAPE_KEY_ID:
        dl_text_format(to, size,
                       "This is the ID of a key (8-4-4-4-12), not the key: the key is the "
                       "text of 32 characters shown once when it is created.");
        break;
    case DL_SHAPE_CLIENT_TOKEN:
        dl_text_format(to, size, "This is a client token for browsers (it begins with pub): %s.",
                       create);
        break;
    case DL_SHAPE_VARIABLE:
        dl_text_format(to, size,
                       "This is the name of a variable or a placeholder that nobody filled "
                       "in; give the key itself.");
        break;
    case DL_SHAPE_LENGTH:
        dl_text_format(to, size,
                       "%zu hexadecimal character%s, but API keys have 32: copied in part, "
                       "or with something else.",
                       len, len == 1 ? "" : "s");
        break;
    case DL_SHAPE_OTHER:
        dl_text_format(to, size,
                       "%zu character%s, the one at position %zu is not hexadecimal; API "
                       "keys have 32 hexadecimal characters.",
                       len, len == 1 ? "" : "s", hex_run(text) + 1);
        break;
    }
}

int dl_key_shape(const struct dl_key *key, enum dl_key_shape *shape, char *sentence, size_t size,
                 struct dl_error *err)
{
    const char *text = dl_key_text(key);
    size_t len = dl_key_length(key);

    *shape = shape_of(text, len);
    describe(*shape, text, len, sentence, size);
    switch (*shape) {
    case DL_SHAPE_API_KEY:
    case DL_SHAPE_LENGTH:
    case DL_SHAPE_OTHER:
        return 0;
    case DL_SHAPE_APP_KEY:
    case DL_SHAPE_PERSONAL:
    case DL_SHAPE_SERVICE:
    case DL_SHAPE_CLIENT_TOKEN:
        return dl_error_set(err, DL_E_KEY_APPKEY, "%s", sentence);
    case DL_SHAPE_EMPTY:
    case DL_SHAPE_KEY_ID:
    case DL_SHAPE_VARIABLE:
        break;
    }
    return dl_error_set(err, DL_E_KEY_SHAPE, "%s", sentence);
}
