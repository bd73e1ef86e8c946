#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "screen/input.h"

static struct input input;

static int fresh(void **state)
{
    (void)state;
    memset(&input, 0, sizeof(input));
    return 0;
}

static void feed(const char *bytes)
{
    size_t room, n = strlen(bytes);
    unsigned char *to = input_room(&input, &room);

    assert_true(n <= room);
    memcpy(to, bytes, n);
    input_added(&input, n);
}

static void expect(enum input_code code, uint32_t character)
{
    struct input_key key;

    assert_true(input_next(&input, false, &key));
    assert_int_equal(key.code, code);
    assert_int_equal(key.character, character);
}

static void expect_nothing(void)
{
    struct input_key key;

    assert_false(input_next(&input, false, &key));
}

static void knows_the_keys_of_common_terminals(void **state)
{
    (void)state;
    feed("\r\t\033[A\033OA\033[B\033[H\033[1~\033[7~\033[5~\033[6~\033[3~\033[Z\033OP\033[[A");
    const enum input_code codes[] = {INPUT_ENTER,   INPUT_TAB,       INPUT_UP,     INPUT_UP,
                                     INPUT_DOWN,    INPUT_HOME,      INPUT_HOME,   INPUT_HOME,
                                     INPUT_PAGE_UP, INPUT_PAGE_DOWN, INPUT_DELETE, INPUT_BACKTAB,
                                     INPUT_HELP,    INPUT_HELP};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        expect(codes[i], 0);
    expect_nothing();
}

static void characters_come_one_by_one(void **state)
{
    (void)state;
    feed("aé");
    feed("\xe6\x97");
    expect(INPUT_CHARACTER, 'a');
    expect(INPUT_CHARACTER, 0xe9);
    expect_nothing(); /* the rest of it is on its way */
    feed("\xa5");
    expect(INPUT_CHARACTER, 0x65e5);
}

static void bytes_that_are_no_character_are_dropped_alone(void **state)
{
    (void)state;
    feed("\xff"
         "a\xc3(b");
    expect(INPUT_NOTHING, 0);
    expect(INPUT_CHARACTER, 'a');
    expect(INPUT_NOTHING, 0);
    expect(INPUT_CHARACTER, '(');
    expect(INPUT_CHARACTER, 'b');
}

static void esc_alone_is_a_key_when_nothing_follows(void **state)
{
    struct input_key key;

    (void)state;
    feed("\033");
    assert_false(input_next(&input, false, &key));
    assert_true(input_waits(&input));
    assert_true(input_next(&input, true, &key));
    assert_int_equal(key.code, INPUT_ESCAPE);
    assert_false(input_waits(&input));
}

static void a_sequence_in_two_parts_is_one_key(void **state)
{
    (void)state;
    feed("\033[");
    expect_nothing();
    feed("A");
    expect(INPUT_UP, 0);
}

static void unknown_sequences_are_swallowed_whole(void **state)
{
    (void)state;
    feed("\033[1;5Dx\033Oqy\033[<0;10;5Mz");
    expect(INPUT_NOTHING, 0);
    expect(INPUT_CHARACTER, 'x');
    expect(INPUT_NOTHING, 0);
    expect(INPUT_CHARACTER, 'y');
    expect(INPUT_NOTHING, 0);
    expect(INPUT_CHARACTER, 'z');
}

static void within_a_paste_nothing_is_a_key(void **state)
{
    struct input_key key;

    (void)state;
    feed("\033[200~ab\r\t\033[Ac\x1a\033[201~\r");
    expect(INPUT_PASTE_BEGIN, 0);
    expect(INPUT_CHARACTER, 'a');
    assert_true(input_next(&input, false, &key));
    assert_true(key.pasted);
    assert_int_equal(key.character, 'b');
    expect(INPUT_CHARACTER, '\n');
    expect(INPUT_CHARACTER, '\t');
    expect(INPUT_NOTHING, 033);
    expect(INPUT_CHARACTER, '[');
    expect(INPUT_CHARACTER, 'A');
    expect(INPUT_CHARACTER, 'c');
    expect(INPUT_NOTHING, 032);
    expect(INPUT_PASTE_END, 0);
    expect(INPUT_ENTER, 0);
}

static void ctrl_c_gets_out_of_a_paste_without_end(void **state)
{
    (void)state;
    feed("\033[200~ab\003\r");
    expect(INPUT_PASTE_BEGIN, 0);
    expect(INPUT_CHARACTER, 'a');
    expect(INPUT_CHARACTER, 'b');
    expect(INPUT_QUIT, 0);
    expect(INPUT_ENTER, 0);
}

static void what_was_taken_is_wiped(void **state)
{
    struct input_key key;

    (void)state;
    feed("\033[200~c4n4ryc4n4ry\033[201~");
    while (input_next(&input, false, &key))
        ;
    for (size_t i = 0; i < sizeof(input.bytes); i++)
        assert_int_equal(input.bytes[i], 0);
    feed("abc");
    expect(INPUT_CHARACTER, 'a');
    feed("d"); /* moves what is left to the front */
    expect(INPUT_CHARACTER, 'b');
    expect(INPUT_CHARACTER, 'c');
    expect(INPUT_CHARACTER, 'd');
    for (size_t i = 0; i < sizeof(input.bytes); i++)
        assert_int_equal(input.bytes[i], 0);
}

static const char *odd_terminal(const char *capability)
{
    return strcmp(capability, "kcuu1") == 0  ? "\033up"
           : strcmp(capability, "kbs") == 0  ? "\b"
           : strcmp(capability, "kent") == 0 ? "\033OM"
                                             : NULL;
}

static void learns_what_the_terminal_says_it_sends(void **state)
{
    (void)state;
    input_learn(&input, odd_terminal);
    feed("\033up\033OM\b");
    expect(INPUT_UP, 0);
    expect(INPUT_ENTER, 0);
    expect(INPUT_BACKSPACE, 0);
}

static void footers_name_keys(void **state)
{
    (void)state;
    assert_int_equal(input_named("Enter").code, INPUT_ENTER);
    assert_int_equal(input_named("Esc").code, INPUT_ESCAPE);
    assert_int_equal(input_named("Ctrl-C").code, INPUT_QUIT);
    assert_int_equal(input_named("f").code, INPUT_CHARACTER);
    assert_int_equal(input_named("f").character, 'f');
    assert_int_equal(input_named("Up Down").code, INPUT_NOTHING);
    assert_int_equal(input_named("").code, INPUT_NOTHING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(knows_the_keys_of_common_terminals, fresh),
        cmocka_unit_test_setup(characters_come_one_by_one, fresh),
        cmocka_unit_test_setup(bytes_that_are_no_character_are_dropped_alone, fresh),
        cmocka_unit_test_setup(esc_alone_is_a_key_when_nothing_follows, fresh),
        cmocka_unit_test_setup(a_sequence_in_two_parts_is_one_key, fresh),
        cmocka_unit_test_setup(unknown_sequences_are_swallowed_whole, fresh),
        cmocka_unit_test_setup(within_a_paste_nothing_is_a_key, fresh),
        cmocka_unit_test_setup(ctrl_c_gets_out_of_a_paste_without_end, fresh),
        cmocka_unit_test_setup(what_was_taken_is_wiped, fresh),
        cmocka_unit_test_setup(learns_what_the_terminal_says_it_sends, fresh),
        cmocka_unit_test_setup(footers_name_keys, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
