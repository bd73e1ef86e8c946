#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "spool/crc32c.h"

/* RFC 3720, appendix B.4 */
static void the_sums_of_the_rfc_come_out(void **state)
{
    unsigned char bytes[32];

    (void)state;
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(dl_crc32c(0, bytes, sizeof bytes), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(dl_crc32c(0, bytes, sizeof bytes), 0x62a8ab43);
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    assert_int_equal(dl_crc32c(0, bytes, sizeof bytes), 0x46dd794e);
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(31 - i);
    assert_int_equal(dl_crc32c(0, bytes, sizeof bytes), 0x113fdb5c);
}

static void the_processor_and_the_tables_agree_at_every_length(void **state)
{
    unsigned char bytes[300];
    unsigned seed = 1;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)((seed = seed * 1103515245u + 12345u) >> 16);
    for (size_t from = 0; from < 9; from++)
        for (size_t n = 0; from + n <= sizeof bytes; n++) {
            uint32_t whole = dl_crc32c(0, bytes + from, n);

            assert_int_equal(whole, dl_crc32c_plain(0, bytes + from, n));
            assert_int_equal(whole, dl_crc32c(dl_crc32c(0, bytes + from, n / 3),
                                              bytes + from + n / 3, n - n / 3));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sums_of_the_rfc_come_out),
        cmocka_unit_test(the_processor_and_the_tables_agree_at_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
