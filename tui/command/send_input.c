/* Reading: files and pipes one after the other, or followed files side by side. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "command/send.h"

static int ended_by_problem(struct send *send, struct dl_error *err)
{
    if (!send->sender || send_stays(send) || ddlogs_sender_problem(send->sender, send->error) == 0)
        return 0;
    return send_fetch(send->error, err);
}

/* ---- one after the other ---- */

static int until(struct send *send, int64_t now_ms)
{
    return group_wait(&send->stream.group, now_ms);
}

/* A regular file is always ready; all else is waited for. */
static int read_stream(struct send *send, struct dl_error *err)
{
    struct stream *s = &send->stream;
    bool pipe = !s->regular;
    int rc = 1;

    while (rc > 0) {
        int64_t now_ms = dl_clock_ms();

        if (send_turn(send))
            return 0;
        rc = ended_by_problem(send, err);
        if (rc < 0)
            return rc;
        if (pipe && until(send, now_ms) == 0)
            rc = stream_flush(s, err);
        if (rc < 0)
            return rc;
        if (pipe && !send_wait(send, s->fd, until(send, now_ms))) {
            rc = 1;
            continue;
        }
        rc = stream_read(s, now_ms, err);
        send->read_bytes = send->done + stream_read_bytes(s);
    }
    return rc;
}

/* Where a file that has a place is gone on with. */
static uint64_t start_of(const struct send *send, unsigned source, int fd)
{
    const struct place *saved =
        send->keeps ? positions_find(&send->positions, send->paths[source]) : NULL;

    return saved && saved->inode && place_is(saved, fd) ? saved->offset : 0;
}

static int read_fd(struct send *send, unsigned source, int fd, const char *name,
                   struct dl_error *err)
{
    struct stream *s = &send->stream;
    struct stat status;
    int rc;

    if (fstat(fd, &status) < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "%s", name);
    if (S_ISDIR(status.st_mode))
        return dl_error_set(err, DL_E_IO, "%s is a folder; name the files in it", name);
    s->source = source;
    /* standard input may stand in the middle of a file: it is read from there, and has no place */
    s->regular = S_ISREG(status.st_mode) && fd != STDIN_FILENO;
    s->place = (struct place){.offset = s->regular ? start_of(send, source, fd) : 0};
    rc = stream_attach(s, fd, false, err);
    if (rc == 0)
        rc = read_stream(send, err);
    if (rc == 0)
        rc = stream_end(s, err);
    send->done += s->regular ? (uint64_t)status.st_size : 0;
    s->fd = -1;
    if (rc == -DL_E_IO)
        dl_error_prefix(err, "%s", name);
    return rc;
}

static int read_file(struct send *send, unsigned source, const char *path, struct dl_error *err)
{
    int fd, rc;

    if (strcmp(path, "-") == 0)
        return read_fd(send, source, STDIN_FILENO, "standard input", err);
    /* O_NONBLOCK: opening a FIFO must not wait for its writer, deaf to the signals held back */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "cannot open %s", path);
    rc = read_fd(send, source, fd, path, err);
    close(fd);
    return rc;
}

/* For the progress bar: what is to be read, as far as it is known. */
static void measure(struct send *send)
{
    struct stat status;

    for (size_t i = 0; i < send->options->word_count; i++)
        if (stat(send->options->words[i], &status) == 0 && S_ISREG(status.st_mode))
            send->whole += (uint64_t)status.st_size;
        else
            send->progress.fd = -1; /* a part of an unknown whole is no share */
    if (send->options->word_count == 0)
        send->progress.fd = -1;
}

static int read_all(struct send *send, struct dl_error *err)
{
    const struct options *o = send->options;
    int rc = 0;

    if (o->word_count == 0)
        return read_file(send, 0, "-", err);
    measure(send);
    for (size_t i = 0; rc == 0 && !send->stopped_by && i < o->word_count; i++)
        rc = read_file(send, (unsigned)i, o->words[i], err);
    return rc;
}

/* ---- side by side ---- */

static void heard(void *context, const char *sentence)
{
    send_say(context, "%s", sentence);
}

static int follow_all(struct send *send, struct dl_error *err)
{
    struct follow_options options = {.paths = send->options->words,
                                     .count = send->options->word_count,
                                     .from_start = send->options->from_start,
                                     .start = send->joins ? &send->start : NULL,
                                     .positions = send->keeps ? &send->positions : NULL,
                                     .taker = &send->taker,
                                     .say = heard,
                                     .say_context = send};
    int rc = follow_open(&send->follow, &options, err);

    if (rc < 0)
        return rc;
    rc = follow_step(send->follow, dl_clock_ms(), err);
    if (rc >= 0)
        send_tell(send, "READY=1\nSTATUS=Following.");
    while (rc >= 0 && !send_turn(send)) {
        if (rc == 0)
            send_wait(send, follow_fd(send->follow), follow_wait(send->follow, dl_clock_ms()));
        rc = follow_step(send->follow, dl_clock_ms(), err);
    }
    return rc < 0 ? rc : follow_end(send->follow, err);
}

/* ---- the whole ---- */

/* The absolute paths, by which positions name files. */
static int name_paths(struct send *send, struct dl_error *err)
{
    const struct options *o = send->options;
    char here[PATH_MAX] = "", path[PATH_MAX];

    send->paths = calloc(o->word_count + 1, sizeof *send->paths);
    if (!send->paths)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the paths");
    for (size_t i = 0; i < o->word_count; i++) {
        if (o->words[i][0] != '/' &&
            (!getcwd(here, sizeof here) || dl_path_join(path, sizeof path, here, o->words[i]) < 0))
            return dl_error_set(err, DL_E_IO, "the path %.64s... is too long", o->words[i]);
        send->paths[i] = strdup(o->words[i][0] == '/' ? o->words[i] : path);
        if (!send->paths[i])
            return dl_error_set(err, DL_E_NOMEM, "no memory for the paths");
    }
    return 0;
}

int send_input(struct send *send, struct dl_error *err)
{
    int rc = name_paths(send, err);

    send->taker = (struct stream_taker){send_log, send_rest, send};
    if (rc == 0)
        rc = stream_init(&send->stream, 0, send->joins ? &send->start : NULL, &send->taker, err);
    if (rc < 0)
        return rc;
    if (send->options->follow)
        return follow_all(send, err);
    send_tell(send, "READY=1\nSTATUS=Sending.");
    return read_all(send, err);
}

void send_input_free(struct send *send)
{
    follow_free(send->follow);
    stream_free(&send->stream);
    for (size_t i = 0; send->paths && i < send->options->word_count; i++)
        free(send->paths[i]);
    free(send->paths);
}
