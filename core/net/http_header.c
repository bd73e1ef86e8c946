/* Headers of the answer: what is kept of them, and how long to wait. */
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "net/http_private.h"

#define LONGEST_WAIT_MS ((int64_t)3600 * 1000)

static void keep(char *to, size_t size, const char *value, size_t len)
{
    dl_log_scrub(to, size, value, len);
}

bool dl_http_header_take(struct dl_http_transfer *transfer, const char *line, size_t len)
{
    struct dl_http_answer *a = &transfer->answer;
    const struct {
        const char *name;
        char *to;
        size_t size;
    } kept[] = {
        {"content-type", a->content_type, sizeof a->content_type},
        {"location", a->location, sizeof a->location},
        {"date", a->date, sizeof a->date},
        {"retry-after", transfer->retry_after, sizeof transfer->retry_after},
        {"x-ratelimit-reset", transfer->rate_limit_reset, sizeof transfer->rate_limit_reset},
    };
    const char *colon = memchr(line, ':', len);
    const char *value;
    size_t name_len, value_len;

    transfer->header_bytes += len;
    if (++transfer->header_count > DL_HTTP_HEADERS_MAX ||
        transfer->header_bytes > DL_HTTP_HEADER_BYTES_MAX) {
        return false;
    }
    transfer->head_ended = *line == '\r' || *line == '\n';
    if (!colon) {
        return true;
    }
    name_len = (size_t)(colon - line);
    value = colon + 1;
    value_len = len - name_len - 1;
    dl_text_trim(&value, &value_len);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (strlen(kept[i].name) == name_len && dl_ascii_equal_n(kept[i].name, line, name_len)) {
            keep(kept[i].to, kept[i].size, value, value_len);
        }
    }
    return true;
}

/* Whole seconds; more than an hour, however many digits, is an hour. -1: no number. */
static int64_t seconds(const char *text)
{
    int64_t n = 0;

    if (!*text) {
        return -1;
    }
    for (; *text; text++) {
        if (*text < '0' || *text > '9') {
            return -1;
        }
        n = n * 10 + (*text - '0');
        if (n * 1000 > LONGEST_WAIT_MS) {
            n = LONGEST_WAIT_MS / 1000;
        }
    }
    return n * 1000;
}

/* curl_getdate takes much that is no date ("Mon", "12"), so the shape is asked for first. */
static bool http_date(const char *text, int64_t *ms)
{
    time_t t;

    if (!strchr(text, ':') || !strchr(text, ' ') || *text < 'A') {
        return false;
    }
    t = curl_getdate(text, NULL);
    *ms = (int64_t)t * 1000;
    return t != -1;
}

int64_t dl_http_header_wait(const char *retry_after, const char *rate_limit_reset, const char *date,
                            int64_t wall_ms)
{
    int64_t wait = seconds(retry_after);
    int64_t until, now;

    if (wait < 0 && http_date(retry_after, &until)) {
        /* by the server's clock where it tells the time: ours may be off */
        if (!http_date(date, &now)) {
            now = wall_ms;
        }
        wait = until > now ? until - now : 0;
    }
    if (wait < 0) {
        wait = seconds(rate_limit_reset);
    }
    return wait > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : wait;
}
