/* Stands between a sender and an intake, and cuts the first connection at one byte.
 *
 *     cut request|response OFFSET reset|close|silent PORT -- COMMAND [ARGUMENT...]
 *
 * Runs the command with @PORT@ in its arguments filled in, forwards what comes there to PORT of
 * 127.0.0.1, and ends with the command's exit code. When OFFSET bytes of the first connection's
 * request or response have passed, that connection is reset, closed, or left as it is with nothing
 * passing any more. The connections behind it pass whole. An offset that is not reached (-1) cuts
 * nothing, and what passed is told on standard error. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAIRS 32

enum how { RESET, CLOSE, SILENT };

struct pair {
    int fds[2]; /* the sender's side, the intake's; -1: none */
    bool marked, dead;
    uint64_t passed[2];
};

static struct pair pairs[PAIRS];
static int cut_side; /* 0: what the sender says */
static uint64_t offset;
static enum how how;
static bool met;
static uint64_t first_passed[2];

static void die(const char *what)
{
    perror(what);
    exit(71);
}

static struct sockaddr_in loopback(unsigned port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void end_pair(struct pair *p, bool reset)
{
    struct linger hard = {1, 0};

    for (int i = 0; i < 2; i++) {
        if (reset)
            setsockopt(p->fds[i], SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(p->fds[i]);
        p->fds[i] = -1;
    }
}

static void begin_pair(int listener, unsigned port)
{
    static bool any;
    struct sockaddr_in to = loopback(port);
    int sender = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    for (int i = 0; sender >= 0 && i < PAIRS; i++) {
        struct pair *p = &pairs[i];

        if (p->fds[0] >= 0)
            continue;
        *p = (struct pair){.fds = {sender, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)},
                           .marked = !any};
        any = true;
        if (connect(p->fds[1], (struct sockaddr *)&to, sizeof to))
            end_pair(p, true);
        return;
    }
    close(sender);
}

/* One piece from a side to the other. */
static void forward(struct pair *p, int side)
{
    char data[16384];
    size_t want = sizeof data;
    bool here = p->marked && side == cut_side;

    if (here && offset - p->passed[side] < want) /* -1 is as far as can be */
        want = (size_t)(offset - p->passed[side]);
    ssize_t n = want ? recv(p->fds[side], data, want, 0) : 0;
    if (want && n <= 0) {
        end_pair(p, n < 0);
        return;
    }
    for (ssize_t at = 0; at < n;) {
        ssize_t done = send(p->fds[!side], data + at, (size_t)(n - at), MSG_NOSIGNAL);

        if (done <= 0) {
            end_pair(p, true);
            return;
        }
        at += done;
    }
    p->passed[side] += (uint64_t)n;
    if (p->marked)
        first_passed[side] = p->passed[side];
    if (!here || p->passed[side] < offset)
        return;
    met = true;
    if (how == SILENT)
        p->dead = true;
    else
        end_pair(p, how == RESET);
}

static void serve(int listener, int children, unsigned port)
{
    for (;;) {
        struct pollfd fds[2 + 2 * PAIRS] = {{.fd = children, .events = POLLIN},
                                            {.fd = listener, .events = POLLIN}};

        for (int i = 0; i < 2 * PAIRS; i++) {
            struct pair *p = &pairs[i / 2];

            fds[2 + i].fd = p->dead ? -1 : p->fds[i % 2];
            fds[2 + i].events = POLLIN;
        }
        if (poll(fds, 2 + 2 * PAIRS, -1) < 0 || fds[0].revents)
            return;
        for (int i = 0; i < 2 * PAIRS; i++)
            if (fds[2 + i].revents && pairs[i / 2].fds[i % 2] == fds[2 + i].fd)
                forward(&pairs[i / 2], i % 2);
        if (fds[1].revents)
            begin_pair(listener, port);
    }
}

static pid_t start(char **command, unsigned port)
{
    extern char **environ;
    posix_spawnattr_t attributes;
    sigset_t none;
    pid_t pid;

    for (int i = 0; command[i]; i++) {
        char *mark = strstr(command[i], "@PORT@");

        if (mark && asprintf(&command[i], "%.*s%u%s", (int)(mark - command[i]), command[i], port,
                             mark + 6) < 0)
            die("memory");
    }
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &none);
    if (posix_spawnp(&pid, command[0], NULL, &attributes, command, environ))
        die(command[0]);
    return pid;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), status;
    sigset_t child;
    pid_t pid;

    if (argc < 7 || strcmp(argv[5], "--") != 0) {
        fprintf(stderr, "use: cut request|response OFFSET reset|close|silent PORT -- COMMAND...\n");
        return 64;
    }
    cut_side = strcmp(argv[1], "response") == 0;
    offset = strtoull(argv[2], NULL, 10);
    how = argv[3][0] == 'r' ? RESET : argv[3][0] == 'c' ? CLOSE : SILENT;
    for (int i = 0; i < PAIRS; i++)
        pairs[i].fds[0] = pairs[i].fds[1] = -1;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) || listen(listener, 32) ||
        getsockname(listener, (struct sockaddr *)&address, &size))
        die("cut");
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int children = signalfd(-1, &child, SFD_CLOEXEC);
    pid = start(argv + 6, ntohs(address.sin_port));
    serve(listener, children, (unsigned)strtoul(argv[4], NULL, 10));
    if (waitpid(pid, &status, 0) < 0)
        die("cut");
    if (!met)
        fprintf(stderr, "cut: whole, %llu %llu bytes passed\n", (unsigned long long)first_passed[0],
                (unsigned long long)first_passed[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
