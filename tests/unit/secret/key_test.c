#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "secret/key.h"

#define KEY "0123456789abcdef0123456789ABCDEF"

static struct dl_key *make(const char *text)
{
    struct dl_key *key = NULL;
    struct dl_error err = {0};

    assert_int_equal(dl_key_new(&key, text, strlen(text), &err), 0);
    return key;
}

static void takes_blanks_and_quotes_off_a_pasted_key(void **state)
{
    static const char *const pasted[] = {KEY,           "  " KEY "\r\n", "\"" KEY "\"",
                                         "'" KEY "'\n", "`" KEY "`",     "\t\" '" KEY "' \"\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(pasted) / sizeof(pasted[0]); i++) {
        struct dl_key *key = make(pasted[i]);
        assert_string_equal(dl_key_text(key), KEY);
        assert_int_equal(dl_key_length(key), 32);
        dl_key_free(key);
    }
}

static void refuses_what_could_split_a_header_and_does_not_repeat_it(void **state)
{
    static const char *const bad[] = {"abcdef\r\nX-Evil: 1",
                                      "abcdef\nabc",
                                      "abc\x01"
                                      "def",
                                      "abc\x7f",
                                      "abc\xc3\xa9",
                                      "\xe2\x80\x8b" KEY};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct dl_key *key = NULL;
        struct dl_error err = {0};
        assert_int_equal(dl_key_new(&key, bad[i], strlen(bad[i]), &err), -DL_E_KEY_SHAPE);
        assert_null(key);
        assert_non_null(strstr(err.text, "of the key is"));
        assert_null(strstr(err.text, "abc"));
        assert_null(strstr(err.text, "Evil"));
    }
    assert_int_equal(dl_key_new(&(struct dl_key *){NULL}, "abc\0def", 7, NULL), -DL_E_KEY_SHAPE);
}

static void has_a_longest_key_and_a_longest_paste(void **state)
{
    char text[2000];
    struct dl_key *key = NULL;

    (void)state;
    memset(text, 'a', sizeof(text));
    assert_int_equal(dl_key_new(&key, text, DL_KEY_MAX, NULL), 0);
    dl_key_free(key);
    assert_int_equal(dl_key_new(&key, text, DL_KEY_MAX + 1, NULL), -DL_E_KEY_SHAPE);
    assert_int_equal(dl_key_new(&key, text, sizeof(text), NULL), -DL_E_LIMIT);
}

static void grows_as_it_is_typed(void **state)
{
    struct dl_key *key, *whole = make(KEY);

    (void)state;
    assert_int_equal(dl_key_begin(&key, NULL), 0);
    assert_int_equal(dl_key_append(key, " ", 1, NULL), 0);
    for (const char *c = KEY; *c; c++)
        assert_int_equal(dl_key_append(key, c, 1, NULL), 0);
    assert_int_equal(dl_key_finish(key, NULL), 0);
    assert_true(dl_key_equal(key, whole));
    dl_key_clear(key);
    assert_int_equal(dl_key_length(key), 0);
    assert_false(dl_key_equal(key, whole));
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(dl_key_text(key)[i], '\0');
    dl_key_free(key);
    dl_key_free(whole);
}

/* The VmFlags line of the mapping that holds an address. */
static void vm_flags(const void *address, char *to, size_t size)
{
    char line[4096];
    uintptr_t want = (uintptr_t)address, from, end;
    int inside = 0;
    FILE *smaps = fopen("/proc/self/smaps", "r");

    assert_non_null(smaps);
    *to = '\0';
    while (fgets(line, sizeof(line), smaps)) {
        if (sscanf(line, "%lx-%lx ", &from, &end) == 2)
            inside = want >= from && want < end;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(to, size, "%s", line);
    }
    fclose(smaps);
}

static void lives_in_a_page_that_is_locked_not_dumped_and_wiped_in_a_child(void **state)
{
    struct dl_key *key = make(KEY);
    char flags[4096];

    (void)state;
    vm_flags(dl_key_text(key), flags, sizeof(flags));
    assert_true(dl_key_locked(key));
    assert_non_null(strstr(flags, " lo"));
    assert_non_null(strstr(flags, " dd"));
    assert_non_null(strstr(flags, " wf"));
    dl_key_free(key);
}

static int child_status(void (*child)(const void *), const void *context)
{
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        child(context);
        _exit(99);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void look_at_key(const void *key)
{
    _exit(dl_key_length(key) == 0 && dl_key_text(key)[0] == '\0' ? 7 : 8);
}

static void is_empty_in_a_forked_child(void **state)
{
    struct dl_key *key = make(KEY);

    (void)state;
    assert_int_equal(child_status(look_at_key, key), 7);
    assert_string_equal(dl_key_text(key), KEY);
    dl_key_free(key);
}

static void make_key_without_memlock(const void *context)
{
    const struct rlimit none = {0, 0};
    struct dl_key *key = NULL;

    (void)context;
    setrlimit(RLIMIT_MEMLOCK, &none);
    if (setegid(65534) != 0 || seteuid(65534) != 0) /* root may lock all the same */
        _exit(1);
    if (dl_key_new(&key, KEY, 32, NULL) != 0)
        _exit(2);
    _exit(dl_key_locked(key) ? 3 : 7);
}

static void says_so_when_the_page_cannot_be_locked(void **state)
{
    (void)state;
    if (geteuid() != 0) /* without root the limit alone is enough, and seteuid would fail */
        return;
    assert_int_equal(child_status(make_key_without_memlock, NULL), 7);
}

/* Reads this process's memory as another process would; unmapped addresses cannot be read. */
static int readable(const void *address)
{
    char byte;
    FILE *mem = fopen("/proc/self/mem", "rb");
    int rc;

    assert_non_null(mem);
    rc = fseeko(mem, (off_t)(uintptr_t)address, SEEK_SET) == 0 && fread(&byte, 1, 1, mem) == 1;
    fclose(mem);
    return rc;
}

static void gives_its_page_back_when_freed(void **state)
{
    struct dl_key *key = make(KEY);
    const char *text = dl_key_text(key);

    (void)state;
    assert_true(readable(text));
    dl_key_free(key);
    assert_false(readable(text));
    dl_key_free(NULL);
}

static void harden(const void *context)
{
    struct rlimit core;

    (void)context;
    setenv("SSLKEYLOGFILE", "/nonexistent/keys", 1);
    setenv("SECRET_BACKEND", "file", 1);
    setenv("SECRET_FILE_TEST_PATH", "/nonexistent/keyring", 1);
    setenv("SECRET_FILE_TEST_PASSWORD", "x", 1);
    if (dl_secret_harden_process(NULL) != 0)
        _exit(1);
    if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur || core.rlim_max)
        _exit(2);
    if (prctl(PR_GET_DUMPABLE) != 0)
        _exit(3);
    if (getenv("SSLKEYLOGFILE") || getenv("SECRET_BACKEND") || getenv("SECRET_FILE_TEST_PATH") ||
        getenv("SECRET_FILE_TEST_PASSWORD"))
        _exit(4);
    _exit(7);
}

static void hardens_the_process(void **state)
{
    (void)state;
    assert_int_equal(child_status(harden, NULL), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_blanks_and_quotes_off_a_pasted_key),
        cmocka_unit_test(refuses_what_could_split_a_header_and_does_not_repeat_it),
        cmocka_unit_test(has_a_longest_key_and_a_longest_paste),
        cmocka_unit_test(grows_as_it_is_typed),
        cmocka_unit_test(lives_in_a_page_that_is_locked_not_dumped_and_wiped_in_a_child),
        cmocka_unit_test(is_empty_in_a_forked_child),
        cmocka_unit_test(says_so_when_the_page_cannot_be_locked),
        cmocka_unit_test(gives_its_page_back_when_freed),
        cmocka_unit_test(hardens_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
