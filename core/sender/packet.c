#include "sender/packet.h"

#include <stdlib.h>

int dl_packet_new(struct dl_packet **out, struct dl_compressor *compressor,
                  enum dl_encoding encoding, enum dl_effort effort, const char *body, size_t length,
                  struct dl_error *err)
{
    struct dl_packet *p = calloc(1, sizeof *p);
    int rc;

    if (!p)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a request");
    rc = dl_compress(compressor, encoding, effort, body, length, &p->wire, &p->wire_length, err);
    if (rc < 0) {
        free(p);
        return rc;
    }
    p->raw_length = length;
    p->encoding = encoding;
    *out = p;
    return 0;
}

void dl_packet_free(struct dl_packet *p)
{
    if (!p)
        return;
    free(p->wire);
    free(p);
}

size_t dl_packet_held(const struct dl_packet *p)
{
    return sizeof *p + p->wire_length;
}

int dl_packet_recode(struct dl_packet *p, struct dl_compressor *compressor,
                     struct dl_buffer *scratch, enum dl_encoding encoding, struct dl_error *err)
{
    char *wire;
    size_t length;
    int rc =
        dl_expand(compressor, p->encoding, p->wire, p->wire_length, p->raw_length, scratch, err);

    if (rc == 0)
        rc = dl_compress(compressor, encoding, DL_EFFORT_FAST, scratch->data, scratch->len, &wire,
                         &length, err);
    dl_buffer_free(scratch); /* rare, and five megabytes */
    if (rc < 0)
        return rc;
    free(p->wire);
    p->wire = wire;
    p->wire_length = length;
    p->encoding = encoding;
    return 0;
}

/* Logs `from` up to `to` of the unpacked body as a packet of their own. */
static int make_part(struct dl_packet **out, struct dl_batch *part, const struct dl_packet *p,
                     struct dl_compressor *compressor, const struct dl_buffer *whole,
                     const uint32_t *ends, size_t from, size_t to, struct dl_error *err)
{
    int rc;

    dl_batch_clear(part);
    rc = dl_batch_add_part(part, whole->data, ends, from, to);
    if (rc < 0)
        return dl_error_set(err, (enum dl_code) - rc, "no memory to divide a batch");
    dl_batch_close(part);
    rc = dl_packet_new(out, compressor, p->encoding, DL_EFFORT_FAST, part->body.data,
                       part->body.len, err);
    if (rc == 0) {
        (*out)->first = p->first + from;
        (*out)->count = (uint32_t)(to - from);
        (*out)->taken_ms = p->taken_ms;
    }
    return rc;
}

int dl_packet_divide(const struct dl_packet *p, struct dl_compressor *compressor,
                     struct dl_buffer *scratch, struct dl_packet **first, struct dl_packet **second,
                     struct dl_error *err)
{
    uint32_t ends[DL_BATCH_ENTRIES];
    struct dl_packet *a = NULL;
    struct dl_batch part;
    int rc =
        dl_expand(compressor, p->encoding, p->wire, p->wire_length, p->raw_length, scratch, err);

    dl_batch_init(&part);
    if (rc == 0 && dl_batch_find_ends(scratch->data, scratch->len, ends) != p->count)
        rc = dl_error_set(err, DL_E_INTERNAL, "a batch of %u logs holds another number",
                          (unsigned)p->count);
    if (rc == 0)
        rc = make_part(&a, &part, p, compressor, scratch, ends, 0, p->count / 2, err);
    if (rc == 0)
        rc = make_part(second, &part, p, compressor, scratch, ends, p->count / 2, p->count, err);
    dl_buffer_free(scratch);
    dl_batch_free(&part);
    if (rc < 0)
        dl_packet_free(a);
    else
        *first = a;
    return rc;
}
