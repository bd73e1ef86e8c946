/* The benchmark's receiver: takes requests on loopback, answers 202, keeps what came. */
#ifndef BENCH_SINK_H
#define BENCH_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sink_coding { SINK_PLAIN, SINK_GZIP, SINK_ZSTD };

struct sink_body {
    char *data;
    size_t length;
    enum sink_coding coding;
};

struct sink {
    struct sink_body *bodies;
    size_t count, size;
    uint64_t wire;       /* bytes of all bodies */
    int64_t last_ns;     /* CLOCK_MONOTONIC when the last request was answered */
    const char *failure; /* what was wrong with a request, NULL: nothing */
};

/* A listening socket on a free port of 127.0.0.1, which *port tells. */
int sink_listen(unsigned *port);

/* Serves until stop_fd is readable or closed at its other end. */
void sink_serve(struct sink *sink, int listener, int stop_fd);

/* Whether the logs that came are exactly the lines of the file, in any order; *logs: how many came.
 * A text line must be a message; a line of JSON must stand in its log byte for byte. */
bool sink_verify(const struct sink *sink, const char *path, uint64_t *logs);

int64_t clock_ns(void);

#endif
