#include <errno.h>

#include "spool/spool_private.h"

ssize_t dl_spool_read_at(struct dl_spool *s, int fd, void *to, size_t length, uint64_t offset)
{
    size_t done = 0;

    while (done < length) {
        ssize_t n = s->disk->pread(s->disk->context, fd, (char *)to + done, length - done,
                                   (off_t)(offset + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

int dl_spool_write_at(struct dl_spool *s, int fd, const void *from, size_t length, uint64_t offset)
{
    size_t done = 0;

    while (done < length) {
        ssize_t n = s->disk->pwrite(s->disk->context, fd, (const char *)from + done, length - done,
                                    (off_t)(offset + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (n == 0)
                errno = EIO;
            return -1;
        }
        done += (size_t)n;
    }
    return 0;
}

int dl_spool_failed(struct dl_error *err, int number, const char *what)
{
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        return dl_error_set_errno(err, DL_E_SPOOL_FULL, number, "%s", what);
    return dl_error_set_errno(err, DL_E_IO, number, "%s", what);
}
