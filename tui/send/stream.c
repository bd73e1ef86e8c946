#include "send/stream.h"

#include <errno.h>
#include <unistd.h>

static int take(void *context, const char *text, size_t len, uint64_t behind, struct dl_error *err)
{
    struct stream *s = context;
    uint64_t before = s->place.offset;
    int rc;

    s->place.offset = behind;
    rc = s->taker->log(s->taker->context, s, text, len, err);
    if (rc < 0)
        s->place.offset = before;
    return rc;
}

int stream_init(struct stream *s, unsigned source, const regex_t *start,
                const struct stream_taker *taker, struct dl_error *err)
{
    *s = (struct stream){.fd = -1, .source = source, .taker = taker};
    group_init(&s->group, start, take, s);
    return lines_init(&s->lines, err);
}

void stream_free(struct stream *s)
{
    lines_free(&s->lines);
    group_free(&s->group);
}

int stream_attach(struct stream *s, int fd, bool follow, struct dl_error *err)
{
    if (s->regular) {
        if (place_take(&s->place, fd) < 0 || lseek(fd, (off_t)s->place.offset, SEEK_SET) < 0)
            return dl_error_set_errno(err, DL_E_IO, errno, "cannot read");
    } else {
        s->place = (struct place){0};
    }
    lines_reset(&s->lines, s->place.offset);
    s->lines.follow = follow;
    s->fd = fd;
    return 0;
}

uint64_t stream_read_bytes(const struct stream *s)
{
    return s->lines.before + s->lines.end;
}

/* Everything whole is handed over: blank lines are behind us as well. */
static void rest(struct stream *s)
{
    if (!s->group.open)
        s->place.offset = lines_behind(&s->lines);
    if (s->regular)
        place_extend(&s->place, s->fd);
    if (s->taker->rest)
        s->taker->rest(s->taker->context, s);
}

static int hand_over(struct stream *s, int64_t now_ms, struct dl_error *err)
{
    const char *line;
    size_t len;
    int rc = 0;

    while (rc == 0 && lines_next(&s->lines, &line, &len))
        rc = group_line(&s->group, line, len, lines_behind(&s->lines), now_ms, err);
    return rc;
}

int stream_read(struct stream *s, int64_t now_ms, struct dl_error *err)
{
    uint64_t before = stream_read_bytes(s);
    int more = lines_fill(&s->lines, s->fd, err), rc;

    if (more < 0)
        return more;
    if (stream_read_bytes(s) == before && more > 0)
        return 1; /* it would block */
    rc = hand_over(s, now_ms, err);
    if (rc == 0 && more > 0)
        rest(s);
    return rc < 0 ? rc : more;
}

int stream_flush(struct stream *s, struct dl_error *err)
{
    int rc = group_flush(&s->group, err);

    if (rc == 0 && s->fd >= 0)
        rest(s);
    return rc;
}

int stream_end(struct stream *s, struct dl_error *err)
{
    int rc;

    s->lines.over = true;
    rc = hand_over(s, 0, err);
    return rc == 0 ? stream_flush(s, err) : rc;
}
