/* One input: bytes to lines to logs, and the place behind the last log that was handed over. */
#ifndef DL_TUI_SEND_STREAM_H
#define DL_TUI_SEND_STREAM_H

#include "send/group.h"
#include "send/lines.h"
#include "send/place.h"

struct stream;

/* Where logs go. */
struct stream_taker {
    /* One log; stream->place is behind it. 0, or what ends the reading. */
    int (*log)(void *context, const struct stream *stream, const char *text, size_t len,
               struct dl_error *err);
    /* What was read so far is handed over; stream->place may be behind it. NULL: no matter. */
    void (*rest)(void *context, const struct stream *stream);
    void *context;
};

struct stream {
    int fd;          /* not owned; -1: none */
    unsigned source; /* which input of the command */
    bool regular;    /* a file with a place, else its place says nothing */
    struct place place;
    struct lines lines;
    struct group group;
    const struct stream_taker *taker;
};

int stream_init(struct stream *stream, unsigned source, const regex_t *start,
                const struct stream_taker *taker, struct dl_error *err);
void stream_free(struct stream *stream);

/* Goes on with this descriptor; a regular file from stream->place.offset on (it is sought there and
 * its identity is taken). `follow`: its end is not the end. -DL_E_IO. */
int stream_attach(struct stream *stream, int fd, bool follow, struct dl_error *err);

/* Reads once and hands over what is whole. 1: read, or it would block; 0: at the end; negative:
 * -DL_E_IO, -DL_E_NOMEM, or what the taker said. */
int stream_read(struct stream *stream, int64_t now_ms, struct dl_error *err);

/* Hands over what waits for more: nothing will come, or not soon enough. stream_end takes a last
 * line without an end too. */
int stream_flush(struct stream *stream, struct dl_error *err);
int stream_end(struct stream *stream, struct dl_error *err);

/* How far it was read, in bytes. */
uint64_t stream_read_bytes(const struct stream *stream);

#endif
