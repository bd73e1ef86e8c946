/* What a person at the wizard waits for, measured at the other end of a pseudo terminal:
 *
 *     paint RUNS KEY COMMAND [ARGUMENT...]
 *
 * prints three lines "NAME median_ms worst_ms": from exec to the first complete screen; from a key
 * to the last byte of what it changes; from Esc on the running test to the screen that says so. The
 * command is the wizard, given an intake that takes long to answer and --key-store session, so that
 * the page on the key's place is not there; KEY is the API key to type. */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 10000
#define QUIET_MS 15 /* a screen that says nothing for so long is complete */
#define KEYS 40
#define CANCELS 5

struct terminal {
    pid_t pid;
    int fd;
    char seen[256 * 1024]; /* since the last key */
    size_t length;
};

struct series {
    double values[256];
    size_t count;
};

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void fail(struct terminal *t, const char *what)
{
    fprintf(stderr, "paint: %s; the screen's bytes were:\n", what);
    fwrite(t->seen, 1, t->length, stderr);
    fputc('\n', stderr);
    kill(t->pid, SIGKILL);
    exit(1);
}

static void open_terminal(struct terminal *t, char **command)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};

    t->length = 0;
    t->pid = forkpty(&t->fd, NULL, NULL, &size);
    if (t->pid < 0) {
        perror("forkpty");
        exit(71);
    }
    if (t->pid == 0) {
        execv(command[0], command);
        _exit(127);
    }
}

static void close_terminal(struct terminal *t)
{
    kill(t->pid, SIGTERM);
    while (read(t->fd, t->seen, sizeof t->seen) > 0)
        continue;
    close(t->fd);
    waitpid(t->pid, NULL, 0);
}

/* Takes what comes within the time; false: nothing came. */
static bool take(struct terminal *t, int timeout_ms)
{
    struct pollfd fd = {.fd = t->fd, .events = POLLIN};
    ssize_t n;

    if (poll(&fd, 1, timeout_ms) <= 0)
        return false;
    n = read(t->fd, t->seen + t->length, sizeof t->seen - 1 - t->length);
    if (n <= 0)
        fail(t, "the wizard ended");
    t->length += (size_t)n;
    t->seen[t->length] = '\0';
    return true;
}

/* Until the words were written ("": anything at all) and nothing follows; when the last byte came.
 */
static double wait_for(struct terminal *t, const char *words)
{
    double last = now_ms(), end = last + PATIENCE_MS;

    while (now_ms() < end) {
        bool complete = t->length && memmem(t->seen, t->length, words, strlen(words));

        if (take(t, complete ? QUIET_MS : 50))
            last = now_ms();
        else if (complete)
            return last;
    }
    fail(t, words);
    return 0;
}

static double press(struct terminal *t, const char *keys)
{
    double from = now_ms();

    t->length = 0;
    if (write(t->fd, keys, strlen(keys)) < 0)
        fail(t, "the terminal is closed");
    return from;
}

static void add(struct series *s, double value)
{
    if (s->count < sizeof s->values / sizeof *s->values)
        s->values[s->count++] = value;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print(const char *name, struct series *s)
{
    qsort(s->values, s->count, sizeof *s->values, compare);
    printf("%s %.2f %.2f\n", name, s->values[s->count / 2], s->values[s->count - 1]);
}

static void measure_first(struct series *s, char **command, int runs)
{
    static struct terminal t;

    for (int i = 0; i < runs; i++) {
        double from = now_ms();

        open_terminal(&t, command);
        add(s, wait_for(&t, "help") - from); /* the last words of the last row */
        close_terminal(&t);
    }
}

static void measure_keys(struct series *s, char **command)
{
    static struct terminal t;

    open_terminal(&t, command);
    wait_for(&t, "help");
    for (int i = 0; i < KEYS; i++) {
        double from = press(&t, i / 5 % 2 ? "\033[A" : "\033[B"); /* five down, five up */

        add(s, wait_for(&t, "") - from);
    }
    close_terminal(&t);
}

/* The wizard takes keys that follow each other at a machine's pace for pasted text, in which a line
 * end sends nothing off. */
static void settle(struct terminal *t)
{
    while (take(t, 100))
        continue;
}

/* Through the pages up to the test, which hangs at the intake that does not answer. */
static void walk_to_test(struct terminal *t, const char *key)
{
    const struct {
        const char *page, *keys;
    } steps[] = {{"Which Datadog", ""}, {"Paste an", key}, {"Which tags", ""}};

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        wait_for(t, steps[i].page);
        settle(t);
        if (*steps[i].keys)
            press(t, steps[i].keys);
        settle(t);
        press(t, "\r");
    }
    wait_for(t, "Testing");
}

static void measure_cancel(struct series *s, char **command, const char *key)
{
    static struct terminal t;

    open_terminal(&t, command);
    walk_to_test(&t, key);
    for (int i = 0; i < CANCELS; i++) {
        settle(&t);
        double from = press(&t, "\033");
        add(s, wait_for(&t, "ancelled") - from);
        settle(&t);
        press(&t, "r");
        wait_for(&t, "esting");
    }
    close_terminal(&t);
}

int main(int argc, char **argv)
{
    struct series first = {.count = 0}, keys = {.count = 0}, cancel = {.count = 0};

    if (argc < 4) {
        fprintf(stderr, "use: paint RUNS KEY COMMAND [ARGUMENT...]\n");
        return 64;
    }
    measure_first(&first, argv + 3, atoi(argv[1]));
    print("first_paint", &first);
    measure_keys(&keys, argv + 3);
    print("key_to_paint", &keys);
    measure_cancel(&cancel, argv + 3, argv[2]);
    print("cancel", &cancel);
    return 0;
}
