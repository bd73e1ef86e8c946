/* Files that come, go and are renamed, on a clock that the test moves; the kernel's events are
 * there at once. */
#include "folder.h"

#include <fcntl.h>

#include "send/follow.h"

/* What was read: each log in brackets with its source; and what a person heard. */
static struct heard {
    char logs[8000], said[4000];
    size_t used, said_used, count;
    struct place rest[4];
} heard;

static int64_t now_ms;
static struct follow *follow;
static struct positions positions;

static int take(void *context, const struct stream *stream, const char *text, size_t len,
                struct dl_error *err)
{
    (void)context, (void)err;
    heard.count++;
    if (heard.used + len + 8 < sizeof heard.logs)
        heard.used += (size_t)snprintf(heard.logs + heard.used, sizeof heard.logs - heard.used,
                                       "[%u:%.*s]", stream->source, (int)len, text);
    return 0;
}

static void rest(void *context, const struct stream *stream)
{
    (void)context;
    heard.rest[stream->source] = stream->place;
}

static void say(void *context, const char *sentence)
{
    (void)context;
    heard.said_used += (size_t)snprintf(heard.said + heard.said_used,
                                        sizeof heard.said - heard.said_used, "%s\n", sentence);
}

static const struct stream_taker taker = {take, rest, NULL};

static void add(const char *name, const char *text)
{
    int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_APPEND, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void move(const char *from, const char *to)
{
    assert_int_equal(rename(in_folder(from), in_folder(to)), 0);
}

/* Written long ago, whenever it was made. */
static void backdate(const char *name)
{
    struct timespec at[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

    assert_int_equal(utimensat(AT_FDCWD, in_folder(name), at, 0), 0);
}

/* Steps until nothing is left to do at this time. */
static void settle(void)
{
    int rc, steps = 0;

    do {
        rc = follow_step(follow, now_ms, NULL);
        assert_true(rc >= 0);
        assert_true(++steps < 1000); /* a loop that never rests */
    } while (rc > 0);
}

/* The logs since the last question. */
static void arrived(const char *want)
{
    settle();
    assert_string_equal(heard.logs, want);
    heard.used = 0;
    heard.logs[0] = '\0';
}

static void open_with(struct follow_options options)
{
    static const char *paths[4];
    static const char *const names[] = {"a.log", "b.log", "deep/c.log"};

    for (size_t i = 0; i < 3; i++)
        paths[i] = in_folder(names[i]);
    options.paths = paths;
    options.count = options.count ? options.count : 1;
    options.taker = &taker;
    options.say = say;
    memset(&heard, 0, sizeof heard);
    now_ms = 1000000;
    assert_int_equal(follow_open(&follow, &options, NULL), 0);
}

static int tear_down(void **state)
{
    follow_free(follow);
    follow = NULL;
    positions_close(&positions);
    return remove_folder(state);
}

static int set_up(void **state)
{
    positions = (struct positions){.lock = -1};
    return make_folder(state);
}

static void a_file_is_read_from_its_end_and_further(void **state)
{
    (void)state;
    add("a.log", "old\n");
    open_with((struct follow_options){0});
    arrived("");
    add("a.log", "one\ntw");
    arrived("[0:one]");
    assert_int_equal(heard.rest[0].offset, 8);
    add("a.log", "o\n\nthree\n");
    arrived("[0:two][0:three]");
    assert_string_equal(heard.said, "");
    assert_int_equal(follow_wait(follow, now_ms), -1);
}

static void from_the_start_if_asked(void **state)
{
    (void)state;
    add("a.log", "old\n");
    open_with((struct follow_options){.from_start = true});
    arrived("[0:old]");
}

static void a_file_that_is_not_there_is_waited_for_and_read_whole(void **state)
{
    (void)state;
    open_with((struct follow_options){0});
    arrived("");
    settle();
    assert_non_null(strstr(heard.said, "a.log: No such file or directory; waiting for it\n"));
    assert_int_equal(strlen(strchr(heard.said, '\n')), 1); /* once */
    assert_int_equal(follow_wait(follow, now_ms), -1);
    add("a.log", "one\n");
    arrived("[0:one]");
}

static void what_was_renamed_before_anybody_looked_is_read(void **state)
{
    (void)state;
    add("a.log.7", "older\n");
    backdate("a.log.7");
    open_with((struct follow_options){0});
    arrived("");
    add("a.log", "one\n");
    move("a.log", "a.log.1");
    add("a.log", "two\n");
    settle();
    now_ms += 1000;
    arrived("[0:one][0:two]");
}

static void a_folder_that_is_not_there_is_looked_for_once_a_second(void **state)
{
    (void)state;
    open_with((struct follow_options){.count = 3});
    settle();
    assert_int_equal(follow_wait(follow, now_ms), 1000);
    assert_int_equal(mkdir(in_folder("deep"), 0700), 0);
    add("deep/c.log", "deep\n");
    now_ms += 999;
    arrived("");
    now_ms += 1;
    arrived("[2:deep]");
    assert_int_equal(follow_wait(follow, now_ms), -1);
    add("deep/c.log", "more\n");
    arrived("[2:more]");
}

static void a_renamed_file_is_read_to_its_end_before_the_new_one(void **state)
{
    (void)state;
    open_with((struct follow_options){.from_start = true});
    add("a.log", "one\n");
    arrived("[0:one]");
    add("a.log", "two\n");
    move("a.log", "a.log.1");
    add("a.log", "four\n");
    arrived("[0:two]");
    assert_int_equal(follow_wait(follow, now_ms), 1000);
    now_ms += 900;
    add("a.log.1", "three"); /* its program has not opened the new one yet */
    arrived("");
    now_ms += 900;
    arrived("");
    now_ms += 100;
    arrived("[0:three][0:four]");
    add("a.log", "five\n");
    arrived("[0:five]");
}

static void a_renamed_file_without_a_new_one_is_still_read(void **state)
{
    (void)state;
    open_with((struct follow_options){.from_start = true});
    add("a.log", "one\n");
    arrived("[0:one]");
    move("a.log", "a.log.1");
    now_ms += 5000;
    settle();
    add("a.log.1", "two\n");
    arrived("[0:two]");
    now_ms += 5000;
    settle();
    assert_int_equal(follow_wait(follow, now_ms), -1);
    add("a.log", "three\n");
    now_ms += 1000;
    arrived("[0:three]");
}

/* A hundred rotations while nobody looks, or while one does. */
static void rotate(bool look)
{
    char text[32], name[32], want[4000] = "";
    size_t used = 0;

    open_with((struct follow_options){.from_start = true});
    for (int i = 0; i < 100; i++) {
        struct timespec at[2] = {{.tv_sec = 1000 + i}, {.tv_sec = 1000 + i}};

        snprintf(text, sizeof text, "line %d\n", i);
        add("a.log", text);
        used += (size_t)snprintf(want + used, sizeof want - used, "[0:line %d]", i);
        assert_int_equal(utimensat(AT_FDCWD, in_folder("a.log"), at, 0), 0);
        if (look || i == 0)
            settle();
        snprintf(name, sizeof name, "a.log.%d", i);
        move("a.log", name);
    }
    add("a.log", "last\n");
    snprintf(want + used, sizeof want - used, "[0:last]");
    settle();
    now_ms += 1000;
    arrived(want);
}

static void a_hundred_rotations_unseen_lose_nothing(void **state)
{
    (void)state;
    rotate(false);
}

static void a_hundred_rotations_seen_lose_nothing(void **state)
{
    (void)state;
    rotate(true);
}

static void a_truncated_file_is_read_from_its_beginning(void **state)
{
    (void)state;
    open_with((struct follow_options){.from_start = true});
    add("a.log", "one one one\ncut");
    arrived("[0:one one one]");
    assert_int_equal(truncate(in_folder("a.log"), 0), 0);
    add("a.log", "two\n");
    arrived("[0:cut][0:two]");
    assert_int_equal(heard.rest[0].offset, 4);
}

static void a_file_written_anew_and_longer_is_read_from_its_beginning(void **state)
{
    (void)state;
    open_with((struct follow_options){.from_start = true});
    add("a.log", "one\n");
    arrived("[0:one]");
    assert_int_equal(truncate(in_folder("a.log"), 0), 0);
    add("a.log", "two and more\n");
    arrived("[0:two and more]");
}

static void a_deleted_file_is_read_to_its_end_and_its_successor_whole(void **state)
{
    (void)state;
    open_with((struct follow_options){.from_start = true});
    add("a.log", "one\n");
    arrived("[0:one]");
    add("a.log", "two");
    assert_int_equal(unlink(in_folder("a.log")), 0);
    settle();
    now_ms += 1000;
    arrived("[0:two]");
    add("a.log", "three\n");
    arrived("[0:three]");
}

static void files_are_read_in_turn(void **state)
{
    static char line[1000];

    (void)state;
    memset(line, 'x', sizeof line - 2);
    line[sizeof line - 2] = '\n';
    for (int i = 0; i < 2000; i++)
        add("a.log", line);
    add("b.log", "b\n");
    open_with((struct follow_options){.from_start = true, .count = 2});
    for (int i = 0; i < 3; i++)
        assert_true(follow_step(follow, now_ms, NULL) > 0);
    assert_non_null(strstr(heard.logs, "[1:b]"));
    assert_true(heard.count < 2000);
    settle();
    assert_int_equal(heard.count, 2001);
}

static void joined_lines_are_whole_after_a_second(void **state)
{
    regex_t start;

    (void)state;
    assert_int_equal(group_pattern(&start, "^[^ ]", NULL), 0);
    open_with((struct follow_options){.from_start = true, .count = 2, .start = &start});
    add("a.log", "one\n at x\n");
    add("b.log", "two\n");
    arrived("");
    assert_true(heard.rest[0].offset == 0);
    assert_int_equal(follow_wait(follow, now_ms), 1000);
    now_ms += 500;
    add("a.log", " at y\n");
    arrived("");
    now_ms += 500;
    arrived("[1:two]");
    now_ms += 500;
    arrived("[0:one\n at x\n at y]");
    assert_int_equal(heard.rest[0].offset, 16);
    regfree(&start);
}

static void the_end_takes_what_is_open(void **state)
{
    (void)state;
    open_with((struct follow_options){.from_start = true});
    add("a.log", "one\ntwo");
    arrived("[0:one]");
    assert_int_equal(follow_end(follow, NULL), 0);
    arrived("[0:two]");
    assert_int_equal(heard.rest[0].offset, 7);
}

/* A new process that knows the place of the one before. */
static void go_on_at(struct place place)
{
    follow_free(follow);
    positions.lock = -1;
    assert_int_equal(positions_set(&positions, in_folder("a.log"), &place), 0);
    open_with((struct follow_options){.positions = &positions});
}

static void a_saved_place_is_gone_on_from(void **state)
{
    (void)state;
    open_with((struct follow_options){.from_start = true});
    add("a.log", "one\n");
    arrived("[0:one]");
    add("a.log", "two\n");
    go_on_at(heard.rest[0]);
    arrived("[0:two]");
    assert_string_equal(heard.said, "");
}

static void a_saved_place_is_found_through_rotations(void **state)
{
    struct timespec at[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

    (void)state;
    open_with((struct follow_options){.from_start = true});
    add("a.log", "one\n");
    arrived("[0:one]");
    add("a.log", "two\n");
    assert_int_equal(utimensat(AT_FDCWD, in_folder("a.log"), at, 0), 0);
    move("a.log", "a.log.2");
    add("a.log", "three\n");
    move("a.log", "a.log.1");
    add("a.log", "four\n");
    go_on_at(heard.rest[0]);
    settle();
    now_ms += 1000;
    arrived("[0:two][0:three][0:four]");
    assert_string_equal(heard.said, "");
}

static void a_saved_place_that_is_gone_is_said_and_nothing_is_skipped(void **state)
{
    struct place place;

    (void)state;
    open_with((struct follow_options){.from_start = true});
    add("a.log", "one\n");
    arrived("[0:one]");
    place = heard.rest[0];
    assert_int_equal(unlink(in_folder("a.log")), 0);
    add("a.log", "another\n");
    go_on_at(place);
    arrived("[0:another]");
    assert_non_null(strstr(heard.said, "is gone or was written anew"));
    /* the same number, other bytes */
    assert_int_equal(truncate(in_folder("a.log"), 0), 0);
    add("a.log", "longer than before\n");
    go_on_at(place);
    arrived("[0:longer than before]");
}

static void without_inotify_files_are_looked_at_once_a_second(void **state)
{
    (void)state;
    open_with((struct follow_options){.from_start = true, .no_inotify = true});
    assert_int_equal(follow_fd(follow), -1);
    settle();
    assert_non_null(strstr(heard.said, "once a second"));
    add("a.log", "one\n");
    assert_int_equal(follow_wait(follow, now_ms), 1000);
    now_ms += 1000;
    arrived("[0:one]");
    move("a.log", "a.log.1");
    add("a.log", "two\n");
    for (int i = 0; i < 4; i++) {
        now_ms += 1000;
        settle();
    }
    arrived("[0:two]");
    assert_int_equal(follow_wait(follow, now_ms), 1000);
}

static void what_is_no_regular_file_is_refused(void **state)
{
    struct dl_error err;

    (void)state;
    assert_int_equal(mkdir(in_folder("a.log"), 0700), 0);
    open_with((struct follow_options){0});
    assert_int_equal(follow_step(follow, now_ms, &err), -DL_E_IO);
    assert_non_null(strstr(err.text, "no regular file"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_read_from_its_end_and_further),
        TEST(from_the_start_if_asked),
        TEST(a_file_that_is_not_there_is_waited_for_and_read_whole),
        TEST(what_was_renamed_before_anybody_looked_is_read),
        TEST(a_folder_that_is_not_there_is_looked_for_once_a_second),
        TEST(a_renamed_file_is_read_to_its_end_before_the_new_one),
        TEST(a_renamed_file_without_a_new_one_is_still_read),
        TEST(a_hundred_rotations_unseen_lose_nothing),
        TEST(a_hundred_rotations_seen_lose_nothing),
        TEST(a_truncated_file_is_read_from_its_beginning),
        TEST(a_file_written_anew_and_longer_is_read_from_its_beginning),
        TEST(a_deleted_file_is_read_to_its_end_and_its_successor_whole),
        TEST(files_are_read_in_turn),
        TEST(joined_lines_are_whole_after_a_second),
        TEST(the_end_takes_what_is_open),
        TEST(a_saved_place_is_gone_on_from),
        TEST(a_saved_place_is_found_through_rotations),
        TEST(a_saved_place_that_is_gone_is_said_and_nothing_is_skipped),
        TEST(without_inotify_files_are_looked_at_once_a_second),
        TEST(what_is_no_regular_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
