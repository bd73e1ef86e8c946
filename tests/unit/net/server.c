#include "server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct peer {
    int fd;
    SSL *ssl; /* NULL: plain */
    struct server_seen *seen;
    bool forget;
    const char *canary;
    char head[65536];
};

static int listen_on_loopback(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

int server_closed_port(void)
{
    int port;
    int fd = listen_on_loopback(&port);

    close(fd);
    return port;
}

/* ---- in the server's process ---- */

static ssize_t read_some(struct peer *peer, void *to, size_t size)
{
    if (peer->ssl)
        return SSL_read(peer->ssl, to, (int)size);
    return recv(peer->fd, to, size, 0);
}

bool peer_write_bytes(struct peer *peer, const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t n =
            peer->ssl ? SSL_write(peer->ssl, at, (int)len) : send(peer->fd, at, len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

bool peer_write(struct peer *peer, const char *text)
{
    return peer_write_bytes(peer, text, strlen(text));
}

static size_t body_length(const char *head)
{
    const char *at = strcasestr(head, "\r\nContent-Length:");

    return at ? strtoul(at + 17, NULL, 10) : 0;
}

/* Byte by byte, so that nothing of what follows is taken. */
static bool read_head(struct peer *peer)
{
    size_t len = 0;

    while (len + 1 < sizeof peer->head) {
        if (read_some(peer, peer->head + len, 1) != 1)
            return false;
        peer->head[++len] = '\0';
        if (len >= 4 && strcmp(peer->head + len - 4, "\r\n\r\n") == 0)
            return true;
    }
    return false;
}

bool peer_read_request(struct peer *peer)
{
    char chunk[16384];
    size_t left, len;

    peer->head[0] = '\0';
    if (!read_head(peer))
        return false;
    len = strlen(peer->head);
    left = body_length(peer->head);
    atomic_fetch_add(&peer->seen->bytes, len + left);
    if (!peer->forget)
        memcpy(peer->seen->request, peer->head, len + 1);
    while (left > 0) {
        ssize_t n = read_some(peer, chunk, left < sizeof chunk ? left : sizeof chunk);

        if (n <= 0)
            return false;
        if (!peer->forget && len + (size_t)n < sizeof peer->seen->request) {
            memcpy(peer->seen->request + len, chunk, (size_t)n);
            len += (size_t)n;
            peer->seen->request[len] = '\0';
        }
        left -= (size_t)n;
    }
    atomic_fetch_add(&peer->seen->requests, 1);
    return true;
}

const char *peer_request(const struct peer *peer)
{
    return peer->head;
}

void peer_wait_for_end(struct peer *peer)
{
    char byte[256];

    while (recv(peer->fd, byte, sizeof byte, 0) > 0) {
    }
}

void peer_pause(int ms)
{
    poll(NULL, 0, ms);
}

void peer_reset(struct peer *peer)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};

    setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

bool peer_answer(struct peer *peer, const char *status, const char *headers, const char *body)
{
    char head[4096];

    snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n", status,
             strlen(body), headers);
    return peer_write(peer, head) && peer_write(peer, body);
}

static bool pass_on(struct peer *peer, int from, int to)
{
    char chunk[16384];
    ssize_t n = recv(from, chunk, sizeof chunk, 0);

    if (n > 0 && peer->canary && memmem(chunk, (size_t)n, peer->canary, strlen(peer->canary)))
        atomic_fetch_add(&peer->seen->leaks, 1);
    return n > 0 && send(to, chunk, (size_t)n, MSG_NOSIGNAL) == n;
}

void peer_relay(struct peer *peer, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct pollfd both[2] = {{.fd = peer->fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    bool open = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;

    while (open && poll(both, 2, -1) > 0) {
        if (both[0].revents)
            open = pass_on(peer, peer->fd, fd);
        if (open && both[1].revents)
            open = pass_on(peer, fd, peer->fd);
    }
    close(fd);
}

static SSL_CTX *make_tls(const struct server_options *options)
{
    SSL_CTX *tls;

    if (!options->certificate)
        return NULL;
    tls = SSL_CTX_new(TLS_server_method());
    if (!tls || SSL_CTX_use_certificate(tls, options->certificate->x509) != 1 ||
        SSL_CTX_use_PrivateKey(tls, options->certificate->key) != 1)
        _exit(3);
    if (options->tls_most) {
        SSL_CTX_set_min_proto_version(tls, 0);
        SSL_CTX_set_max_proto_version(tls, options->tls_most);
        SSL_CTX_set_cipher_list(tls, "ALL:@SECLEVEL=0");
    }
    return tls;
}

static void serve_one(struct peer *peer, SSL_CTX *tls, server_script *script)
{
    bool ready = true;

    atomic_fetch_add(&peer->seen->connections, 1);
    if (tls) {
        peer->ssl = SSL_new(tls);
        SSL_set_fd(peer->ssl, peer->fd);
        ready = SSL_accept(peer->ssl) == 1;
        if (ready)
            atomic_fetch_add(&peer->seen->handshakes, 1);
    }
    if (ready)
        script(peer);
    if (peer->ssl) {
        SSL_shutdown(peer->ssl);
        SSL_free(peer->ssl);
    }
    close(peer->fd);
}

static void serve(int listener, server_script *script, const struct server_options *options,
                  struct server_seen *seen)
{
    SSL_CTX *tls = make_tls(options);
    static struct peer peer;

    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        peer = (struct peer){.fd = accept(listener, NULL, NULL),
                             .seen = seen,
                             .forget = options->forget,
                             .canary = options->canary};
        if (peer.fd >= 0)
            serve_one(&peer, tls, script);
    }
}

/* ---- in the test ---- */

void server_start(struct server *server, server_script *script,
                  const struct server_options *options)
{
    static const struct server_options plain;
    int listener = listen_on_loopback(&server->port);

    assert_int_equal(listen(listener, 16), 0);
    server->seen =
        mmap(NULL, sizeof *server->seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(server->seen != MAP_FAILED);
    server->pid = fork();
    assert_true(server->pid >= 0);
    if (server->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listener, script, options ? options : &plain, server->seen);
        _exit(0);
    }
    close(listener);
}

void server_stop(struct server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    munmap(server->seen, sizeof *server->seen);
}
