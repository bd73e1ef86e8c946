/* Time and chance, replaceable so that tests are exact. */
#ifndef DL_BASE_CLOCK_H
#define DL_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Milliseconds since boot, sleep included (CLOCK_BOOTTIME): for deadlines and durations. */
int64_t dl_clock_ms(void);

/* A number that changes every few milliseconds, for "did time go on since I last looked?" where
 * dl_clock_ms is too dear: once a log. */
int64_t dl_clock_tick(void);

/* Milliseconds since 1970 UTC: for time stamps in data, never for durations. */
int64_t dl_clock_wall_ms(void);

/* The same within 20 ms, at a fraction of the cost. */
int64_t dl_clock_wall_about_ms(void);

/* Fills with random bytes from the kernel (getrandom); 0 or -DL_E_INTERNAL. */
int dl_clock_random(void *to, size_t len);

/* "2026-11-22T15:04:05.678Z" (RFC 3339, UTC). */
void dl_clock_iso(int64_t wall_ms, char to[32]);

/* A unique id for one test: "7f3c91be-02d14a6e", 17 characters. */
void dl_clock_test_id(char to[24]);

/* Tests set these; NULL gives the real ones back. */
void dl_clock_replace(int64_t (*ms)(void), int64_t (*wall_ms)(void), int (*random)(void *, size_t));

#endif
