#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "send/checkpoint.h"

static struct place at(uint64_t offset)
{
    return (struct place){.inode = 1, .offset = offset};
}

static void add(struct checkpoints *c, uint64_t number, unsigned source, uint64_t offset)
{
    struct place place = at(offset);

    assert_int_equal(checkpoints_add(c, number, source, &place), 0);
}

static void those_up_to_the_mark_come_out_in_order(void **state)
{
    struct checkpoints c = {0};
    struct checkpoint out;

    (void)state;
    for (uint64_t n = 1; n <= 1000; n++) {
        add(&c, n * 10, 0, n);
        if (n % 3 == 0) { /* the ring goes round */
            assert_true(checkpoints_pass(&c, UINT64_MAX, &out));
            assert_true(out.number == n / 3 * 10 && out.place.offset == n / 3);
        }
    }
    assert_false(checkpoints_pass(&c, 3339, &out));
    assert_true(checkpoints_pass(&c, 3340, &out));
    assert_true(out.place.offset == 334);
    assert_false(checkpoints_pass(&c, 3340, &out));
    checkpoints_free(&c);
}

static void one_with_the_same_number_takes_the_place_of_the_last(void **state)
{
    struct checkpoints c = {0};
    struct checkpoint out;

    (void)state;
    add(&c, 5, 0, 50);
    add(&c, 5, 0, 60);
    add(&c, 5, 1, 7);
    assert_int_equal(c.count, 2);
    assert_true(checkpoints_pass(&c, 5, &out));
    assert_true(out.source == 0 && out.place.offset == 60);
    assert_true(checkpoints_pass(&c, 5, &out));
    assert_true(out.source == 1 && out.place.offset == 7);
    assert_false(checkpoints_pass(&c, 5, &out));
    checkpoints_free(&c);
}

/* However many there are, the last place of each source is passed, and none too early. */
static void a_full_ring_loses_no_last_place(void **state)
{
    enum { SOURCES = 7, ROUNDS = 20000 };
    uint64_t last[SOURCES] = {0}, number = 0;
    struct checkpoints c = {0};
    struct checkpoint out;

    (void)state;
    add(&c, ++number, SOURCES - 1, 1); /* one that says nothing more */
    for (int i = 0; i < ROUNDS; i++)
        for (unsigned s = 0; s < SOURCES - 1; s++)
            number++, add(&c, number, s, number);
    assert_true(c.count <= CHECKPOINT_MAX);
    while (checkpoints_pass(&c, number, &out)) {
        assert_true(out.place.offset == out.number);
        assert_true(out.place.offset > last[out.source]);
        last[out.source] = out.place.offset;
    }
    for (unsigned s = 0; s < SOURCES - 1; s++)
        assert_true(last[s] == number - (SOURCES - 2 - s));
    assert_true(last[SOURCES - 1] == 1);
    checkpoints_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_up_to_the_mark_come_out_in_order),
        cmocka_unit_test(one_with_the_same_number_takes_the_place_of_the_last),
        cmocka_unit_test(a_full_ring_loses_no_last_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
