/* What looks like a key in a text of an integration, by line. */
#include <string.h>

#include "command/integration.h"
#include "secret/redact.h"

#define LINE_MAX_BYTES ((size_t)DL_PIPELINE_BYTES_MAX)

/* Whether redaction would hide something: a key, or a value whose name says that it is secret. 1,
 * 0, or a negative code. */
static int hides(struct dl_buffer *copy, const char *text, size_t len)
{
    int rc;

    dl_buffer_clear(copy);
    rc = dl_buffer_add(copy, text, len);
    if (rc == 0)
        rc = dl_redact(copy);
    if (rc < 0)
        return rc;
    return copy->len != len || memcmp(dl_buffer_string(copy), text, len) != 0;
}

/* Whether a key that this process knows stands there, in whatever form. */
static int holds_known(const char *text, size_t len)
{
    struct dl_buffer copy; /* the search wants a NUL behind the text */
    int rc;

    dl_buffer_init(&copy, LINE_MAX_BYTES);
    rc = dl_buffer_add(&copy, text, len);
    if (rc == 0)
        rc = dl_redact_finds(dl_buffer_string(&copy), copy.len);
    dl_buffer_free(&copy);
    return rc;
}

/* The length of the line at `at`, without its end. */
static size_t line_length(const char *text, size_t len, size_t at)
{
    const char *end = memchr(text + at, '\n', len - at);

    return end ? (size_t)(end - text) - at : len - at;
}

int integration_key_line(const char *text, size_t len)
{
    int line = 1;

    for (size_t at = 0, n; at < len; at += n + 1, line++) {
        n = line_length(text, len, at);
        if (dl_text_looks_secret(text + at, n))
            return line;
    }
    return holds_known(text, len);
}

int integration_credential_line(const char *text, size_t len)
{
    struct dl_buffer copy;
    int line = 1, found = integration_key_line(text, len);

    if (found)
        return found;
    dl_buffer_init(&copy, LINE_MAX_BYTES);
    for (size_t at = 0, n; at < len && found == 0; at += n + 1, line++) {
        n = line_length(text, len, at);
        found = hides(&copy, text + at, n);
        if (found > 0)
            found = line;
    }
    if (found == 0) /* what takes several lines, as a private key */
        found = hides(&copy, text, len);
    dl_buffer_free(&copy);
    return found;
}
