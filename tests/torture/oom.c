/* Preloaded: the allocation numbered OOM_AT fails (OOM_FOREVER set: and all behind it). At the end
 * their count is written to the file OOM_COUNT, so that a driver knows when it has tried each. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_ulong number;
static unsigned long fail_at;
static bool forever, ready;

static __attribute__((constructor)) void begin(void)
{
    const char *at = getenv("OOM_AT");

    fail_at = at ? strtoul(at, NULL, 10) : 0;
    forever = getenv("OOM_FOREVER") != NULL;
    atomic_store(&number, 0);
    ready = true;
}

static __attribute__((destructor)) void end(void)
{
    const char *path = getenv("OOM_COUNT");
    char text[32];
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

    ready = false;
    if (fd < 0)
        return;
    int n = snprintf(text, sizeof text, "%lu\n", atomic_load(&number));
    if (write(fd, text, (size_t)n) != n)
        _exit(71);
    close(fd);
}

static bool fails(void)
{
    unsigned long n;

    if (!ready)
        return false;
    n = atomic_fetch_add(&number, 1) + 1;
    if (!fail_at || n < fail_at || (n > fail_at && !forever))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}
