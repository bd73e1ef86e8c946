/* Secrets of others that the environment holds, told to redaction by their values, so that they are
 * hidden wherever they come by: in an answer, a path, a message. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "command/report.h"

/* A shorter value would be found in ordinary words. */
#define VALUE_MIN 8
#define NAME_BYTES 128

static bool contains(const char *text, const char *part)
{
    const size_t len = strlen(part);

    for (; strlen(text) >= len; text++)
        if (dl_ascii_equal_n(text, part, len))
            return true;
    return false;
}

static bool ends_with_any(const char *name, const char *const *ends)
{
    const size_t len = strlen(name);

    for (; *ends; ends++)
        if (len >= strlen(*ends) && dl_ascii_equal(name + len - strlen(*ends), *ends))
            return true;
    return false;
}

bool report_name_is_secret(const char *name)
{
    static const char *const inside[] = {"API_KEY", "APP_KEY",  "ACCESS_KEY", "APIKEY",
                                         "APPKEY",  "TOKEN",    "SECRET_",    "_SECRET",
                                         "PASSWD",  "PASSWORD", "PASSPHRASE"};
    static const char *const ends[] = {"_KEY", "_PASS", "_PWD", "_AUTH", "_CREDENTIALS", NULL};
    /* these say where it is, not what it is */
    static const char *const harmless[] = {"_FILE", "_PATH", "_DIR",     "_DIRECTORY", "_FD",
                                           "_NAME", "_SOCK", "_BACKEND", NULL};

    if (ends_with_any(name, harmless))
        return false;
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
        if (contains(name, inside[i]))
            return true;
    return ends_with_any(name, ends);
}

/* A value that is part of a name in the archive cannot be hidden there, and tells nothing. */
static bool is_ours(const struct report_secrets *secrets, const char *value)
{
    if (contains(secrets->folder, value))
        return true;
    for (const struct report_part *part = report_parts; part->name; part++)
        if (contains(part->name, value))
            return true;
    return false;
}

static void add(struct report_secrets *secrets, const char *text, size_t len)
{
    char value[DL_KEY_MAX + 1];

    if (len < VALUE_MIN || len > DL_KEY_MAX || secrets->count == REPORT_SECRETS_MAX)
        return;
    memcpy(value, text, len);
    value[len] = '\0';
    /* what is no key by its bytes is left to the patterns */
    if (!is_ours(secrets, value) &&
        dl_key_new(&secrets->keys[secrets->count], value, len, NULL) == 0)
        secrets->count++;
    explicit_bzero(value, sizeof value);
}

static int hex_digit(char c)
{
    char l = dl_ascii_lower(c);

    return l >= '0' && l <= '9' ? l - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* The same as it is without its %XX. */
static void add_decoded(struct report_secrets *secrets, const char *text, size_t len)
{
    char value[DL_KEY_MAX + 1];
    size_t n = 0;

    add(secrets, text, len);
    if (len > DL_KEY_MAX || !memchr(text, '%', len))
        return;
    for (size_t i = 0; i < len; i++) {
        bool code = text[i] == '%' && len - i > 2 && hex_digit(text[i + 1]) >= 0 &&
                    hex_digit(text[i + 2]) >= 0;

        value[n++] = code ? (char)(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
        i += code ? 2 : 0;
    }
    add(secrets, value, n);
    explicit_bzero(value, sizeof value);
}

/* user:password@ of an address; a user without a password is a token. */
static void add_credentials(struct report_secrets *secrets, const char *url)
{
    const char *scheme = strstr(url, "://"), *from = scheme ? scheme + 3 : url;
    const char *sign = strrchr(from, '@'),
               *colon = sign ? memchr(from, ':', (size_t)(sign - from)) : NULL;

    if (!sign)
        return;
    if (colon)
        from = colon + 1;
    add_decoded(secrets, from, (size_t)(sign - from));
}

static void add_variable(struct report_secrets *secrets, const char *variable)
{
    const char *equals = strchr(variable, '=');
    char name[NAME_BYTES];

    if (!equals || (size_t)(equals - variable) >= sizeof name)
        return;
    dl_text_format(name, sizeof name, "%.*s", (int)(equals - variable), variable);
    if (report_name_is_secret(name))
        add_decoded(secrets, equals + 1, strlen(equals + 1));
    else if (contains(name, "proxy") || strstr(equals + 1, "://"))
        add_credentials(secrets, equals + 1);
}

void report_secrets_find(struct report_secrets *secrets, const char *folder)
{
    secrets->folder = folder;
    for (char **variable = environ; variable && *variable; variable++)
        add_variable(secrets, *variable);
}

void report_secrets_forget(struct report_secrets *secrets)
{
    while (secrets->count > 0)
        dl_key_free(secrets->keys[--secrets->count]);
}
