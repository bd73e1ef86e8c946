#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/error.h"
#include "base/text.h"

static int64_t now(clockid_t id)
{
    struct timespec t = {0};

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t real_ms(void)
{
    return now(CLOCK_BOOTTIME);
}

static int64_t real_wall_ms(void)
{
    return now(CLOCK_REALTIME);
}

static int real_random(void *to, size_t len)
{
    char *p = to;

    while (len) {
        ssize_t n = getrandom(p, len, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -DL_E_INTERNAL;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

static int64_t (*ms_source)(void) = real_ms;
static int64_t (*wall_source)(void) = real_wall_ms;
static int (*random_source)(void *, size_t) = real_random;

int64_t dl_clock_ms(void)
{
    return ms_source();
}

int64_t dl_clock_tick(void)
{
    return ms_source == real_ms ? now(CLOCK_MONOTONIC_COARSE) : ms_source();
}

int64_t dl_clock_wall_ms(void)
{
    return wall_source();
}

int64_t dl_clock_wall_about_ms(void)
{
    return wall_source == real_wall_ms ? now(CLOCK_REALTIME_COARSE) : wall_source();
}

int dl_clock_random(void *to, size_t len)
{
    return random_source(to, len);
}

void dl_clock_iso(int64_t wall_ms, char to[32])
{
    int64_t part = wall_ms % 1000;
    time_t seconds = (time_t)(wall_ms / 1000 - (part < 0 ? 1 : 0));
    struct tm t = {0};
    char text[32];

    if (part < 0)
        part += 1000;
    gmtime_r(&seconds, &t);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &t);
    dl_text_format(to, 32, "%s.%03dZ", text, (int)part);
}

void dl_clock_test_id(char to[24])
{
    uint32_t half[2] = {0};

    /* without random bytes the id is only less unlike others, never a reason to fail */
    if (dl_clock_random(half, sizeof half) < 0) {
        half[0] = (uint32_t)dl_clock_wall_ms();
        half[1] = (uint32_t)dl_clock_ms();
    }
    dl_text_format(to, 24, "%08x-%08x", half[0], half[1]);
}

void dl_clock_replace(int64_t (*ms)(void), int64_t (*wall_ms)(void), int (*random)(void *, size_t))
{
    ms_source = ms ? ms : real_ms;
    wall_source = wall_ms ? wall_ms : real_wall_ms;
    random_source = random ? random : real_random;
}
