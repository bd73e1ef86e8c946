#include <string.h>

#include "base/buffer.h"
#include "base/log.h"
#include "base/text.h"
#include "identity/tag.h"

#define API_KEY 32 /* hexadecimal characters */
#define APPLICATION_KEY 40

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word(char c)
{
    char lower = dl_ascii_lower(c);

    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z');
}

static size_t hex_run(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && is_hex(text[n]))
        n++;
    return n;
}

/* True for a word of len bytes followed by `rest` more that is a key by its form. */
static bool word_looks_secret(const char *word, size_t len, size_t rest)
{
    static const char *const prefixes[] = {"ddap", "ddpat", "ddsat", NULL};

    if ((len == API_KEY || len == APPLICATION_KEY) && hex_run(word, len) == len)
        return true;
    if (len == API_KEY + 3 && dl_ascii_equal_n(word, "pub", 3) &&
        hex_run(word + 3, API_KEY) == API_KEY)
        return true;
    for (size_t i = 0; prefixes[i] != NULL; i++)
        if (len == strlen(prefixes[i]) && dl_ascii_equal_n(word, prefixes[i], len) && rest >= 2 &&
            word[len] == '_' && is_word(word[len + 1]))
            return true;
    return false;
}

bool dl_text_looks_secret(const char *text, size_t len)
{
    for (size_t start = 0; start < len;) {
        size_t end = start;

        while (end < len && is_word(text[end]))
            end++;
        if (end > start && word_looks_secret(text + start, end - start, len - end))
            return true;
        start = end + 1;
    }
    return false;
}

int dl_text_show(char *to, size_t size, const char *text, size_t len)
{
    struct dl_buffer clean;
    int status;

    /* Cleaning takes out what has no width: a key with such a character in it is one on the screen.
     */
    dl_buffer_init(&clean, len * 9 + 1024);
    status = dl_text_clean(&clean, text, len);
    if (dl_text_looks_secret(text, len) ||
        (status == 0 && dl_text_looks_secret(dl_buffer_string(&clean), clean.len)))
        status = -DL_E_VALUE;
    if (status == 0)
        dl_log_scrub(to, size, text, len);
    else
        dl_text_copy(to, size, "(withheld)");
    if (clean.data != NULL)
        explicit_bzero(clean.data, clean.size);
    dl_buffer_free(&clean);
    return status;
}
