#include "screen/screen.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "screen/color.h"
#include "screen/compose.h"
#include "screen/draw.h"
#include "screen/input.h"
#include "screen/keys.h"
#include "screen/term.h"

/* A key that is typed but not told yet is wiped when the wizard sleeps longer than this. */
#define FORGET_KEY_MS 60000

struct screen {
    struct front front; /* first: the loop knows this part alone */
    struct screen_options options;
    const struct view *view; /* of the last draw; the loop keeps it until the next */
    struct screen_state state;
    struct composition composition;
    struct input input;
    bool open, gone;
    int64_t stopped_ms;
};

static struct screen *screen_of(struct front *front)
{
    return (struct screen *)front;
}

static void paint(struct screen *screen, bool anew)
{
    if (!screen->open || !screen->view)
        return;
    compose(&screen->composition, screen->view, &screen->state, LINES, COLS,
            screen->options.ascii || !term_is_utf8());
    draw(&screen->composition, anew);
}

static int screen_open(struct front *front, struct dl_error *err)
{
    struct screen *screen = screen_of(front);
    const char *no_color = getenv("NO_COLOR");
    int status = term_open(err);

    if (status < 0)
        return status;
    screen->open = true;
    color_start(screen->options.color == SCREEN_COLOR_ALWAYS ||
                (screen->options.color == SCREEN_COLOR_AUTO && !(no_color && *no_color != '\0')));
    memset(&screen->input, 0, sizeof(screen->input));
    input_learn(&screen->input, term_capability);
    return 0;
}

static void screen_draw(struct front *front, const struct view *view)
{
    struct screen *screen = screen_of(front);

    screen->view = view;
    state_sync(&screen->state, view);
    paint(screen, false);
}

static int screen_fd(struct front *front)
{
    return screen_of(front)->open ? term_fd() : -1;
}

static void suspended(struct screen *screen, int64_t since_ms)
{
    if (dl_clock_ms() - since_ms > FORGET_KEY_MS && !screen->state.mask.handed)
        mask_clear(&screen->state.mask);
    paint(screen, true);
}

static void apply(struct screen *screen, const struct input_key *key, setup_emit *emit, void *loop)
{
    int64_t now = dl_clock_ms();

    switch (keys_apply(&screen->state, screen->view, key, now, emit, loop)) {
    case KEYS_REDRAW:
        term_resize();
        paint(screen, true);
        break;
    case KEYS_SUSPEND:
        term_suspend();
        suspended(screen, now);
        break;
    case KEYS_DONE:
        break;
    }
}

/* Reads once what is there, and for a moment longer where an Esc may be the start of a sequence. */
static void screen_read(struct front *front, setup_emit *emit, void *loop)
{
    struct screen *screen = screen_of(front);
    struct input_key key;
    size_t room;
    bool any = false;

    if (!screen->open || !screen->view)
        return;
    for (int wait = 0;; wait = term_escape_delay()) {
        unsigned char *to = input_room(&screen->input, &room);
        long n = term_read(to, room, wait);
        if (n < 0) {
            raise(SIGHUP); /* the terminal is gone: as if it had been told so */
            return;
        }
        input_added(&screen->input, (size_t)n);
        while (screen->open && input_next(&screen->input, n == 0 && wait > 0, &key)) {
            apply(screen, &key, emit, loop);
            any = true;
        }
        if (!screen->open || !input_waits(&screen->input) || (n == 0 && wait > 0))
            break;
    }
    explicit_bzero(&key, sizeof(key));
    if (any && screen->open) {
        keys_settle(&screen->state, screen->view, emit, loop);
        paint(screen, false);
    }
}

static void screen_signal(struct front *front, int number)
{
    struct screen *screen = screen_of(front);

    if (!screen->open)
        return;
    if (number == SIGWINCH) {
        /* anew: a terminal that changes its size may have moved its lines about */
        term_resize();
        paint(screen, true);
    } else if (number == SIGTSTP) {
        int64_t since = dl_clock_ms();
        term_suspend();
        suspended(screen, since);
    } else if (number == SIGCONT) {
        term_resume();
        paint(screen, true);
    }
}

static void screen_close(struct front *front)
{
    struct screen *screen = screen_of(front);

    state_free(&screen->state);
    explicit_bzero(screen->input.bytes, sizeof(screen->input.bytes));
    screen->open = false;
    screen->view = NULL;
    term_close();
}

int screen_front_new(struct front **out, const struct screen_options *options, struct dl_error *err)
{
    struct screen *screen = calloc(1, sizeof(*screen));

    if (!screen)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the screen");
    screen->options = *options;
    compose_init(&screen->composition);
    screen->front = (struct front){.open = screen_open,
                                   .draw = screen_draw,
                                   .fd = screen_fd,
                                   .read = screen_read,
                                   .signal = screen_signal,
                                   .close = screen_close};
    *out = &screen->front;
    return 0;
}

void screen_front_free(struct front *front)
{
    if (!front)
        return;
    screen_close(front);
    compose_free(&screen_of(front)->composition);
    free(front);
}
