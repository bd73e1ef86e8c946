/* What looks like a key in a text of an integration, by line. */
#include <string.h>

#include "command/integration.h"
#include "secret/redact.h"

#define LINE_MAX_BYTES ((size_t)DL_PIPELINE_BYTES_MAX)

/* Whether redaction would hide something. 1, 0, or a negative code. */
static int holds(struct dl_buffer *copy, const char *text, size_t len)
{
    int rc;

    dl_buffer_clear(copy);
    if (dl_text_looks_secret(text, len))
        return 1;
    rc = dl_buffer_add(copy, text, len);
    if (rc == 0)
        rc = dl_redact(copy);
    if (rc < 0)
        return rc;
    return copy->len != len || memcmp(dl_buffer_string(copy), text, len) != 0;
}

int integration_key_line(const char *text, size_t len)
{
    struct dl_buffer copy;
    int line = 1, found = 0;

    dl_buffer_init(&copy, LINE_MAX_BYTES);
    for (size_t at = 0, n; at < len && found == 0; at += n + 1, line++) {
        const char *end = memchr(text + at, '\n', len - at);

        n = end ? (size_t)(end - text) - at : len - at;
        found = holds(&copy, text + at, n);
        if (found > 0)
            found = line;
    }
    if (found == 0) /* what takes several lines, as a private key */
        found = holds(&copy, text, len);
    dl_buffer_free(&copy);
    return found;
}
