#include "screen/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

/* Signals that end the process; each gives the terminal back first. */
static const int fatal[] = {SIGSEGV, SIGABRT, SIGBUS,  SIGILL, SIGFPE,
                            SIGHUP,  SIGINT,  SIGQUIT, SIGTERM};
#define FATAL_COUNT (sizeof(fatal) / sizeof(fatal[0]))

static struct {
    FILE *in, *out;
    SCREEN *screen;
    struct sigaction before[FATAL_COUNT]; /* handler SIG_IGN of `ours` false: not replaced */
    bool ours[FATAL_COUNT];
    bool at_exit;
} term;

/* What a signal handler needs, ready made: it may neither allocate nor ask curses. */
static struct {
    volatile sig_atomic_t active;
    int fd;
    struct termios saved;
    char bytes[256];
    size_t len;
} rescue;

static char rescue_stack[32768]; /* a handler for a stack that ran over needs another one */

static void rescue_terminal(void)
{
    if (!rescue.active)
        return;
    rescue.active = 0;
    ssize_t n = write(rescue.fd, rescue.bytes, rescue.len);
    (void)n; /* nobody is left to tell */
    tcsetattr(rescue.fd, TCSANOW, &rescue.saved);
}

static void on_fatal(int number)
{
    int saved = errno;

    rescue_terminal();
    for (size_t i = 0; i < FATAL_COUNT; i++)
        if (fatal[i] == number)
            sigaction(number, &term.before[i], NULL);
    errno = saved;
    raise(number);
}

/* Handlers of others (the loop's, a sanitizer's for SIGTERM and the like) stay; those that only a
 * crash meets are put in front and handed on. */
static void catch_fatal(void)
{
    stack_t stack = {.ss_sp = rescue_stack, .ss_size = sizeof(rescue_stack)};
    struct sigaction action = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK};

    sigaltstack(&stack, NULL);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < FATAL_COUNT; i++) {
        bool crash = i < 5;
        sigaction(fatal[i], NULL, &term.before[i]);
        term.ours[i] = crash || (!(term.before[i].sa_flags & SA_SIGINFO) &&
                                 term.before[i].sa_handler == SIG_DFL);
        if (term.ours[i])
            sigaction(fatal[i], &action, NULL);
    }
}

static void release_fatal(void)
{
    for (size_t i = 0; i < FATAL_COUNT; i++)
        if (term.ours[i])
            sigaction(fatal[i], &term.before[i], NULL);
    memset(term.ours, 0, sizeof(term.ours));
}

const char *term_capability(const char *name)
{
    char *value = tigetstr(name);

    return value == NULL || value == (char *)-1 ? NULL : value;
}

/* Appends a capability without the delays ("$<5>") that only old hardware needs. */
static void rescue_add(const char *bytes)
{
    while (bytes && *bytes != '\0' && rescue.len < sizeof(rescue.bytes)) {
        if (bytes[0] == '$' && bytes[1] == '<' && strchr(bytes, '>')) {
            bytes = strchr(bytes, '>') + 1;
            continue;
        }
        rescue.bytes[rescue.len++] = *bytes++;
    }
}

static void rescue_prepare(int fd)
{
    rescue.fd = fd;
    rescue.len = 0;
    rescue_add(PASTE_OFF);
    rescue_add(term_capability("sgr0"));
    rescue_add(term_capability("cnorm"));
    rescue_add(term_capability("rmcup"));
    rescue_add("\r\n");
}

/* Standard input and output if both are a terminal, else the terminal that controls the process. */
static int open_files(struct dl_error *err)
{
    bool standard = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    int in = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                      : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    int out = in < 0 ? -1 : fcntl(standard ? STDOUT_FILENO : in, F_DUPFD_CLOEXEC, 3);

    term.in = in < 0 ? NULL : fdopen(in, "r");
    term.out = out < 0 ? NULL : fdopen(out, "w");
    if (term.in && term.out)
        return 0;
    if (in >= 0 && !term.in)
        close(in);
    if (out >= 0 && !term.out)
        close(out);
    return dl_error_set_errno(err, DL_E_TERM, errno, "there is no terminal to draw on");
}

static void close_files(void)
{
    if (term.in)
        fclose(term.in);
    if (term.out)
        fclose(term.out);
    term.in = term.out = NULL;
}

/* A terminal that cannot place its cursor shows nothing readable ("dumb"). */
static int check_terminal(const char *name, struct dl_error *err)
{
    int found = 0;

    if (!name || *name == '\0')
        return dl_error_set(err, DL_E_TERM, "TERM is not set, so the screen cannot be drawn");
    if (setupterm(name, fileno(term.out), &found) == ERR)
        return dl_error_set(err, DL_E_TERM, "TERM names a terminal that is not known here: %.40s",
                            name);
    bool places = term_capability("cup") != NULL;
    del_curterm(cur_term);
    if (!places)
        return dl_error_set(err, DL_E_TERM, "the terminal \"%.40s\" cannot place its cursor", name);
    return 0;
}

static void send_now(const char *bytes)
{
    fputs(bytes, term.out);
    fflush(term.out);
}

static void modes(void)
{
    raw(); /* Ctrl-C, Ctrl-Z, Ctrl-S and Ctrl-Q are keys like others */
    noecho();
    nonl();
    typeahead(-1); /* keys are read by us alone */
}

int term_open(struct dl_error *err)
{
    const char *name = getenv("TERM");
    int status;

    if (term.screen)
        return 0;
    setlocale(LC_CTYPE, "");
    status = open_files(err);
    if (status == 0)
        status = check_terminal(name, err);
    if (status == 0 && tcgetattr(fileno(term.in), &rescue.saved) < 0)
        status = dl_error_set_errno(err, DL_E_TERM, errno, "the terminal does not tell its state");
    if (status == 0) {
        /* curses leaves signals alone that have a handler: ours go back first, at every end */
        catch_fatal();
        term.screen = newterm(name, term.out, term.in);
        if (!term.screen) {
            release_fatal();
            status = dl_error_set(err, DL_E_TERM, "the terminal \"%.40s\" cannot be used", name);
        }
    }
    if (status < 0) {
        close_files();
        return status;
    }
    modes();
    rescue_prepare(fileno(term.in));
    rescue.active = 1;
    if (!term.at_exit)
        term.at_exit = atexit(rescue_terminal) == 0;
    send_now(PASTE_ON);
    return 0;
}

static void give_back(void)
{
    send_now(PASTE_OFF);
    endwin();
    tcsetattr(fileno(term.in), TCSADRAIN, &rescue.saved);
    rescue.active = 0;
}

void term_close(void)
{
    if (!term.screen)
        return;
    give_back();
    release_fatal();
    delscreen(term.screen);
    term.screen = NULL;
    close_files();
}

int term_fd(void)
{
    return term.in ? fileno(term.in) : -1;
}

bool term_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int term_escape_delay(void)
{
    const char *text = getenv("ESCDELAY");
    long value = text ? strtol(text, NULL, 10) : 25;

    return value < 1 || value > 1000 ? 25 : (int)value;
}

bool term_resize(void)
{
    struct winsize size;

    if (!term.screen || ioctl(fileno(term.out), TIOCGWINSZ, &size) < 0 || size.ws_row == 0 ||
        size.ws_col == 0 || (size.ws_row == LINES && size.ws_col == COLS))
        return false;
    return resize_term(size.ws_row, size.ws_col) == OK;
}

void term_resume(void)
{
    if (!term.screen)
        return;
    /* The shell may have changed the modes meanwhile: what it left is what is given back. After a
     * stop that could not be caught they were never given back, so what was saved stays. */
    if (!rescue.active)
        tcgetattr(fileno(term.in), &rescue.saved);
    reset_prog_mode();
    modes();
    rescue.active = 1;
    send_now(PASTE_ON);
    term_resize();
    clearok(curscr, TRUE);
}

/* Stops with the default action, so that a shell's job control sees it, whoever handles SIGTSTP. */
static void stop(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL}, before;
    sigset_t set, mask;

    sigemptyset(&action.sa_mask);
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    sigaction(SIGTSTP, &action, &before);
    sigprocmask(SIG_UNBLOCK, &set, &mask);
    kill(0, SIGTSTP); /* the group: a script that started us stops with us */
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGTSTP, &before, NULL);
}

void term_suspend(void)
{
    if (!term.screen)
        return;
    give_back();
    stop();
    term_resume();
}

long term_read(unsigned char *to, size_t size, int wait_ms)
{
    struct pollfd poller = {.fd = term_fd(), .events = POLLIN};

    if (poller.fd < 0 || size == 0 || poll(&poller, 1, wait_ms) <= 0)
        return 0;
    ssize_t n = read(poller.fd, to, size);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? 0 : -1;
    return n == 0 ? -1 : n;
}
