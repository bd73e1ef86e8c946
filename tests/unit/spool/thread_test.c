/* A writer and a reader at once, on a real disk; to be run with --enable-sanitizers=thread too. */
#include "folder.h"

#include <pthread.h>
#include <sched.h>

#include "spool/spool.h"

#define LOGS 3000

static struct dl_spool *spool;

static void *write_all(void *context)
{
    for (uint64_t n = 1; n <= LOGS; n++) {
        struct dl_spool_entry entry = {
            .count = 1, .body = (const char *)&n, .length = sizeof n, .taken_ms = 1};

        while (dl_spool_append(spool, &entry, NULL) < 0)
            sched_yield();
        if (n % 7 == 0 || n == LOGS)
            while (dl_spool_sync(spool, NULL) < 0)
                sched_yield();
    }
    return context;
}

/* Settles a few behind what it reads, in an order of its own. */
static void what_one_thread_writes_another_reads(void **state)
{
    const struct dl_spool_options options = {.segment_bytes = 20000};
    struct dl_spool_counts counts;
    struct dl_spool_entry entry;
    struct dl_buffer body;
    uint64_t expected = 1, number;
    pthread_t writer;
    int rc;

    (void)state;
    dl_buffer_init(&body, DL_SPOOL_BODY_MAX);
    assert_int_equal(dl_spool_open(&spool, folder, &options, NULL), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_all, NULL), 0);
    while (expected <= LOGS) {
        rc = dl_spool_next(spool, &entry, &body, NULL);
        assert_true(rc >= 0);
        if (rc == 0) {
            dl_spool_rest(spool);
            sched_yield();
            continue;
        }
        memcpy(&number, entry.body, sizeof number);
        assert_int_equal(number, expected);
        assert_int_equal(entry.first, expected++);
        if (number % 2 == 0) {
            dl_spool_settle(spool, number, 1, DL_SPOOL_DELIVERED);
            dl_spool_settle(spool, number - 1, 1, DL_SPOOL_DELIVERED);
        }
        dl_spool_counts(spool, &counts);
        assert_int_equal(counts.accepted, counts.delivered + counts.pending);
    }
    assert_int_equal(pthread_join(writer, NULL), 0);
    dl_spool_counts(spool, &counts);
    assert_int_equal(counts.accepted, LOGS);
    assert_int_equal(counts.pending, 0);
    dl_spool_close(spool);
    dl_buffer_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_one_thread_writes_another_reads, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
