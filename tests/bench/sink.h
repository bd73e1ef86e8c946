/* The benchmark's receiver: takes requests on loopback, answers 202, keeps what came. It can do
 * badly on purpose. */
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

/* Percent of the requests, drawn from the seed in their order. */
struct sink_faults {
    double refuse;      /* 503=: nothing is kept */
    double close_after; /* close_after=: kept and answered, then closed without a word */
    double drop_body;   /* drop_body=: closed within the body, nothing is kept */
    uint64_t seed;
};

struct sink {
    struct sink_faults faults;
    uint64_t drawn, faulty; /* requests seen, and those that a fault met */
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

/* Reads "503=5,close_after=2,drop_body=1". */
bool sink_faults_read(struct sink_faults *faults, const char *text);

/* What came against the lines of a file, in any order. A text line must be a message; a line of
 * JSON must stand in its log byte for byte. */
struct sink_verdict {
    bool readable; /* every body was an array of such logs */
    uint64_t logs; /* that came */
    uint64_t lost, twice,
        foreign; /* lines that did not come, logs more than once, no line at all */
};

void sink_verify(const struct sink *sink, const char *path, struct sink_verdict *verdict);

/* Bytes that gzip level 6 makes of the bodies as they were before packing. */
uint64_t sink_reference(const struct sink *sink);

int64_t clock_ns(void);

#endif
