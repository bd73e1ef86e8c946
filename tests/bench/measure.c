/* Runs one command and prints what it took, on one line:
 *
 *     wall_ms cpu_ms peak_kb exit delivered_ms requests wire_bytes logs verdict user_ms system_ms
 *         gzip6_bytes faulty
 *
 *     measure [--runs N] [--sink [FILE]] [--faults LIST] [--seed N] [--reference] [--trust]
 *             [--pipe] -- COMMAND [ARGUMENT...]
 *
 * --sink gives the command a fresh receiver for each run, whose address stands for @URL@ and @PORT@
 * in its arguments; delivered_ms is the time from its start to the last answer. With a FILE the
 * logs that came must be exactly its lines: verdict is "exact", or how many were lost, came twice
 * or were no line of it; without a FILE, and with --trust, it is "-". --faults lets the receiver do
 * badly (sink.h). --reference: gzip6_bytes is what gzip -6 makes of the same bodies. --pipe: FILE
 * is written into a pipe, which is the command's standard input.
 * --runs N: the run whose wall time is the median of N. CPU and peak memory are wait4's, so they
 * are the command's alone; this program stays small so that its own pages do not count. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sink.h"

#define RUNS_MAX 101

struct receipt { /* what the sink's process tells at its end */
    uint64_t requests, wire, reference, faulty;
    int64_t last_ns;
    struct sink_verdict verdict;
    char failure[64];
};

struct figures {
    double wall, user, system, delivered;
    long peak;
    int exit;
    struct receipt receipt;
};

/* What the command line wants of the receiver. */
struct wish {
    bool sink, reference, trust, pipe;
    const char *file;
    struct sink_faults faults;
};

struct receiver {
    unsigned port;
    pid_t pid;
    int stop, result;
};

static void die(const char *what)
{
    perror(what);
    exit(71);
}

static void serve(int listener, int stop_fd, int result_fd, const struct wish *wish)
{
    struct sink sink = {.faults = wish->faults};
    struct receipt r = {0};

    sink_serve(&sink, listener, stop_fd);
    r.requests = sink.count;
    r.wire = sink.wire;
    r.last_ns = sink.last_ns;
    r.faulty = sink.faulty;
    if (wish->file && !wish->trust)
        sink_verify(&sink, wish->file, &r.verdict);
    if (wish->reference)
        r.reference = sink_reference(&sink);
    if (sink.failure)
        snprintf(r.failure, sizeof r.failure, "%s", sink.failure);
    _exit(write(result_fd, &r, sizeof r) == (ssize_t)sizeof r ? 0 : 1);
}

static void start_receiver(struct receiver *receiver, const struct wish *wish)
{
    int stop[2], result[2], listener = sink_listen(&receiver->port);

    if (pipe2(stop, O_CLOEXEC) || pipe2(result, O_CLOEXEC))
        die("pipe");
    receiver->pid = fork();
    if (receiver->pid < 0)
        die("fork");
    if (receiver->pid == 0) {
        close(stop[1]);
        serve(listener, stop[0], result[1], wish);
    }
    close(listener);
    close(stop[0]);
    close(result[1]);
    receiver->stop = stop[1];
    receiver->result = result[0];
}

static void end_receiver(struct receiver *receiver, struct receipt *receipt)
{
    close(receiver->stop);
    if (read(receiver->result, receipt, sizeof *receipt) != (ssize_t)sizeof *receipt)
        die("sink");
    close(receiver->result);
    waitpid(receiver->pid, NULL, 0);
    if (*receipt->failure)
        fprintf(stderr, "sink: %s\n", receipt->failure);
}

/* One argument with @URL@ and @PORT@ filled in. */
static char *fill(const char *argument, unsigned port)
{
    const char *url = strstr(argument, "@URL@"), *number = strstr(argument, "@PORT@");
    const char *mark = url ? url : number;
    char *text;

    if (!mark)
        return strdup(argument);
    if (asprintf(&text, "%.*s%s%u%s", (int)(mark - argument), argument,
                 url ? "http://127.0.0.1:" : "", port, mark + (url ? 5 : 6)) < 0)
        die("memory");
    return text;
}

static double milliseconds(struct timeval t)
{
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

/* A process that writes the file into a pipe; returns the end to read from. */
static int start_writer(const char *file, pid_t *pid)
{
    int ends[2], from = open(file, O_RDONLY | O_CLOEXEC);

    if (from < 0 || pipe2(ends, O_CLOEXEC))
        die(file);
    fcntl(ends[1], F_SETPIPE_SZ, 1024 * 1024);
    *pid = fork();
    if (*pid)
        return close(ends[1]), close(from), ends[0];
    close(ends[0]);
    while (splice(from, NULL, ends[1], NULL, 1024 * 1024, 0) > 0)
        ;
    _exit(0);
}

static void run_once(struct figures *f, char **command, const char *errors, const struct wish *wish)
{
    extern char **environ;
    posix_spawn_file_actions_t files;
    struct rusage usage;
    int64_t from;
    pid_t pid, writer = 0;
    int status, input = -1;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    lseek(STDIN_FILENO, 0, SEEK_SET);
    lseek(9, 0, SEEK_SET); /* the key */
    from = clock_ns();
    if (wish->pipe) {
        input = start_writer(wish->file, &writer);
        posix_spawn_file_actions_adddup2(&files, input, 0);
    }
    if (posix_spawnp(&pid, command[0], &files, NULL, command, environ))
        die(command[0]);
    if (input >= 0)
        close(input);
    if (wait4(pid, &status, 0, &usage) < 0)
        die("wait4");
    f->wall = (double)(clock_ns() - from) / 1e6;
    posix_spawn_file_actions_destroy(&files);
    if (writer)
        waitpid(writer, NULL, 0);
    f->user = milliseconds(usage.ru_utime);
    f->system = milliseconds(usage.ru_stime);
    f->peak = usage.ru_maxrss;
    f->exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    f->delivered = -(double)from / 1e6;
}

static int by_wall(const void *a, const void *b)
{
    double x = ((const struct figures *)a)->wall, y = ((const struct figures *)b)->wall;

    return (x > y) - (x < y);
}

/* Returns the index of "--". */
static int read_options(int argc, char **argv, struct wish *wish, int *runs)
{
    int at = 1;

    for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
        if (strcmp(argv[at], "--runs") == 0 && at + 1 < argc)
            *runs = atoi(argv[++at]);
        else if (strcmp(argv[at], "--seed") == 0 && at + 1 < argc)
            wish->faults.seed = strtoull(argv[++at], NULL, 10);
        else if (strcmp(argv[at], "--faults") == 0 && at + 1 < argc) {
            if (!sink_faults_read(&wish->faults, argv[++at]))
                return argc;
        } else if (strcmp(argv[at], "--sink") == 0)
            wish->sink = true;
        else if (strcmp(argv[at], "--reference") == 0)
            wish->reference = true;
        else if (strcmp(argv[at], "--trust") == 0)
            wish->trust = true;
        else if (strcmp(argv[at], "--pipe") == 0)
            wish->pipe = true;
        else
            wish->file = argv[at];
    }
    return at;
}

static bool exact(const struct sink_verdict *v)
{
    return v->readable && !v->lost && !v->twice && !v->foreign;
}

static void print(const struct figures *f, const struct wish *wish)
{
    const struct receipt *r = &f->receipt;
    const struct sink_verdict *v = &r->verdict;

    printf("%.2f %.2f %ld %d %.2f %llu %llu %llu ", f->wall, f->user + f->system, f->peak, f->exit,
           wish->sink ? f->delivered : 0, (unsigned long long)r->requests,
           (unsigned long long)r->wire, (unsigned long long)v->logs);
    if (!wish->file || wish->trust)
        printf("-");
    else if (exact(v))
        printf("exact");
    else
        printf("%slost:%llu,twice:%llu,foreign:%llu", v->readable ? "" : "unreadable,",
               (unsigned long long)v->lost, (unsigned long long)v->twice,
               (unsigned long long)v->foreign);
    printf(" %.2f %.2f %llu %llu\n", f->user, f->system, (unsigned long long)r->reference,
           (unsigned long long)r->faulty);
}

int main(int argc, char **argv)
{
    static struct figures figures[RUNS_MAX];
    const char *errors = getenv("MEASURE_ERRORS");
    struct wish wish = {0};
    int runs = 1, at = read_options(argc, argv, &wish, &runs), bad = 0;

    if (at + 1 >= argc || runs < 1 || runs > RUNS_MAX || (wish.pipe && !wish.file)) {
        fprintf(stderr, "use: measure [OPTION...] -- COMMAND [ARGUMENT...]\n");
        return 64;
    }
    for (int i = 0; i < runs; i++) {
        struct receiver receiver = {0};
        char *command[64] = {NULL};

        if (wish.sink)
            start_receiver(&receiver, &wish);
        for (int a = at + 1; a < argc && a - at <= 63; a++)
            command[a - at - 1] = fill(argv[a], receiver.port);
        run_once(&figures[i], command, errors ? errors : "/dev/null", &wish);
        if (wish.sink)
            end_receiver(&receiver, &figures[i].receipt);
        figures[i].delivered += (double)figures[i].receipt.last_ns / 1e6;
        bad |= figures[i].exit || (wish.file && !wish.trust && !exact(&figures[i].receipt.verdict));
        for (int a = 0; command[a]; a++)
            free(command[a]);
    }
    qsort(figures, (size_t)runs, sizeof *figures, by_wall);
    print(&figures[runs / 2], &wish);
    return bad;
}
