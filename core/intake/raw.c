/* Answers written by hand: cut at a byte, slow, endless, or no HTTP at all. They end the
 * connection. */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "intake/server.h"

enum { WAIT_MS = 30000 };

/* Bytes on their way to the client. */
struct raw {
    const struct dl_intake_request *request;
    int fd;
    gnutls_session_t tls; /* NULL: plain */
    int64_t left;         /* until the cut; -1: no cut */
};

static int connection_fd(const struct dl_intake_request *r)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    return info ? info->connect_fd : -1;
}

void dl_intake_reset(const struct dl_intake_request *r)
{
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

    /* Linux dissolves the association at once and tells the peer with RST */
    connect(connection_fd(r), &nowhere, sizeof nowhere);
}

bool dl_intake_wait(const struct dl_intake_request *r, int64_t ms)
{
    int64_t end = dl_clock_ms() + (ms < INT64_MAX / 2 ? ms : INT64_MAX / 2);
    struct pollfd fds[] = {{.fd = r->intake->stop_fd, .events = POLLIN},
                           {.fd = connection_fd(r), .events = POLLRDHUP}};

    for (;;) {
        int64_t left = end - dl_clock_ms();
        if (left <= 0)
            return true;
        int n = poll(fds, 2, left < WAIT_MS ? (int)left : WAIT_MS);
        if (n > 0 || (n < 0 && errno != EINTR))
            return false;
    }
}

/* One attempt to send; negative: EAGAIN or the end. */
static ssize_t attempt(const struct raw *raw, const char *data, size_t len)
{
    ssize_t n;

    if (!raw->tls)
        return send(raw->fd, data, len, MSG_NOSIGNAL);
    n = gnutls_record_send(raw->tls, data, len);
    if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)
        errno = EAGAIN;
    else if (n < 0)
        errno = EPIPE;
    return n < 0 ? -1 : n;
}

static bool send_all(const struct raw *raw, const char *data, size_t len)
{
    struct pollfd fds[] = {{.fd = raw->request->intake->stop_fd, .events = POLLIN},
                           {.fd = raw->fd, .events = POLLOUT}};

    while (len > 0) {
        ssize_t n = attempt(raw, data, len);
        if (n >= 0) {
            data += n;
            len -= (size_t)n;
        } else if (errno != EAGAIN && errno != EINTR) {
            return false;
        } else if (poll(fds, 2, WAIT_MS) == 0 || fds[0].revents) {
            return false;
        }
    }
    return true;
}

/* Sends up to the cut, at the rate. False: the answer ends here. */
static bool put(struct raw *raw, const char *data, size_t len)
{
    uint32_t rate = raw->request->plan.rate;

    while (len > 0) {
        /* a slow answer goes out in pieces of a twentieth of a second, at least one byte */
        size_t n = rate && len > rate / 20 + 1 ? rate / 20 + 1 : len;
        if (raw->left >= 0 && n > (uint64_t)raw->left)
            n = (size_t)raw->left;
        if (n == 0 || !send_all(raw, data, n))
            return false;
        if (raw->left >= 0)
            raw->left -= (int64_t)n;
        data += n;
        len -= n;
        if (rate && !dl_intake_wait(raw->request, (int64_t)(1000 * n / rate)))
            return false;
    }
    return true;
}

static bool put_text(struct raw *raw, const char *text)
{
    return put(raw, text, strlen(text));
}

static void http_date(char to[64], int64_t skew_ms)
{
    time_t t = (time_t)((dl_clock_wall_ms() + skew_ms) / 1000);
    static const char days[] = "SunMonTueWedThuFriSat",
                      months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm tm;

    /* not strftime: the date of HTTP is English whatever the locale (RFC 9110 5.6.7) */
    gmtime_r(&t, &tm);
    snprintf(to, 64, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday, tm.tm_mday,
             months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static int add_head(struct dl_buffer *out, const struct dl_intake_request *r, const char *type)
{
    const struct dl_intake_plan *plan = &r->plan;
    const char *echo = plan->echo_key && r->key ? r->key : NULL;
    char date[64];

    http_date(date, plan->date_ms);
    dl_buffer_format(out,
                     "HTTP/1.1 %d %s%s%s\r\nDate: %s\r\nContent-Type: %s\r\nConnection: close\r\n",
                     r->status, dl_intake_status_phrase(r->status), echo ? " " : "",
                     echo ? echo : "", date, type);
    if (echo)
        dl_buffer_format(out, "X-Key: %s\r\n", echo);
    if (plan->redirect)
        dl_buffer_format(out, "Location: %s\r\n", plan->redirect);
    if (plan->retry_after)
        dl_buffer_format(out, "Retry-After: %s\r\n", plan->retry_after);
    if (plan->header)
        dl_buffer_format(out, "%s\r\n", plan->header);
    if (plan->bomb)
        return dl_buffer_text(out, "Content-Encoding: gzip\r\n");
    if (plan->endless || plan->headers)
        return 0;
    return dl_buffer_format(out, "Content-Length: %zu\r\n", r->answer.len);
}

static bool put_forever(struct raw *raw, const char *text)
{
    while (put_text(raw, text))
        ;
    return false;
}

static bool put_bomb(struct raw *raw, uint32_t size)
{
    static const unsigned char zeros[64 * 1024];
    unsigned char out[16 * 1024];
    z_stream z = {0};
    bool going;

    if (deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    do {
        if (z.avail_in == 0) {
            z.next_in = zeros;
            z.avail_in = size < sizeof zeros ? size : sizeof zeros;
            size -= z.avail_in;
        }
        z.next_out = out;
        z.avail_out = sizeof out;
        deflate(&z, size ? Z_NO_FLUSH : Z_FINISH);
        going = put(raw, (const char *)out, sizeof out - z.avail_out);
    } while (going && (size || z.avail_in || z.avail_out == 0));
    deflateEnd(&z);
    return going;
}

static bool put_answer(struct raw *raw, struct dl_intake_request *r, const char *type)
{
    const struct dl_intake_plan *plan = &r->plan;
    struct dl_buffer head;
    bool going = true;

    if (plan->rubbish)
        return put_text(raw, "220 mail.example ESMTP ready\r\n");
    for (uint32_t i = 0; i < plan->continues && going; i++)
        going = put_text(raw, "HTTP/1.1 100 Continue\r\n\r\n");
    dl_buffer_init(&head, 16 * 1024);
    going = going && add_head(&head, r, type) == 0 && put(raw, head.data, head.len);
    dl_buffer_free(&head);
    if (going && plan->headers)
        return put_forever(raw, "X-Filler: this header repeats until somebody gives up\r\n");
    going = going && put_text(raw, "\r\n");
    if (going && plan->endless)
        return put_forever(raw, "this body does not end ");
    if (going && plan->bomb)
        return put_bomb(raw, plan->bomb);
    return going && put(raw, dl_buffer_string(&r->answer), r->answer.len);
}

enum MHD_Result dl_intake_raw_answer(struct dl_intake_request *r, const char *type)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    struct raw raw = {r, connection_fd(r), r->intake->tls && info ? info->tls_session : NULL,
                      r->plan.answer_cut};

    if (r->plan.echo_key && r->key) {
        dl_buffer_clear(&r->answer);
        dl_buffer_format(&r->answer,
                         "{\"errors\":[{\"status\":\"403\",\"title\":\"Forbidden\","
                         "\"detail\":\"API key %s is invalid\"}]}",
                         r->key);
    }
    bool whole = put_answer(&raw, r, type);
    if (r->plan.reset)
        dl_intake_reset(r);
    else if (whole && raw.tls)
        gnutls_bye(raw.tls, GNUTLS_SHUT_WR);
    if (r->plan.echo_key && r->answer.data)
        explicit_bzero(r->answer.data, r->answer.len);
    return MHD_NO;
}
