#include "doctor/loop.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "setup/signals.h"

#define DRAW_MS 50 /* news are drawn no more often than this */
#define TICK_MS 1000
#define CANCELLED 130

struct loop {
    const struct doctor_loop_options *options;
    struct doctor_page *page;
    struct dl_doctor *doctor;
    struct view view;
    bool all;
    const struct dl_site *only;
    int64_t began_ms, ended_ms, drawn_ms; /* ended: 0 while it runs */
    bool over;
    int signal;
};

static bool done(const struct loop *loop)
{
    return dl_doctor_done(loop->doctor);
}

static void show(struct loop *loop)
{
    int64_t now = dl_clock_ms(), until = loop->ended_ms ? loop->ended_ms : now;
    const struct doctor_news news = {.table = dl_doctor_table(loop->doctor),
                                     .all = loop->all,
                                     .done = done(loop),
                                     .seconds = (long)((until - loop->began_ms) / TICK_MS)};

    loop->drawn_ms = now;
    doctor_page_set(loop->page, &news);
    doctor_page_view(loop->page, &loop->view);
    loop->options->front->draw(loop->options->front, &loop->view);
}

/* A new run; what was there stays when it cannot begin. */
static int start(struct loop *loop, bool all, const struct dl_site *only, struct dl_error *err)
{
    struct dl_doctor *doctor = NULL;
    int rc = loop->options->start(loop->options->context, all, only, &doctor, err);

    if (rc != 0)
        return rc;
    dl_doctor_free(loop->doctor);
    loop->doctor = doctor;
    loop->all = all;
    loop->only = only;
    loop->began_ms = dl_clock_ms();
    loop->ended_ms = 0;
    doctor_page_set_watch(loop->page, "");
    return 0;
}

static void restart(struct loop *loop, bool all, const struct dl_site *only)
{
    struct dl_error err = {0};

    if (start(loop, all, only, &err) != 0)
        doctor_page_fail(loop->page, &err);
}

static void write_report(struct loop *loop)
{
    char line[1024] = "";
    struct dl_error err = {0};

    if (loop->options->report(loop->options->context, loop->doctor, line, sizeof line, &err) == 0)
        doctor_page_say(loop->page, VIEW_OK, line);
    else
        doctor_page_fail(loop->page, &err);
}

static void run_effect(struct loop *loop, const struct doctor_effect *effect)
{
    switch (effect->wish) {
    case DOCTOR_REPEAT:
        restart(loop, loop->all, loop->only);
        break;
    case DOCTOR_ONE_SITE:
        restart(loop, false, dl_doctor_table(loop->doctor)->rows[effect->row].site);
        break;
    case DOCTOR_ALL_SITES:
        restart(loop, true, NULL);
        break;
    case DOCTOR_WRITE_REPORT:
        write_report(loop);
        break;
    case DOCTOR_QUIT:
        loop->over = true;
        break;
    case DOCTOR_NOTHING:
        break;
    }
}

static void emit(void *context, const struct setup_event *event)
{
    struct loop *loop = context;

    if (loop->over)
        return;
    const struct doctor_effect effect = doctor_page_event(loop->page, event);
    run_effect(loop, &effect);
    if (!loop->over)
        show(loop);
}

/* Timers */

/* Counts down to the next run; milliseconds until there is something to do, -1: never. */
static int watch(struct loop *loop)
{
    char text[64];

    if (loop->options->watch_s <= 0)
        return -1;
    int64_t left = loop->ended_ms + (int64_t)loop->options->watch_s * TICK_MS - dl_clock_ms();
    if (left <= 0) {
        restart(loop, loop->all, loop->only);
        loop->ended_ms = loop->ended_ms ? dl_clock_ms() : 0; /* it could not begin: later again */
        show(loop);
        return 0;
    }
    snprintf(text, sizeof text, "again in %lld s", (long long)((left + TICK_MS - 1) / TICK_MS));
    doctor_page_set_watch(loop->page, text);
    return (int)(left % TICK_MS) + 1;
}

static int step(struct loop *loop)
{
    int wait = dl_doctor_step(loop->doctor);
    int64_t now = dl_clock_ms();

    if (done(loop)) {
        bool first = loop->ended_ms == 0;
        loop->ended_ms = first ? now : loop->ended_ms;
        wait = watch(loop);
        if (first || loop->options->watch_s > 0)
            show(loop);
        return wait;
    }
    if (now - loop->drawn_ms >= DRAW_MS) {
        show(loop);
        return wait < 0 || wait > TICK_MS ? TICK_MS : wait;
    }
    int due = (int)(loop->drawn_ms + DRAW_MS - now);
    return wait < 0 || wait > due ? due : wait;
}

static int run(struct loop *loop, int signal_fd, struct dl_error *err)
{
    struct front *front = loop->options->front;
    int rc = 0;

    show(loop);
    while (rc >= 0 && !loop->over && loop->signal == 0) {
        int wait = step(loop);
        struct pollfd fds[] = {{.fd = signal_fd, .events = POLLIN},
                               {.fd = front->fd(front), .events = POLLIN}};
        rc = dl_http_poll(loop->options->http, fds, fds[1].fd < 0 ? 1 : 2, wait, err);
        loop->signal = signals_serve(front);
        if (loop->signal == 0 && fds[1].revents)
            front->read(front, emit, loop);
    }
    return rc < 0 ? rc : 0;
}

static int finish(struct loop *loop, int rc, int *exit_wish)
{
    loop->options->front->close(loop->options->front);
    signals_close();
    if (rc == 0) {
        *exit_wish = loop->signal ? 128 + loop->signal : done(loop) ? 0 : CANCELLED;
        if (loop->options->ended)
            loop->options->ended(loop->options->context, loop->doctor);
    }
    dl_doctor_free(loop->doctor);
    doctor_page_free(loop->page);
    view_clear(&loop->view);
    free(loop);
    return rc;
}

int doctor_loop_run(const struct doctor_loop_options *options, int *exit_wish, struct dl_error *err)
{
    struct loop *loop = calloc(1, sizeof *loop);
    int signal_fd, rc;

    if (loop == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the doctor's page");
    loop->options = options;
    signal_fd = signals_open();
    rc = signal_fd < 0 ? dl_error_set(err, DL_E_INTERNAL, "no pipe for signals") : 0;
    if (rc == 0)
        rc = doctor_page_new(&loop->page, &options->page, err);
    if (rc == 0)
        rc = options->front->open(options->front, err);
    if (rc == 0)
        rc = start(loop, options->all, options->only, err);
    if (rc == 0)
        rc = run(loop, signal_fd, err);
    return finish(loop, rc, exit_wish);
}
