#include "sender/batch.h"

#include <stdbool.h>

#include "base/error.h"

void dl_batch_init(struct dl_batch *batch)
{
    dl_buffer_init(&batch->body, DL_BATCH_BYTES - 1); /* one byte set aside for the bracket */
    batch->count = 0;
    batch->opened_ms = 0;
}

void dl_batch_free(struct dl_batch *batch)
{
    dl_buffer_free(&batch->body);
    batch->count = 0;
}

int dl_batch_begin(struct dl_batch *batch)
{
    if (batch->count == DL_BATCH_ENTRIES)
        return -DL_E_LIMIT;
    return dl_buffer_char(&batch->body, batch->count ? ',' : '[');
}

void dl_batch_keep(struct dl_batch *batch)
{
    batch->ends[batch->count++] = (uint32_t)batch->body.len;
}

void dl_batch_undo(struct dl_batch *batch)
{
    batch->body.len = batch->count ? batch->ends[batch->count - 1] : 0;
}

int dl_batch_add_part(struct dl_batch *batch, const char *body, const uint32_t *ends, size_t from,
                      size_t to)
{
    for (size_t i = from; i < to; i++) {
        uint32_t start = (i ? ends[i - 1] : 0) + 1; /* behind the bracket or comma */
        int rc = dl_batch_begin(batch);

        if (rc == 0)
            rc = dl_buffer_add(&batch->body, body + start, ends[i] - start);
        if (rc < 0) {
            dl_batch_undo(batch);
            return rc;
        }
        dl_batch_keep(batch);
    }
    return 0;
}

/* Behind the value that starts at `at`: objects are told apart by their braces outside of texts. */
static const char *skip_object(const char *at, const char *end)
{
    unsigned depth = 0;
    bool text = false;

    for (; at < end; at++) {
        if (text) {
            if (*at == '"')
                text = false;
            else if (*at == '\\' && at + 1 < end)
                at++;
        } else if (*at == '"') {
            text = true;
        } else if (*at == '{' || *at == '[') {
            depth++;
        } else if ((*at == '}' || *at == ']') && --depth == 0) {
            return at + 1;
        }
    }
    return NULL;
}

size_t dl_batch_find_ends(const char *body, size_t length, uint32_t ends[DL_BATCH_ENTRIES])
{
    const char *at = body, *end = body + length;
    size_t count = 0;

    while (at && end - at >= 4 && *at == (count ? ',' : '[') && at[1] == '{' &&
           count < DL_BATCH_ENTRIES) {
        at = skip_object(at + 1, end);
        if (at)
            ends[count++] = (uint32_t)(at - body);
    }
    return at && end - at == 1 && *at == ']' ? count : 0;
}

void dl_batch_close(struct dl_batch *batch)
{
    /* The buffer keeps room for a NUL behind its content: the bracket takes that place. */
    batch->body.data[batch->body.len++] = ']';
}

void dl_batch_clear(struct dl_batch *batch)
{
    batch->body.len = 0;
    batch->count = 0;
}
