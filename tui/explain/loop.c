#include "explain/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "setup/signals.h"

struct loop {
    struct front *front;
    struct explain_page *page;
    struct view view;
    bool over;
    int signal;
};

static void show(struct loop *loop)
{
    explain_page_view(loop->page, &loop->view);
    loop->front->draw(loop->front, &loop->view);
}

static void emit(void *context, const struct setup_event *event)
{
    struct loop *loop = context;

    if (loop->over)
        return;
    loop->over = !explain_page_event(loop->page, event);
    if (!loop->over)
        show(loop);
}

static int run(struct loop *loop, int signal_fd, struct dl_error *err)
{
    struct front *front = loop->front;

    show(loop);
    while (!loop->over && loop->signal == 0) {
        struct pollfd fds[] = {{.fd = signal_fd, .events = POLLIN},
                               {.fd = front->fd(front), .events = POLLIN}};

        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return dl_error_set_errno(err, DL_E_INTERNAL, errno, "the terminal cannot be watched");
        loop->signal = signals_serve(front);
        if (loop->signal == 0 && fds[1].revents)
            front->read(front, emit, loop);
    }
    return 0;
}

int explain_loop_run(struct front *front, const struct study_options *options, int *exit_code,
                     struct dl_error *err)
{
    struct loop *loop = calloc(1, sizeof *loop);
    int signal_fd, rc;

    if (loop == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the page");
    loop->front = front;
    rc = explain_page_new(&loop->page, options, err);
    signal_fd = signals_open();
    if (rc == 0 && signal_fd < 0)
        rc = dl_error_set(err, DL_E_INTERNAL, "no pipe for signals");
    if (rc == 0)
        rc = front->open(front, err);
    if (rc == 0)
        rc = run(loop, signal_fd, err);
    front->close(front);
    signals_close();
    if (rc == 0)
        *exit_code = loop->signal ? 128 + loop->signal : 0;
    explain_page_free(loop->page);
    view_clear(&loop->view);
    free(loop);
    return rc;
}
