#include "command/stop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

int stop_watch(int *fd, struct dl_error *err)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    *fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (*fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "cannot watch for signals");
    sigprocmask(SIG_BLOCK, &set, NULL);
    return 0;
}

int stop_asked(int fd, struct dl_error *err)
{
    struct signalfd_siginfo info;

    if (read(fd, &info, sizeof info) != (ssize_t)sizeof info)
        return 0;
    return dl_error_set(err, DL_E_CANCELLED, "cancelled by SIG%s",
                        sigabbrev_np((int)info.ssi_signo));
}
