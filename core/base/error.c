#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/text.h"

static const struct dl_error_info table[DL_CODE_COUNT] = {
    [DL_OK] = {DL_OK, "", 0, DL_KIND_FAIL, "", "", ""},
#define DL_ERROR_ROW(symbol, id, exit_code, kind, title, causes, next)                             \
    [DL_E_##symbol] = {DL_E_##symbol, id, exit_code, kind, title, causes, next},
    DL_ERROR_TABLE(DL_ERROR_ROW)
#undef DL_ERROR_ROW
};

const struct dl_error_info *dl_error_info(enum dl_code code)
{
    if ((int)code < 0 || code >= DL_CODE_COUNT)
        return &table[DL_E_INTERNAL];
    return &table[code];
}

const struct dl_error_info *dl_error_find(const char *id)
{
    for (int code = DL_OK + 1; code < DL_CODE_COUNT; code++)
        if (dl_ascii_equal(table[code].id, id))
            return &table[code];
    return NULL;
}

static bool word_ends(char c)
{
    return !((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             c == '_');
}

/* The value of the word that begins at text[at], or NULL. */
static const char *value_at(const struct dl_error_word *words, const char *text, size_t at,
                            size_t *length)
{
    if (!words || (at > 0 && !word_ends(text[at - 1])))
        return NULL;
    for (; words->word; words++) {
        *length = strlen(words->word);
        if (words->value && strncmp(text + at, words->word, *length) == 0 &&
            word_ends(text[at + *length]))
            return words->value;
    }
    return NULL;
}

bool dl_error_step(enum dl_code code, size_t index, const struct dl_error_word *words, char *to,
                   size_t size)
{
    const char *text = dl_error_info(code)->next;
    size_t used = 0, length = 1;

    for (; index > 0 && text; index--) {
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
    if (!text || !*text || !size)
        return false;
    size_t end = strcspn(text, "\n");
    for (size_t at = 0; at < end;) {
        const char *value = value_at(words, text, at, &length);
        size_t n = value ? strlen(value) : 1;

        if (used + n >= size)
            break;
        memcpy(to + used, value ? value : text + at, n);
        used += n;
        at += value ? length : 1;
    }
    to[used] = '\0';
    return true;
}

/* Names of files, words of a command line and answers of others come into the text, and it goes to
 * terminals: nothing in it may act on one. Without memory for that, only printable ASCII stays. */
static void make_safe(char *text, size_t size)
{
    size_t len = strlen(text);
    struct dl_buffer clean;

    /* vsnprintf may have cut inside a sequence */
    if (len == size - 1)
        text[len = dl_utf8_cut(text, len, len)] = '\0';
    dl_buffer_init(&clean, 3 * len + 1);
    if (dl_text_clean(&clean, text, len) == 0)
        dl_text_copy(text, size, dl_buffer_string(&clean));
    else
        for (; *text; text++)
            *text = *text < ' ' || *text > '~' ? '?' : *text;
    dl_buffer_free(&clean);
}

static void set_text(struct dl_error *err, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void set_text(struct dl_error *err, const char *format, va_list args)
{
    vsnprintf(err->text, sizeof err->text, format, args);
    make_safe(err->text, sizeof err->text);
}

int dl_error_set(struct dl_error *err, enum dl_code code, const char *format, ...)
{
    if (err) {
        va_list args;

        *err = (struct dl_error){.code = code};
        va_start(args, format);
        set_text(err, format, args);
        va_end(args);
    }
    return -(int)code;
}

int dl_error_set_errno(struct dl_error *err, enum dl_code code, int number, const char *format, ...)
{
    if (err) {
        va_list args;
        char reason[128];
        size_t len;

        *err = (struct dl_error){.code = code, .sys_errno = number};
        va_start(args, format);
        set_text(err, format, args);
        va_end(args);
        len = strlen(err->text);
        /* the GNU strerror_r: returns the text, perhaps not in the array */
        dl_text_format(err->text + len, sizeof err->text - len, ": %s",
                       strerror_r(number, reason, sizeof reason));
    }
    return -(int)code;
}

void dl_error_prefix(struct dl_error *err, const char *format, ...)
{
    char old[sizeof err->text];
    va_list args;
    size_t len;

    if (!err)
        return;
    memcpy(old, err->text, sizeof old);
    va_start(args, format);
    set_text(err, format, args);
    va_end(args);
    len = strlen(err->text);
    dl_text_format(err->text + len, sizeof err->text - len, ": %s", old);
}
