#include "folder.h"

#include "send/ledger.h"

static const char *path_of(const void *context, unsigned source)
{
    (void)context;
    return source ? "/b" : "/a";
}

static struct positions positions;
static struct ledger ledger;

static int set_up(void **state)
{
    char damage[200];

    make_folder(state);
    if (positions_open(&positions, in_folder("p.json"), damage, sizeof damage, NULL) < 0)
        return -1;
    ledger_init(&ledger, &positions, path_of, NULL);
    return 0;
}

static int tear_down(void **state)
{
    ledger_free(&ledger);
    positions_close(&positions);
    return remove_folder(state);
}

static struct place at(uint64_t offset)
{
    return (struct place){.inode = 5, .offset = offset};
}

/* The offset that a process would read that is started now; -1: none. */
static int64_t saved(const char *path)
{
    struct positions p = {.lock = -1};
    char text[4096];
    FILE *f = fopen(in_folder("p.json"), "r");
    const struct place *place;
    int64_t offset;
    size_t len;

    if (!f)
        return -1;
    len = fread(text, 1, sizeof text, f);
    fclose(f);
    assert_int_equal(positions_parse(&p, text, len, NULL), 0);
    place = positions_find(&p, path);
    offset = place ? (int64_t)place->offset : -1;
    positions_close(&p);
    return offset;
}

static void log_of(uint64_t number, unsigned source, uint64_t offset)
{
    struct place place = at(offset);

    ledger_log(&ledger, number, source, &place);
}

static void rest_of(unsigned source, uint64_t offset)
{
    struct place place = at(offset);

    ledger_rest(&ledger, source, &place);
}

static void a_place_is_kept_when_its_logs_are_safe(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 100; n++)
        log_of(n, 0, n * 10);
    rest_of(0, 1000);
    assert_int_equal(ledger_save(&ledger, 1000, false, NULL), 0);
    assert_int_equal(saved("/a"), -1);
    ledger_safe(&ledger, 65, 36);
    ledger_safe(&ledger, 2, 63);
    assert_int_equal(ledger_save(&ledger, 2000, false, NULL), 0);
    assert_int_equal(saved("/a"), -1);
    ledger_safe(&ledger, 1, 1);
    assert_int_equal(ledger_save(&ledger, 2100, false, NULL), 0);
    assert_int_equal(saved("/a"), -1); /* not again within 200 ms */
    assert_int_equal(ledger_wait(&ledger, 2100), 100);
    assert_int_equal(ledger_save(&ledger, 2200, false, NULL), 0);
    assert_int_equal(saved("/a"), 1000);
    assert_int_equal(ledger_wait(&ledger, 2200), -1);
}

static void every_sixty_fourth_log_is_a_checkpoint(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 130; n++)
        log_of(n, 0, n * 10);
    ledger_safe(&ledger, 1, 129);
    assert_int_equal(ledger_save(&ledger, 0, true, NULL), 0);
    assert_int_equal(saved("/a"), 1280);
}

static void files_are_apart(void **state)
{
    (void)state;
    log_of(1, 0, 10);
    rest_of(0, 10);
    log_of(2, 1, 7);
    rest_of(1, 8);
    ledger_safe(&ledger, 1, 1);
    assert_int_equal(ledger_save(&ledger, 1000, false, NULL), 0);
    assert_int_equal(saved("/a"), 10);
    assert_int_equal(saved("/b"), -1);
    ledger_safe(&ledger, 2, 1);
    assert_int_equal(ledger_save(&ledger, 1050, true, NULL), 0);
    assert_int_equal(saved("/b"), 8);
}

static void what_was_thrown_away_needs_no_receipt(void **state)
{
    (void)state;
    log_of(1, 0, 10);
    log_of(0, 0, 20);
    log_of(0, 0, 30);
    rest_of(0, 30);
    ledger_safe(&ledger, 1, 1);
    assert_int_equal(ledger_save(&ledger, 0, true, NULL), 0);
    assert_int_equal(saved("/a"), 30);
}

static void a_place_before_any_log_is_kept_at_once(void **state)
{
    (void)state;
    rest_of(0, 4711);
    assert_int_equal(ledger_save(&ledger, 1000, false, NULL), 0);
    assert_int_equal(saved("/a"), 4711);
}

static void what_cannot_be_written_is_tried_again(void **state)
{
    struct dl_error err;

    (void)state;
    rest_of(0, 1);
    assert_int_equal(mkdir(in_folder("p.json.new"), 0700), 0);
    assert_int_equal(ledger_save(&ledger, 1000, false, &err), -DL_E_IO);
    assert_int_equal(ledger_wait(&ledger, 1000), 200);
    assert_int_equal(rmdir(in_folder("p.json.new")), 0);
    assert_int_equal(ledger_save(&ledger, 1200, false, NULL), 0);
    assert_int_equal(saved("/a"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_place_is_kept_when_its_logs_are_safe, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_sixty_fourth_log_is_a_checkpoint, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_are_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_thrown_away_needs_no_receipt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_place_before_any_log_is_kept_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_is_tried_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
