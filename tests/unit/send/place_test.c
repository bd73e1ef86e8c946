#include "folder.h"

#include <fcntl.h>

#include "send/place.h"

static int open_at(const char *name)
{
    int fd = open(in_folder(name), O_RDWR | O_CREAT, 0600);

    assert_true(fd >= 0);
    return fd;
}

static void add(int fd, const char *text, size_t len)
{
    assert_true(lseek(fd, 0, SEEK_END) >= 0);
    assert_int_equal(write(fd, text, len), len);
}

static void a_file_is_told_by_its_number_and_its_first_bytes(void **state)
{
    int fd = open_at("a"), other = open_at("b");
    struct place p = {0};

    (void)state;
    add(fd, "hello\n", 6);
    add(other, "hello\n", 6);
    assert_int_equal(place_take(&p, fd), 0);
    assert_int_equal(p.print_len, 6);
    assert_true(place_is(&p, fd));
    assert_false(place_is(&p, other));
    assert_true(place_begins(&p, other));
    p.offset = 7;
    assert_false(place_is(&p, fd)); /* shorter than what was read */
    add(fd, "more", 4);
    assert_true(place_is(&p, fd));
    assert_int_equal(pwrite(fd, "j", 1, 0), 1);
    assert_false(place_is(&p, fd));
    close(fd);
    close(other);
}

static void the_fingerprint_grows_with_the_file_up_to_its_limit(void **state)
{
    char block[PLACE_PRINT_MAX];
    int fd = open_at("c");
    struct place p = {0};

    (void)state;
    assert_int_equal(place_take(&p, fd), 0);
    assert_int_equal(p.print_len, 0);
    assert_true(place_is(&p, fd));
    memset(block, 'x', sizeof block);
    add(fd, block, 10);
    place_extend(&p, fd);
    assert_int_equal(p.print_len, 10);
    for (int i = 0; i < 3; i++)
        add(fd, block, sizeof block);
    place_extend(&p, fd);
    assert_int_equal(p.print_len, PLACE_PRINT_MAX);
    assert_int_equal(pwrite(fd, "y", 1, PLACE_PRINT_MAX), 1);
    assert_true(place_is(&p, fd));
    assert_int_equal(pwrite(fd, "y", 1, PLACE_PRINT_MAX - 1), 1);
    assert_false(place_is(&p, fd));
    close(fd);
}

/* Or an offset into the old bytes would be taken for one into the new. */
static void a_file_written_anew_does_not_get_a_new_fingerprint(void **state)
{
    int fd = open_at("d");
    struct place p = {0};

    (void)state;
    add(fd, "one\n", 4);
    assert_int_equal(place_take(&p, fd), 0);
    p.offset = 4;
    assert_int_equal(ftruncate(fd, 0), 0);
    place_extend(&p, fd);
    add(fd, "another\n", 8);
    place_extend(&p, fd);
    assert_int_equal(p.print_len, 4);
    assert_false(place_is(&p, fd));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_told_by_its_number_and_its_first_bytes),
        cmocka_unit_test(the_fingerprint_grows_with_the_file_up_to_its_limit),
        cmocka_unit_test(a_file_written_anew_does_not_get_a_new_fingerprint),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
