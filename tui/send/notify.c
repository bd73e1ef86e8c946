#include "send/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

bool notify_send(const char *path, const char *lines)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = path ? strlen(path) : 0;
    ssize_t n;
    int fd;

    if (len < 2 || len >= sizeof address.sun_path || (*path != '/' && *path != '@'))
        return false;
    memcpy(address.sun_path, path, len);
    if (*path == '@') /* a name that is in no file system */
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    n = sendto(fd, lines, strlen(lines), MSG_NOSIGNAL, (const struct sockaddr *)&address,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    close(fd);
    return n == (ssize_t)strlen(lines);
}

void watchdog_open(struct watchdog *w, const char *usec, const char *pid, int64_t now_ms)
{
    uint64_t number = 0, process = 0;

    *w = (struct watchdog){.told_ms = now_ms, .moved_ms = now_ms};
    if (!usec || !dl_text_number(usec, 2000, UINT64_MAX / 2, &number))
        return;
    if (pid && (!dl_text_number(pid, 1, INT32_MAX, &process) || process != (uint64_t)getpid()))
        return; /* another process of the service is watched */
    w->every_ms = (int64_t)(number / 1000);
}

int watchdog_wait(const struct watchdog *w, int64_t now_ms)
{
    int64_t left;

    if (!w->every_ms)
        return -1;
    left = w->told_ms + w->every_ms / 2 - now_ms;
    return left <= 0 ? 0 : left < 60000 ? (int)left : 60000;
}

bool watchdog_look(struct watchdog *w, const struct counters *now)
{
    if (watchdog_wait(w, now->at_ms) != 0)
        return false;
    w->told_ms = now->at_ms;
    if (now->pending == 0 || now->held || now->requests != w->before.requests ||
        now->retries != w->before.retries || now->delivered != w->before.delivered)
        w->moved_ms = now->at_ms;
    w->before = *now;
    return now->at_ms - w->moved_ms < w->every_ms;
}
