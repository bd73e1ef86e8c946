#include "command/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"

static volatile sig_atomic_t caught;

static void note_signal(int number)
{
    caught = number;
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define SIGNAL_COUNT (sizeof signals / sizeof signals[0])

/* Without SA_RESTART, so that the read ends and the terminal can be put right. */
static void catch_signals(struct sigaction old[SIGNAL_COUNT])
{
    struct sigaction act = {.sa_handler = note_signal};

    caught = 0;
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        sigaction(signals[i], &act, &old[i]);
}

static void give_signals_back(const struct sigaction old[SIGNAL_COUNT])
{
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        sigaction(signals[i], &old[i], NULL);
}

/* The kernel edits the line (Backspace, Ctrl-U) and gives it whole. */
static int read_line(struct dl_key *key, int fd, struct dl_error *err)
{
    char chunk[256];
    bool more = true;
    int rc = 0;

    while (more && rc == 0) {
        ssize_t n = read(fd, chunk, sizeof chunk);

        if (n <= 0) {
            rc = dl_error_set(err, DL_E_CANCELLED, "no key was entered");
            break;
        }
        more = chunk[n - 1] != '\n';
        rc = dl_key_append(key, chunk, (size_t)n, err);
    }
    explicit_bzero(chunk, sizeof chunk);
    return rc;
}

static int ask(struct dl_key *key, int fd, const char *question, struct dl_error *err)
{
    struct sigaction old[SIGNAL_COUNT];
    struct termios before, hidden;
    int rc;

    if (tcgetattr(fd, &before) < 0)
        return dl_error_set_errno(err, DL_E_USAGE, errno, "the terminal cannot be asked");
    hidden = before;
    hidden.c_lflag = (hidden.c_lflag & ~(tcflag_t)(ECHO | ECHONL)) | ICANON | ISIG;
    hidden.c_cc[VSUSP] = _POSIX_VDISABLE; /* a shell in between would turn echo on again */
    catch_signals(old);
    if (tcsetattr(fd, TCSAFLUSH, &hidden) < 0 || tcgetattr(fd, &hidden) < 0 ||
        (hidden.c_lflag & ECHO)) {
        rc = dl_error_set(err, DL_E_USAGE,
                          "this terminal would show the key; give it with --api-key-fd N");
    } else {
        rc = dl_file_write_all(fd, question, strlen(question), err);
        if (rc == 0)
            rc = read_line(key, fd, err);
        /* the new line was not shown either */
        if (dl_file_write_all(fd, "\n", 1, NULL) < 0 && rc == 0)
            rc = dl_error_set(err, DL_E_IO, "the terminal went away");
    }
    /* flushes what is left of a paste, which the shell would take for a command */
    tcsetattr(fd, TCSAFLUSH, &before);
    give_signals_back(old);
    if (caught && caught != SIGINT)
        raise(caught);
    return rc;
}

int prompt_key(struct dl_key **out, const char *question, struct dl_error *err)
{
    struct dl_key *key;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), rc;

    if (fd < 0)
        return dl_error_set(err, DL_E_USAGE,
                            "there is no terminal to ask for the key on; give it with "
                            "--api-key-fd N or --api-key -");
    rc = dl_key_begin(&key, err);
    if (rc == 0) {
        rc = ask(key, fd, question, err);
        if (rc == 0)
            rc = dl_key_finish(key, err);
        if (rc < 0)
            dl_key_free(key);
        else
            *out = key;
    }
    close(fd);
    return rc;
}

int prompt_line(char *to, size_t size, const char *question, struct dl_error *err)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), rc;
    ssize_t n = 0;

    if (fd < 0)
        return dl_error_set(err, DL_E_USAGE, "there is no terminal to ask on");
    tcflush(fd, TCIFLUSH); /* what was typed ahead is no answer */
    rc = dl_file_write_all(fd, question, strlen(question), err);
    if (rc == 0)
        n = read(fd, to, size - 1);
    if (rc == 0 && (n <= 0 || to[n - 1] != '\n'))
        (void)dl_file_write_all(fd, "\n", 1, NULL);
    close(fd);
    to[n > 0 ? n : 0] = '\0';
    to[strcspn(to, "\n")] = '\0';
    return rc;
}

int prompt_yes(bool *yes, const char *question, struct dl_error *err)
{
    char line[256];
    int rc = prompt_line(line, sizeof line, question, err);

    if (rc == 0)
        *yes = strcmp(line, "y") == 0 || strcmp(line, "Y") == 0;
    else if (rc == -DL_E_USAGE)
        rc = dl_error_set(err, DL_E_USAGE, "there is no terminal to ask on; say --yes");
    return rc;
}
