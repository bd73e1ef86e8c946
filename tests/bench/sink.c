#include "sink.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PEERS 62
#define HEAD_MAX 16384
#define BODY_MAX (64 * 1024 * 1024)

enum fate { WELL, REFUSED, CLOSED, DROPPED };

struct peer {
    char head[HEAD_MAX + 1];
    size_t head_length;
    char *body; /* NULL: the head is not complete */
    size_t body_length, want;
    enum sink_coding coding;
    enum fate fate;
};

int64_t clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int sink_listen(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) || listen(fd, 64) ||
        getsockname(fd, (struct sockaddr *)&address, &size)) {
        perror("sink");
        exit(71);
    }
    *port = ntohs(address.sin_port);
    return fd;
}

bool sink_faults_read(struct sink_faults *faults, const char *text)
{
    while (*text) {
        double *percent = strncmp(text, "503=", 4) == 0            ? &faults->refuse
                          : strncmp(text, "close_after=", 12) == 0 ? &faults->close_after
                          : strncmp(text, "drop_body=", 10) == 0   ? &faults->drop_body
                                                                   : NULL;
        char *end;

        if (!percent)
            return false;
        *percent = strtod(strchr(text, '=') + 1, &end);
        text = *end == ',' ? end + 1 : end;
        if (text == end && *end)
            return false;
    }
    return true;
}

/* splitmix64 of the seed and the request's number: the same run again for the same seed. */
static enum fate draw_fate(struct sink *sink)
{
    const struct sink_faults *f = &sink->faults;
    uint64_t x = (f->seed << 32) + ++sink->drawn * UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    double percent = (double)((x ^ (x >> 31)) >> 11) * 0x1p-53 * 100;
    enum fate fate = percent < f->refuse                                   ? REFUSED
                     : percent < f->refuse + f->close_after                ? CLOSED
                     : percent < f->refuse + f->close_after + f->drop_body ? DROPPED
                                                                           : WELL;
    sink->faulty += fate != WELL;
    return fate;
}

static const char *header(const struct peer *p, const char *name)
{
    const char *line = strchr(p->head, '\n');
    size_t n = strlen(name);

    for (; line; line = strchr(line, '\n')) {
        line++;
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            return line + n + 1 + strspn(line + n + 1, " ");
    }
    return NULL;
}

/* Looks for the end of the head; what was read behind it is the body's beginning. */
static bool begin_body(struct sink *sink, struct peer *p)
{
    const char *end, *length, *coding;
    size_t rest;

    p->head[p->head_length] = '\0';
    end = strstr(p->head, "\r\n\r\n");
    if (!end) {
        if (p->head_length == HEAD_MAX)
            sink->failure = "a request's head is too long";
        return p->head_length < HEAD_MAX;
    }
    length = header(p, "content-length");
    coding = header(p, "content-encoding");
    p->want = length ? strtoul(length, NULL, 10) : SIZE_MAX;
    p->coding = !coding ? SINK_PLAIN : strncmp(coding, "gzip", 4) == 0 ? SINK_GZIP : SINK_ZSTD;
    rest = p->head_length - (size_t)(end + 4 - p->head);
    if (p->want > BODY_MAX || rest > p->want) {
        sink->failure = "a request has no usable length";
        return false;
    }
    p->body = malloc(p->want + 1);
    memcpy(p->body, end + 4, rest);
    p->body_length = rest;
    p->fate = draw_fate(sink);
    return true;
}

static void keep(struct sink *sink, struct peer *p)
{
    if (sink->count == sink->size) {
        sink->size = sink->size ? sink->size * 2 : 1024;
        sink->bodies = realloc(sink->bodies, sink->size * sizeof *sink->bodies);
    }
    sink->bodies[sink->count++] = (struct sink_body){p->body, p->body_length, p->coding};
    sink->wire += p->body_length;
    p->body = NULL;
    p->head_length = 0;
}

static bool say(int fd, const char *text)
{
    return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

/* The body is complete. False: the connection is over. */
static bool answer(struct sink *sink, struct peer *p, int fd)
{
    bool closes = p->fate == CLOSED;

    if (p->fate == REFUSED) {
        free(p->body);
        p->body = NULL;
        p->head_length = 0;
        return say(fd, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    }
    keep(sink, p);
    if (!say(fd, "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n"
                 "Content-Length: 2\r\n\r\n{}"))
        return false;
    sink->last_ns = clock_ns();
    return !closes;
}

/* False: the connection is over. */
static bool advance(struct sink *sink, struct peer *p, int fd)
{
    ssize_t n;

    if (p->body)
        n = recv(fd, p->body + p->body_length, p->want - p->body_length, 0);
    else
        n = recv(fd, p->head + p->head_length, HEAD_MAX - p->head_length, 0);
    if (n <= 0)
        return false;
    if (p->body) {
        p->body_length += (size_t)n;
    } else {
        p->head_length += (size_t)n;
        if (!begin_body(sink, p))
            return false;
    }
    if (p->body && p->fate == DROPPED && p->body_length >= p->want / 2)
        return false;
    return !p->body || p->body_length < p->want || answer(sink, p, fd);
}

static int take_peer(int listener)
{
    int one = 1, fd = accept(listener, NULL, NULL);

    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

void sink_serve(struct sink *sink, int listener, int stop_fd)
{
    static struct peer peers[PEERS];
    struct pollfd fds[PEERS + 2];
    nfds_t count = 2;

    fds[0] = (struct pollfd){.fd = stop_fd, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = listener, .events = POLLIN};
    while (poll(fds, count, -1) > 0 && !fds[0].revents) {
        for (nfds_t i = count - 1; i >= 2; i--) {
            if (!fds[i].revents || advance(sink, &peers[i - 2], fds[i].fd))
                continue;
            close(fds[i].fd);
            free(peers[i - 2].body);
            count--;
            peers[i - 2] = peers[count - 2];
            fds[i] = fds[count];
        }
        if (fds[1].revents && count < PEERS + 2) {
            fds[count] = (struct pollfd){.fd = take_peer(listener), .events = POLLIN};
            memset(&peers[count - 2], 0, sizeof *peers);
            count += fds[count].fd >= 0;
        }
    }
}
