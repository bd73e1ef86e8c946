#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "send/progress.h"

static char line[PROGRESS_WIDTH_MAX];

static const char *at(size_t columns, uint64_t done, uint64_t whole, uint64_t logs, int64_t ms)
{
    size_t len = progress_line(line, sizeof line, columns, done, whole, logs, ms);

    assert_int_equal(len, strlen(line));
    assert_true(len <= columns);
    for (size_t i = 0; i < len; i++)
        assert_true(line[i] >= ' ' && line[i] <= '~');
    return line;
}

static void the_line_tells_share_rate_and_time_left(void **state)
{
    (void)state;
    assert_string_equal(at(79, 25000000, 100000000, 50000, 5000),
                        "[#########------------------------------] "
                        " 25%  5.0 MB/s  10000 logs/s  ETA 15s");
    assert_string_equal(at(79, 100, 100, 1, 2000),
                        "[########################################] 100%  0.0 MB/s  0 logs/s");
    assert_non_null(strstr(at(100, 1000000, 201000000, 1, 1000), "ETA 3m20s"));
    assert_non_null(strstr(at(100, 1000000, 7501000000, 1, 1000), "ETA 2h05m"));
    assert_non_null(strstr(at(100, 1, UINT64_MAX, 1, 100000), "ETA >99h"));
    assert_null(strstr(at(79, 0, 100, 0, 0), "ETA"));
    assert_null(strstr(at(79, 0, 0, 0, 0), "ETA"));
    assert_non_null(strstr(at(79, 200, 100, 0, 1000), "100%"));
}

static void a_narrow_terminal_gets_figures_without_a_bar(void **state)
{
    (void)state;
    for (size_t columns = 1; columns < 130; columns++)
        (void)at(columns, 25000000, 100000000, 50000, 5000);
    assert_string_equal(at(40, 25000000, 100000000, 50000, 5000),
                        " 25%  5.0 MB/s  10000 logs/s  ETA 15s");
}

/* What was written to a terminal: all up to a byte that only this test writes. */
static size_t written(int master, int slave, char *to, size_t size)
{
    size_t len = 0;

    assert_int_equal(write(slave, "\001", 1), 1);
    do {
        assert_true(len < size);
        assert_int_equal(read(master, to + len, 1), 1);
    } while (to[len++] != '\001');
    to[--len] = '\0';
    return len;
}

static void a_terminal_is_written_over_and_left_empty(void **state)
{
    struct winsize window = {.ws_row = 24, .ws_col = 60};
    struct progress p;
    char got[1000];
    int master, slave;

    (void)state;
    assert_int_equal(openpty(&master, &slave, NULL, NULL, &window), 0);
    progress_open(&p, slave, "xterm", 0);
    progress_show(&p, 10, 100, 1, 100); /* too early */
    assert_int_equal(written(master, slave, got, sizeof got), 0);
    progress_show(&p, 25000000, 100000000, 50000, 5000);
    assert_true(written(master, slave, got, sizeof got) <= 60);
    assert_int_equal(got[0], '\r');
    assert_non_null(strstr(got, " 25%"));
    progress_show(&p, 1, 1, 1, 6000); /* shorter: the rest is blank */
    written(master, slave, got, sizeof got);
    assert_null(strchr(got, '\033'));
    progress_clear(&p);
    written(master, slave, got, sizeof got);
    assert_int_equal(got[0], '\r');
    assert_int_equal(strspn(got + 1, " ") + 2, strlen(got));
    assert_int_equal(got[strlen(got) - 1], '\r');
    progress_clear(&p);
    assert_int_equal(written(master, slave, got, sizeof got), 0);
    close(master);
    close(slave);
}

static void nothing_is_drawn_where_it_would_be_noise(void **state)
{
    struct progress p;
    int master, slave, fds[2];

    (void)state;
    assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
    assert_int_equal(pipe(fds), 0);
    progress_open(&p, fds[1], "xterm", 0);
    assert_int_equal(p.fd, -1);
    progress_open(&p, slave, "dumb", 0);
    assert_int_equal(p.fd, -1);
    progress_open(&p, slave, NULL, 0);
    assert_int_equal(p.fd, -1);
    progress_show(&p, 1, 2, 3, 10000);
    progress_clear(&p);
    for (int i = 0; i < 2; i++)
        close(fds[i]);
    close(master);
    close(slave);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_tells_share_rate_and_time_left),
        cmocka_unit_test(a_narrow_terminal_gets_figures_without_a_bar),
        cmocka_unit_test(a_terminal_is_written_over_and_left_empty),
        cmocka_unit_test(nothing_is_drawn_where_it_would_be_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
