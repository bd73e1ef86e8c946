#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

void dl_buffer_init(struct dl_buffer *b, size_t max)
{
    *b = (struct dl_buffer){.max = max};
}

void dl_buffer_free(struct dl_buffer *b)
{
    free(b->data);
    dl_buffer_init(b, b->max);
}

void dl_buffer_clear(struct dl_buffer *b)
{
    b->len = 0;
    if (b->data)
        b->data[0] = '\0';
}

int dl_buffer_reserve(struct dl_buffer *b, size_t more)
{
    size_t need, size;

    if (__builtin_add_overflow(b->len, more, &need) || need > b->max || need == SIZE_MAX)
        return -DL_E_LIMIT;
    need += 1; /* the NUL */
    if (need <= b->size)
        return 0;
    size = b->size ? b->size : 64;
    while (size < need)
        if (__builtin_mul_overflow(size, (size_t)2, &size))
            size = need;
    if (b->max < SIZE_MAX && size > b->max + 1)
        size = b->max + 1;
    char *data = realloc(b->data, size);
    if (!data)
        return -DL_E_NOMEM;
    b->data = data;
    b->size = size;
    return 0;
}

int dl_buffer_add(struct dl_buffer *b, const void *data, size_t len)
{
    /* the usual case without the sums: it fits, and the NUL behind it */
    int rc = b->size > b->len && b->size - b->len > len ? 0 : dl_buffer_reserve(b, len);

    if (rc < 0)
        return rc;
    if (len)
        memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
    return 0;
}

int dl_buffer_text(struct dl_buffer *b, const char *text)
{
    return dl_buffer_add(b, text, strlen(text));
}

int dl_buffer_char(struct dl_buffer *b, char c)
{
    if (b->size < 2 || b->len > b->size - 2)
        return dl_buffer_add(b, &c, 1);
    b->data[b->len++] = c;
    b->data[b->len] = '\0';
    return 0;
}

int dl_buffer_format(struct dl_buffer *b, const char *format, ...)
{
    va_list args;
    int len, rc;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        return -DL_E_INTERNAL;
    rc = dl_buffer_reserve(b, (size_t)len);
    if (rc < 0)
        return rc;
    va_start(args, format);
    vsnprintf(b->data + b->len, (size_t)len + 1, format, args);
    va_end(args);
    b->len += (size_t)len;
    return 0;
}

const char *dl_buffer_string(const struct dl_buffer *b)
{
    return b->data ? b->data : "";
}
