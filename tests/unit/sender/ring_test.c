#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "sender/ring.h"

static struct dl_ring ring;

static int set_up(void **state)
{
    (void)state;
    dl_ring_init(&ring);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dl_ring_free(&ring);
    return 0;
}

/* One log into the open slot. */
static struct dl_slot *put(uint64_t number)
{
    struct dl_slot *slot = dl_ring_open_slot(&ring, number);

    if (!slot)
        return NULL;
    assert_int_equal(dl_batch_begin(slot->batch), 0);
    assert_int_equal(dl_buffer_text(&slot->batch->body, "{}"), 0);
    dl_batch_keep(slot->batch);
    return slot;
}

static struct dl_packet *packet(size_t length)
{
    struct dl_packet *p = calloc(1, sizeof *p);

    assert_non_null(p);
    p->wire = malloc(length);
    p->wire_length = length;
    return p;
}

static void logs_gather_in_the_open_slot(void **state)
{
    (void)state;
    assert_true(dl_ring_idle(&ring));
    assert_null(dl_ring_filling(&ring));
    assert_non_null(dl_ring_open_slot(&ring, 1));
    assert_true(dl_ring_idle(&ring)); /* nothing in it yet */
    struct dl_slot *slot = put(1);
    assert_ptr_equal(put(2), slot);
    assert_int_equal(slot->first, 1);
    assert_int_equal(slot->batch->count, 2);
    assert_false(dl_ring_idle(&ring));
    dl_ring_close_slot(&ring);
    assert_int_equal(ring.closed, 1);
    assert_int_equal(slot->batch->body.len, 7);
    assert_memory_equal(slot->batch->body.data, "[{},{}]", 7);
    dl_ring_close_slot(&ring); /* there is none */
    assert_int_equal(ring.closed, 1);
    assert_ptr_not_equal(put(3), slot);
}

static void slots_leave_in_their_order_whoever_packs_first(void **state)
{
    struct dl_slot *a, *b;
    struct dl_packet *p;

    (void)state;
    put(1);
    dl_ring_close_slot(&ring);
    put(2);
    dl_ring_close_slot(&ring);
    a = dl_ring_begin_packing(&ring);
    b = dl_ring_begin_packing(&ring);
    assert_null(dl_ring_begin_packing(&ring));
    assert_int_equal(a->first, 1);
    dl_ring_end_packing(&ring, b, packet(10));
    assert_null(dl_ring_packed(&ring, 0)); /* the second is ready, the first is not */
    dl_ring_end_packing(&ring, a, packet(20));
    assert_ptr_equal(dl_ring_packed(&ring, 0), a);
    assert_ptr_equal(dl_ring_packed(&ring, 1), b);
    assert_null(dl_ring_packed(&ring, 2));
    assert_int_equal(ring.held, 2 * sizeof(struct dl_packet) + 30);
    p = dl_ring_pop(&ring);
    assert_int_equal(p->first, 1);
    assert_int_equal(p->count, 1);
    dl_packet_free(p);
    p = dl_ring_pop(&ring);
    assert_int_equal(p->first, 2);
    dl_packet_free(p);
    assert_int_equal(ring.held, 0);
    assert_true(dl_ring_idle(&ring));
}

static void a_slot_that_could_not_be_packed_waits_again(void **state)
{
    struct dl_slot *slot;

    (void)state;
    put(1);
    dl_ring_close_slot(&ring);
    slot = dl_ring_begin_packing(&ring);
    dl_ring_end_packing(&ring, slot, NULL);
    assert_ptr_equal(dl_ring_begin_packing(&ring), slot);
    assert_int_equal(slot->batch->count, 1);
}

static void raw_batches_and_slots_are_few(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= DL_RING_BATCHES; n++) {
        assert_non_null(put(n));
        dl_ring_close_slot(&ring);
    }
    assert_null(put(99)); /* no raw batch is left */
    for (uint64_t n = 5; n <= DL_RING_SLOTS + 1; n++) {
        dl_ring_end_packing(&ring, dl_ring_begin_packing(&ring), packet(1));
        if (n <= DL_RING_SLOTS)
            assert_non_null(put(n));
        dl_ring_close_slot(&ring);
    }
    while (ring.closed)
        dl_ring_end_packing(&ring, dl_ring_begin_packing(&ring), packet(1));
    assert_null(put(99)); /* no slot is left */
    dl_packet_free(dl_ring_pop(&ring));
    assert_non_null(put(100));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(logs_gather_in_the_open_slot),
        TEST(slots_leave_in_their_order_whoever_packs_first),
        TEST(a_slot_that_could_not_be_packed_waits_again),
        TEST(raw_batches_and_slots_are_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
