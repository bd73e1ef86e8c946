/* A peer for tests that does exactly what its script says, wrong things too: a process of its own,
 * so that what it received is not in the memory of the test. One connection at a time. */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "certificate.h"

struct peer; /* one connection, inside the server's process */

typedef void server_script(struct peer *peer);

/* Shared with the server's process. */
struct server_seen {
    atomic_int connections, handshakes, requests;
    atomic_int leaks;    /* times that a relay saw the canary */
    atomic_size_t bytes; /* of all requests */
    char request[65536]; /* the last one's start, NUL-terminated; unless `forget` */
};

struct server_options {
    const struct certificate *certificate; /* NULL: no TLS */
    int tls_most;                          /* TLS1_1_VERSION ..., 0: all */
    bool forget;                           /* keep no request */
    const char *canary;                    /* what a relay must not see */
};

struct server {
    pid_t pid;
    int port;
    struct server_seen *seen;
};

/* options NULL: plain, all kept. The script runs once for each connection. */
void server_start(struct server *server, server_script *script,
                  const struct server_options *options);
void server_stop(struct server *server);

/* A loopback port that nobody listens on. */
int server_closed_port(void);

/* For scripts. */
bool peer_read_request(struct peer *peer);         /* head and body; false at the end */
const char *peer_request(const struct peer *peer); /* the head of the last one */
bool peer_write(struct peer *peer, const char *text);
bool peer_write_bytes(struct peer *peer, const void *bytes, size_t len);
void peer_wait_for_end(struct peer *peer); /* says nothing until the other side goes away */
void peer_pause(int ms);
void peer_reset(struct peer *peer);           /* RST instead of an orderly end */
void peer_relay(struct peer *peer, int port); /* both ways, to 127.0.0.1:port; what a proxy does */

/* "HTTP/1.1 STATUS\r\nContent-Length: ...\r\n\r\nBODY" */
bool peer_answer(struct peer *peer, const char *status, const char *headers, const char *body);

#endif
