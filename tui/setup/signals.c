#include "setup/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};
#define CAUGHT_COUNT (sizeof caught / sizeof caught[0])

static int ends[2] = {-1, -1};
static struct sigaction before[CAUGHT_COUNT];

static void note(int number)
{
    int saved = errno;
    unsigned char byte = (unsigned char)number;

    /* a full pipe holds enough of them already */
    if (write(ends[1], &byte, 1) < 0)
        errno = saved;
    errno = saved;
}

int signals_open(void)
{
    struct sigaction action;

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return -1;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < CAUGHT_COUNT; i++) {
        sigaction(caught[i], NULL, &before[i]);
        /* what a parent ignores (nohup) stays ignored */
        if (before[i].sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
    return ends[0];
}

static int signals_next(void)
{
    unsigned char byte;

    return read(ends[0], &byte, 1) == 1 ? byte : 0;
}

int signals_serve(struct front *front)
{
    int number, ending = 0;

    while ((number = signals_next()) != 0) {
        if (number == SIGWINCH || number == SIGTSTP || number == SIGCONT) {
            if (front->signal != NULL)
                front->signal(front, number);
            else if (number == SIGTSTP)
                raise(SIGSTOP);
        } else if (ending == 0) {
            ending = number;
        }
    }
    return ending;
}

void signals_close(void)
{
    if (ends[0] < 0)
        return;
    for (size_t i = 0; i < CAUGHT_COUNT; i++)
        sigaction(caught[i], &before[i], NULL);
    close(ends[0]);
    close(ends[1]);
    ends[0] = ends[1] = -1;
}
