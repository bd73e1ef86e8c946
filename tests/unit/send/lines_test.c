#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "send/lines.h"

static struct lines lines;

static int set_up(void **state)
{
    (void)state;
    return lines_init(&lines, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    lines_free(&lines);
    return 0;
}

/* What comes out of a pipe that gets `text` in pieces of `step` bytes: the lines, each in brackets.
 */
static void becomes(const char *text, size_t step, const char *want)
{
    char got[1000] = "";
    size_t size = strlen(text), used = 0;
    int fds[2], rc = 1;

    assert_int_equal(pipe(fds), 0);
    lines_reset(&lines, 0);
    for (size_t at = 0; rc > 0; at += step) {
        const char *line;
        size_t len;

        if (at < size)
            assert_true(write(fds[1], text + at, size - at < step ? size - at : step) > 0);
        else if (fds[1] >= 0)
            fds[1] = close(fds[1]) - 1;
        rc = lines_fill(&lines, fds[0], NULL);
        while (lines_next(&lines, &line, &len))
            used += (size_t)snprintf(got + used, sizeof got - used, "[%.*s]", (int)len, line);
    }
    assert_int_equal(rc, 0);
    close(fds[0]);
    assert_string_equal(got, want);
}

static void lines_are_the_same_in_whatever_pieces_they_come(void **state)
{
    (void)state;
    for (size_t step = 1; step < 20; step++) {
        becomes("one\ntwo\r\n\nthree \r four\nlast", step, "[one][two][][three \r four][last]");
        becomes("", step, "");
        becomes("\n", step, "[]");
        becomes("\r\n\r\n", step, "[][]");
        becomes("only", step, "[only]");
        becomes("only\r", step, "[only]");
    }
}

/* A file of `size` bytes x, then "\nafter\n". */
static int long_file(size_t size)
{
    char path[] = "/tmp/lines-test-XXXXXX", block[65536];
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    unlink(path);
    memset(block, 'x', sizeof block);
    for (size_t left = size; left > 0;) {
        size_t n = left < sizeof block ? left : sizeof block;

        assert_int_equal(write(fd, block, n), n);
        left -= n;
    }
    assert_int_equal(write(fd, "\nafter\n", 7), 7);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static void a_line_past_the_limit_gives_its_start_and_the_next_is_whole(void **state)
{
    static const size_t sizes[] = {
        262143, 262144, 262145, LINES_MAX - 1, LINES_MAX, LINES_MAX + 1, (size_t)LINES_MAX * 3};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int fd = long_file(sizes[i]);
        const char *line;
        size_t len, found[3] = {0}, count = 0;

        lines_reset(&lines, 0);
        while (lines_fill(&lines, fd, NULL) > 0)
            while (lines_next(&lines, &line, &len)) {
                assert_true(count < 3);
                found[count++] = len;
            }
        close(fd);
        assert_true(lines.size <= LINES_MAX);
        assert_int_equal(count, 2);
        assert_int_equal(found[0], sizes[i] < LINES_MAX ? sizes[i] : LINES_MAX);
        assert_int_equal(lines.cut, sizes[i] > LINES_MAX);
        assert_int_equal(found[1], 5);
    }
}

/* Wherever reading ends, it can go on behind the last line that was handed out. */
static void each_line_knows_where_it_ends_in_the_stream(void **state)
{
    const char *text = "one\ntwo\r\n\nfour\ncut";
    static const uint64_t ends[] = {1004, 1009, 1010, 1015, 1018};
    const char *line;
    size_t len, count = 0;
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    lines_reset(&lines, 1000);
    lines.follow = true;
    for (const char *at = text; *at; at++) {
        assert_int_equal(write(fds[1], at, 1), 1);
        assert_int_equal(lines_fill(&lines, fds[0], NULL), 1);
        while (lines_next(&lines, &line, &len))
            assert_int_equal(lines_behind(&lines), ends[count++]);
    }
    close(fds[1]);
    assert_int_equal(lines_fill(&lines, fds[0], NULL), 0);
    assert_false(lines_next(&lines, &line, &len)); /* more may come */
    assert_int_equal(count, 4);
    lines.over = true;
    assert_true(lines_next(&lines, &line, &len));
    assert_int_equal(lines_behind(&lines), ends[4]);
    close(fds[0]);
}

static void the_end_of_a_line_that_is_too_long_is_its_real_end(void **state)
{
    int fd = long_file((size_t)LINES_MAX * 2);
    const char *line;
    size_t len;

    (void)state;
    lines_reset(&lines, 0);
    while (lines_fill(&lines, fd, NULL) > 0)
        while (lines_next(&lines, &line, &len))
            ;
    assert_int_equal(lines_behind(&lines), (uint64_t)LINES_MAX * 2 + 7);
    close(fd);
}

static void a_descriptor_that_cannot_be_read_is_an_error(void **state)
{
    struct dl_error err;

    (void)state;
    assert_int_equal(lines_fill(&lines, -1, &err), -DL_E_IO);
    assert_true(err.sys_errno != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_the_same_in_whatever_pieces_they_come),
        cmocka_unit_test(a_line_past_the_limit_gives_its_start_and_the_next_is_whole),
        cmocka_unit_test(each_line_knows_where_it_ends_in_the_stream),
        cmocka_unit_test(the_end_of_a_line_that_is_too_long_is_its_real_end),
        cmocka_unit_test(a_descriptor_that_cannot_be_read_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
