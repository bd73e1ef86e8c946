#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "folder.h"

static bool no_links; /* a file system on which a file has one name */

/* ---- the disk fails at the n-th call that changes something; 0: never ---- */

static unsigned fails_at, calls;

static bool disk_fails(void)
{
    if (!fails_at || ++calls != fails_at)
        return false;
    errno = EIO;
    return true;
}

int fsync(int fd)
{
    return disk_fails() ? -1 : (int)syscall(SYS_fsync, fd);
}

int fchmod(int fd, mode_t mode)
{
    return disk_fails() ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int rename(const char *from, const char *to)
{
    return disk_fails() ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int mkdir(const char *path, mode_t mode)
{
    return disk_fails() ? -1 : mkdirat(AT_FDCWD, path, mode);
}

int ftruncate(int fd, off_t length)
{
    return disk_fails() ? -1 : (int)syscall(SYS_ftruncate, fd, length);
}

int link(const char *from, const char *to)
{
    if (disk_fails())
        return -1;
    if (!no_links)
        return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
    errno = EPERM;
    return -1;
}

static void assert_holds(const char *path, const char *text)
{
    struct dl_buffer b;
    struct dl_error err;

    dl_buffer_init(&b, 1000);
    assert_int_equal(dl_file_read(path, true, &b, &err), 0);
    assert_string_equal(dl_buffer_string(&b), text);
    dl_buffer_free(&b);
}

static int entries(void)
{
    DIR *d = opendir(folder);
    int count = 0;

    assert_non_null(d);
    while (readdir(d))
        count++;
    closedir(d);
    return count - 2;
}

static void reads_up_to_the_limit_and_refuses_more(void **state)
{
    char path[128];
    struct dl_buffer b;
    struct dl_error err;

    (void)state;
    strcpy(path, in_folder("f"));
    put(path, "1234567890");
    dl_buffer_init(&b, 10);
    assert_int_equal(dl_file_read(path, false, &b, &err), 0);
    dl_buffer_free(&b);
    dl_buffer_init(&b, 9);
    assert_int_equal(dl_file_read(path, false, &b, &err), -DL_E_LIMIT);
    assert_non_null(strstr(err.text, "larger than 9 bytes"));
    dl_buffer_free(&b);
}

static void refuses_links_pipes_and_folders_without_waiting(void **state)
{
    char path[128];
    struct dl_buffer b;
    struct dl_error err;

    (void)state;
    dl_buffer_init(&b, 100);
    strcpy(path, in_folder("pipe"));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(dl_file_read(path, false, &b, &err), -DL_E_IO);
    strcpy(path, in_folder("link"));
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(dl_file_read(path, false, &b, &err), -DL_E_IO);
    assert_non_null(strstr(err.text, "symbolic link"));
    assert_int_equal(dl_file_read(folder, false, &b, &err), -DL_E_IO);
    assert_int_equal(dl_file_read(in_folder("none"), false, &b, &err), -DL_E_IO);
    assert_int_equal(err.sys_errno, ENOENT);
    dl_buffer_free(&b);
}

static void replaces_keeps_the_old_one_and_leaves_nothing_else(void **state)
{
    char path[128], backup[140];
    struct stat st;
    struct dl_error err;

    (void)state;
    strcpy(path, in_folder("config.json"));
    snprintf(backup, sizeof backup, "%s.bak", path);
    umask(0);
    assert_int_equal(dl_file_replace(path, "one", 3, true, &err), 0);
    assert_int_equal(entries(), 1);
    assert_int_equal(dl_file_replace(path, "two", 3, true, &err), 0);
    assert_int_equal(dl_file_replace(path, "three", 5, true, &err), 0);
    assert_holds(path, "three");
    assert_holds(backup, "two");
    assert_int_equal(entries(), 2);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void the_old_one_is_kept_where_a_file_cannot_have_two_names(void **state)
{
    char path[128], backup[140];
    struct dl_error err;

    (void)state;
    strcpy(path, in_folder("config.json"));
    snprintf(backup, sizeof backup, "%s.bak", path);
    no_links = true;
    int first = dl_file_replace(path, "one", 3, true, &err);
    int second = dl_file_replace(path, "two", 3, true, &err);
    int third = dl_file_replace(path, "three", 5, true, &err);
    no_links = false;
    assert_int_equal(first, 0);
    assert_int_equal(second, 0);
    assert_int_equal(third, 0);
    assert_holds(path, "three");
    assert_holds(backup, "two");
    assert_int_equal(entries(), 2);
}

static void wherever_the_disk_fails_the_file_is_whole_and_nothing_is_left_beside_it(void **state)
{
    char path[128], backup[140];
    struct dl_buffer b;
    struct dl_error err;
    unsigned n = 0;
    int rc;

    (void)state;
    strcpy(path, in_folder("config.json"));
    snprintf(backup, sizeof backup, "%s.bak", path);
    dl_buffer_init(&b, 100);
    do {
        put(path, "old");
        (void)unlink(backup);
        calls = 0;
        fails_at = ++n;
        rc = dl_file_replace(path, "new", 3, true, &err);
        bool failed = calls >= fails_at;
        fails_at = 0;
        assert_int_equal(rc, failed ? -DL_E_IO : 0);
        dl_buffer_clear(&b);
        assert_int_equal(dl_file_read(path, false, &b, NULL), 0);
        if (rc == 0 || strcmp(b.data, "old") != 0)
            assert_string_equal(b.data, "new");
        if (rc < 0) {
            assert_int_equal(err.sys_errno, EIO);
            assert_non_null(strstr(err.text, folder));
        }
        assert_int_equal(entries(), access(backup, F_OK) == 0 ? 2 : 1);
    } while (rc < 0);
    assert_true(n > 5); /* mode, bytes to disk, second name, backup, new name, folder to disk */
    dl_buffer_free(&b);
}

static void a_folder_or_lock_that_the_disk_refuses_is_named(void **state)
{
    char path[128];
    struct dl_error err;
    int fd = -1;

    (void)state;
    strcpy(path, in_folder("a/b"));
    for (unsigned n = 3; n <= 4; n++) { /* below /tmp/X: making it, its name reaching the disk */
        calls = 0;
        fails_at = n;
        int rc = dl_file_make_folders(path, &err);
        fails_at = 0;
        assert_int_equal(rc, -DL_E_IO);
        assert_non_null(strstr(err.text, folder));
        (void)rmdir(in_folder("a"));
    }
    strcpy(path, in_folder("lock"));
    calls = 0;
    fails_at = 1;
    int rc = dl_file_lock(&fd, path, &err);
    fails_at = 0;
    assert_int_equal(rc, -DL_E_CFG_PERM);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(dl_file_lock(&fd, path, &err), 0); /* and it is free again */
    close(fd);
}

static unsigned mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

static void what_is_for_others_has_the_mode_of_the_umask_or_its_own(void **state)
{
    char path[128];
    struct dl_error err;

    (void)state;
    strcpy(path, in_folder("page.md"));
    umask(027);
    assert_int_equal(dl_file_replace_shared(path, "one", 3, &err), 0);
    assert_int_equal(mode_of(path), 0640);
    assert_int_equal(chmod(path, 0604), 0);
    assert_int_equal(dl_file_replace_shared(path, "two", 3, &err), 0);
    assert_holds(path, "two");
    assert_int_equal(mode_of(path), 0604);
    assert_int_equal(entries(), 1);
    assert_int_equal(dl_file_replace(path, "three", 5, false, &err), 0);
    assert_int_equal(mode_of(path), 0600);
}

static void what_cannot_be_written_is_told_by_its_own_name(void **state)
{
    char path[128], text[512];
    struct dl_error err;

    (void)state;
    strcpy(path, in_folder("none/report.xml"));
    assert_int_equal(dl_file_replace(path, "new", 3, false, &err), -DL_E_IO);
    assert_int_equal(err.sys_errno, ENOENT);
    snprintf(text, sizeof text, "%s cannot be written: %s", path, strerror(ENOENT));
    assert_string_equal(err.text, text);
}

static void a_link_at_the_path_stays_and_its_target_is_replaced(void **state)
{
    char path[128], target[128];
    struct stat st;
    struct dl_error err;

    (void)state;
    strcpy(path, in_folder("link"));
    strcpy(target, in_folder("target"));
    put(target, "old");
    assert_int_equal(symlink("target", path), 0);
    assert_int_equal(dl_file_replace(path, "new", 3, false, &err), 0);
    assert_int_equal(lstat(path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_holds(target, "new");
}

static void a_write_that_fails_midway_leaves_the_old_file(void **state)
{
    char path[128];
    static char big[100000];
    pid_t child;
    int status;

    (void)state;
    strcpy(path, in_folder("f"));
    put(path, "old");
    child = fork();
    if (child == 0) {
        struct rlimit small = {1000, 1000};
        struct dl_error err;
        int rc;

        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &small);
        rc = dl_file_replace(path, big, sizeof big, true, &err);
        _exit(rc == -DL_E_IO && err.sys_errno == EFBIG ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_holds(path, "old");
    assert_int_equal(entries(), 1);
}

static void makes_missing_folders_for_the_owner_alone(void **state)
{
    char path[128];
    struct stat st;
    struct dl_error err;

    (void)state;
    strcpy(path, in_folder("a/b/c"));
    umask(0);
    assert_int_equal(dl_file_make_folders(path, &err), 0);
    assert_int_equal(dl_file_make_folders(path, &err), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    put(in_folder("file"), "");
    assert_int_equal(dl_file_make_folders(in_folder("file/x"), &err), -DL_E_IO);
}

static void refuses_a_folder_that_others_may_write(void **state)
{
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_file_check_folder(folder, &err), 0);
    assert_int_equal(chmod(folder, 0770), 0);
    assert_int_equal(dl_file_check_folder(folder, &err), -DL_E_CFG_PERM);
    assert_non_null(strstr(err.text, "chmod go-w"));
    assert_int_equal(dl_file_check_folder("/tmp", &err), 0); /* sticky */
}

static void a_second_lock_names_the_first_process(void **state)
{
    char path[128], pid[32];
    struct dl_error err;
    int first = -1, second = -1;

    (void)state;
    strcpy(path, in_folder("lock"));
    snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    assert_int_equal(dl_file_lock(&first, path, &err), 0);
    assert_int_equal(dl_file_lock(&second, path, &err), -DL_E_CFG_BUSY);
    assert_non_null(strstr(err.text, pid));
    close(first);
    assert_int_equal(dl_file_lock(&second, path, &err), 0);
    close(second);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(reads_up_to_the_limit_and_refuses_more),
        IN_FOLDER(refuses_links_pipes_and_folders_without_waiting),
        IN_FOLDER(replaces_keeps_the_old_one_and_leaves_nothing_else),
        IN_FOLDER(the_old_one_is_kept_where_a_file_cannot_have_two_names),
        IN_FOLDER(wherever_the_disk_fails_the_file_is_whole_and_nothing_is_left_beside_it),
        IN_FOLDER(a_folder_or_lock_that_the_disk_refuses_is_named),
        IN_FOLDER(what_is_for_others_has_the_mode_of_the_umask_or_its_own),
        IN_FOLDER(what_cannot_be_written_is_told_by_its_own_name),
        IN_FOLDER(a_link_at_the_path_stays_and_its_target_is_replaced),
        IN_FOLDER(a_write_that_fails_midway_leaves_the_old_file),
        IN_FOLDER(makes_missing_folders_for_the_owner_alone),
        IN_FOLDER(refuses_a_folder_that_others_may_write),
        IN_FOLDER(a_second_lock_names_the_first_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
