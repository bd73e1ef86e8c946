/* Places of addresses from a database, and databases that are damaged. */
#include "kit.h"

#include <stdlib.h>
#include <unistd.h>

#include "pipeline/geo.h"
#include "pipeline/geo_database.h"

#define DATABASE_MAX (64 * 1024)
#define FLIPS 4000

/* The library keeps some memory of a database whose metadata it refuses; the leak checker of a
 * sanitizer's build is told so. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libmaxminddb";
}

static char folder[] = "/tmp/ddlogs-geo-XXXXXX";
static char path[64];
static unsigned char bytes[DATABASE_MAX];
static size_t size;

static void write_file(const unsigned char *from, size_t len)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(from, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void make(const char *kind)
{
    char command[512];
    FILE *file;

    snprintf(command, sizeof command, "python3 '%s/tests/mmdb.py' %s %s", SOURCE_TREE, path, kind);
    assert_int_equal(system(command), 0);
    file = fopen(path, "rb");
    assert_non_null(file);
    size = fread(bytes, 1, sizeof bytes, file);
    assert_in_range(size, 100, sizeof bytes - 1);
    fclose(file);
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/places.mmdb", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dl_geo_unload();
    unlink(path);
    return rmdir(folder);
}

static const char *place(const char *ip)
{
    return shown(dl_geo_read(&arena, text_of(ip), false));
}

static void load(void)
{
    struct dl_error err = {0};

    if (dl_geo_load(path, &err) < 0)
        fail_msg("%s", err.text);
}

/* Attributes as the platform's parser names them. */
static void places_of_a_database(void **state)
{
    (void)state;
    make("City");
    load();
    assert_true(dl_text_equals(dl_geo_kind(), "Test-City"));
    assert_string_equal(
        place("192.0.2.200"),
        "{\"city\":{\"name\":\"Paris\"},\"continent\":{\"code\":\"EU\",\"name\":\"Europe\"},"
        "\"country\":{\"iso_code\":\"FR\",\"name\":\"France\"},"
        "\"location\":{\"latitude\":48.85,\"longitude\":2.25},"
        "\"subdivision\":{\"iso_code\":\"FR-IDF\",\"name\":\"\303\216le-de-France\"},"
        "\"timezone\":\"Europe/Paris\",\"ipAddress\":\"192.0.2.200\"}");
    assert_string_equal(place("198.51.100.7"),
                        "{\"country\":{\"iso_code\":\"NO\",\"name\":\"Norway\"},"
                        "\"ipAddress\":\"198.51.100.7\"}");
    assert_string_equal(place("2001:db8:1::2"),
                        "{\"as\":{\"number\":\"AS64501\",\"name\":\"Kiwi\"},"
                        "\"continent\":{\"code\":\"OC\",\"name\":\"Oceania\"},"
                        "\"country\":{\"iso_code\":\"NZ\",\"name\":\"New Zealand\"},"
                        "\"ipAddress\":\"2001:db8:1::2\"}");
}

static void addresses_it_does_not_know(void **state)
{
    (void)state;
    make("City");
    load();
    assert_string_equal(place("198.51.100.8"), "{}");
    assert_string_equal(place("2001:db9::1"), "{}");
    assert_string_equal(place("203.0.113.5"), "{}"); /* an entry of other types */
    assert_string_equal(place("host"), "{\"invalidAddress\":\"host\"}");
    assert_string_equal(shown(dl_geo_read(&arena, (struct dl_text){"192.0.2.1\0x", 11}, false)),
                        "{\"invalidAddress\":\"192.0.2.1\\u0000x\"}");
}

static void owners_of_networks(void **state)
{
    (void)state;
    make("ASN");
    load();
    assert_true(dl_text_equals(dl_geo_kind(), "Test-ASN"));
    assert_string_equal(place("192.0.2.1"),
                        "{\"as\":{\"number\":\"AS64500\",\"name\":\"Example Net\"},"
                        "\"ipAddress\":\"192.0.2.1\"}");
}

/* The stub stays where tests of assets run, and after the database is closed. */
static void stub(void **state)
{
    (void)state;
    make("City");
    load();
    assert_string_equal(shown(dl_geo_read(&arena, text_of("192.0.2.1"), true)), "{}");
    dl_geo_unload();
    assert_false(dl_geo_is_loaded());
    assert_int_equal(dl_geo_kind().len, 0);
    assert_string_equal(place("192.0.2.1"), "{}");
}

static void files_that_are_no_database(void **state)
{
    struct dl_error err = {0};

    (void)state;
    make("City");
    write_file((const unsigned char *)"city,country\n", 13);
    assert_int_equal(dl_geo_load(path, &err), -DL_E_GEOIP);
    assert_non_null(strstr(err.text, "is no Geo-IP database that can be read"));
    assert_non_null(strstr(err.text, ".mmdb"));
    write_file(bytes, 0);
    assert_int_equal(dl_geo_load(path, &err), -DL_E_GEOIP);
    assert_int_equal(dl_geo_load(folder, &err), -DL_E_GEOIP);
    assert_int_equal(dl_geo_load("/nowhere/x.mmdb", &err), -DL_E_IO);
    assert_false(dl_geo_is_loaded());
}

/* A cut or damaged database is refused, or answers something; it never ends the program. */
static void look_at_damage(void)
{
    static const char *const addresses[] = {"192.0.2.1", "198.51.100.7", "2001:db8::1",
                                            "::", "255.255.255.255"};
    struct dl_error err = {0};

    if (dl_geo_load(path, &err) < 0) {
        assert_int_equal(err.code, DL_E_GEOIP);
        return;
    }
    dl_arena_reset(&arena);
    for (size_t i = 0; i < LENGTH(addresses); i++)
        assert_true(dl_value_is(dl_geo_look_up(&arena, addresses[i]), DL_VALUE_OBJECT));
}

static void cut_databases(void **state)
{
    (void)state;
    make("City");
    for (size_t len = 0; len < size; len += len < size / 2 ? 37 : 1) {
        write_file(bytes, len);
        look_at_damage();
    }
}

static void damaged_databases(void **state)
{
    unsigned seed = 7;

    (void)state;
    make("City");
    for (unsigned i = 0; i < FLIPS; i++) {
        size_t at = (size_t)rand_r(&seed) % size;
        unsigned char kept = bytes[at];

        if (i % 2) /* half of them in the data and the metadata */
            at = size - 1 - at % 700, kept = bytes[at];
        bytes[at] = (unsigned char)rand_r(&seed);
        write_file(bytes, size);
        look_at_damage();
        bytes[at] = kept;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(places_of_a_database),       ARENA_TEST(addresses_it_does_not_know),
        ARENA_TEST(owners_of_networks),         ARENA_TEST(stub),
        ARENA_TEST(files_that_are_no_database), ARENA_TEST(cut_databases),
        ARENA_TEST(damaged_databases),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
