/* A growing byte array with a mandatory maximum. Growing past the maximum is an error, never a cut.
 */
#ifndef DL_BASE_BUFFER_H
#define DL_BASE_BUFFER_H

#include <stddef.h>

struct dl_buffer {
    char *data; /* always NUL-terminated when not NULL; the NUL is not counted */
    size_t len;
    size_t size; /* allocated bytes, the NUL included */
    size_t max;  /* most bytes `len` may reach */
};

/* An empty buffer that owns nothing yet. */
void dl_buffer_init(struct dl_buffer *b, size_t max);

/* Frees the memory and leaves an empty buffer with the same maximum. */
void dl_buffer_free(struct dl_buffer *b);

/* Forgets the content, keeps the memory. */
void dl_buffer_clear(struct dl_buffer *b);

/* Each returns 0, or -DL_E_LIMIT (past max) or -DL_E_NOMEM and leaves the buffer as it was. */
int dl_buffer_reserve(struct dl_buffer *b, size_t more);
int dl_buffer_add(struct dl_buffer *b, const void *data, size_t len);
int dl_buffer_text(struct dl_buffer *b, const char *text);
int dl_buffer_char(struct dl_buffer *b, char c);
int dl_buffer_format(struct dl_buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The content as a string, "" when empty. Valid until the next change. */
const char *dl_buffer_string(const struct dl_buffer *b);

#endif
