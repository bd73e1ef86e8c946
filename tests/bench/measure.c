/* Runs one command and prints what it took, on one line:
 *
 *     wall_ms cpu_ms peak_kb exit delivered_ms requests wire_bytes logs verdict
 *
 *     measure [--runs N] [--sink [FILE]] -- COMMAND [ARGUMENT...]
 *
 * --sink gives the command a fresh receiver for each run, whose address stands for @URL@ and @PORT@
 * in its arguments; delivered_ms is the time from its start to the last answer. With a FILE the
 * logs that came must be exactly its lines: verdict is "exact" or "WRONG", else "-".
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
    uint64_t requests, wire, logs;
    int64_t last_ns;
    bool verified;
    char failure[64];
};

struct figures {
    double wall, cpu, delivered;
    long peak;
    int exit;
    struct receipt receipt;
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

static void serve(int listener, int stop_fd, int result_fd, const char *file)
{
    struct sink sink = {0};
    struct receipt r = {0};

    sink_serve(&sink, listener, stop_fd);
    r.requests = sink.count;
    r.wire = sink.wire;
    r.last_ns = sink.last_ns;
    if (file)
        r.verified = sink_verify(&sink, file, &r.logs);
    if (sink.failure)
        snprintf(r.failure, sizeof r.failure, "%s", sink.failure);
    _exit(write(result_fd, &r, sizeof r) == (ssize_t)sizeof r ? 0 : 1);
}

static void start_receiver(struct receiver *receiver, const char *file)
{
    int stop[2], result[2], listener = sink_listen(&receiver->port);

    if (pipe2(stop, O_CLOEXEC) || pipe2(result, O_CLOEXEC))
        die("pipe");
    receiver->pid = fork();
    if (receiver->pid < 0)
        die("fork");
    if (receiver->pid == 0) {
        close(stop[1]);
        serve(listener, stop[0], result[1], file);
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

static void run_once(struct figures *f, char **command, const char *errors)
{
    extern char **environ;
    posix_spawn_file_actions_t files;
    struct rusage usage;
    int64_t from;
    pid_t pid;
    int status;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    lseek(STDIN_FILENO, 0, SEEK_SET);
    lseek(9, 0, SEEK_SET); /* the key */
    from = clock_ns();
    if (posix_spawnp(&pid, command[0], &files, NULL, command, environ))
        die(command[0]);
    if (wait4(pid, &status, 0, &usage) < 0)
        die("wait4");
    f->wall = (double)(clock_ns() - from) / 1e6;
    posix_spawn_file_actions_destroy(&files);
    f->cpu = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
    f->peak = usage.ru_maxrss;
    f->exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    f->delivered = -(double)from / 1e6;
}

static int by_wall(const void *a, const void *b)
{
    double x = ((const struct figures *)a)->wall, y = ((const struct figures *)b)->wall;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static struct figures figures[RUNS_MAX];
    const char *file = NULL, *errors = getenv("MEASURE_ERRORS");
    bool sink = false;
    int runs = 1, at = 1, bad = 0;

    for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
        if (strcmp(argv[at], "--runs") == 0 && at + 1 < argc)
            runs = atoi(argv[++at]);
        else if (strcmp(argv[at], "--sink") == 0)
            sink = true;
        else
            file = argv[at];
    }
    if (at + 1 >= argc || runs < 1 || runs > RUNS_MAX) {
        fprintf(stderr, "use: measure [--runs N] [--sink [FILE]] -- COMMAND [ARGUMENT...]\n");
        return 64;
    }
    for (int i = 0; i < runs; i++) {
        struct receiver receiver = {0};
        char *command[64] = {NULL};

        if (sink)
            start_receiver(&receiver, file);
        for (int a = at + 1; a < argc && a - at <= 63; a++)
            command[a - at - 1] = fill(argv[a], receiver.port);
        run_once(&figures[i], command, errors ? errors : "/dev/null");
        if (sink)
            end_receiver(&receiver, &figures[i].receipt);
        figures[i].delivered += (double)figures[i].receipt.last_ns / 1e6;
        bad |= figures[i].exit || (file && !figures[i].receipt.verified);
        for (int a = 0; command[a]; a++)
            free(command[a]);
    }
    qsort(figures, (size_t)runs, sizeof *figures, by_wall);
    const struct figures *f = &figures[runs / 2];
    printf("%.2f %.2f %ld %d %.2f %llu %llu %llu %s\n", f->wall, f->cpu, f->peak, f->exit,
           sink ? f->delivered : 0, (unsigned long long)f->receipt.requests,
           (unsigned long long)f->receipt.wire, (unsigned long long)f->receipt.logs,
           !file ? "-"
           : bad ? "WRONG"
                 : "exact");
    return bad;
}
