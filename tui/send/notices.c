#include "send/notices.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/text.h"

int notices_init(struct notices *n, struct dl_error *err)
{
    *n = (struct notices){.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    pthread_mutex_init(&n->lock, NULL);
    return n->fd < 0 ? dl_error_set_errno(err, DL_E_IO, errno, "cannot wait for the sender") : 0;
}

void notices_free(struct notices *n)
{
    if (n->fd >= 0)
        close(n->fd);
    pthread_mutex_destroy(&n->lock);
}

void notices_add(struct notices *n, const char *code, const char *text)
{
    static const uint64_t one = 1;
    struct notice *to;
    ssize_t done;

    pthread_mutex_lock(&n->lock);
    if (n->count < NOTICES_MAX)
        n->count++;
    to = &n->list[(n->first + n->count - 1) % NOTICES_MAX];
    dl_text_copy(to->code, sizeof to->code, code);
    dl_text_copy(to->text, sizeof to->text, text);
    done = write(n->fd, &one, sizeof one);
    (void)done; /* full means readable */
    pthread_mutex_unlock(&n->lock);
}

bool notices_take(struct notices *n, struct notice *out)
{
    bool some;
    uint64_t number;
    ssize_t done = 0;

    pthread_mutex_lock(&n->lock);
    some = n->count > 0;
    if (some) {
        *out = n->list[n->first];
        n->first = (n->first + 1) % NOTICES_MAX;
        n->count--;
    }
    if (!n->count)
        done = read(n->fd, &number, sizeof number);
    (void)done;
    pthread_mutex_unlock(&n->lock);
    return some;
}
