/* Bytes from the terminal become keys. Own code instead of getch(), because ncurses keeps what was
 * typed in its buffer, and a key of Datadog may be typed: here every byte is wiped when it is
 * taken. Pure: no descriptor, no clock. */
#ifndef DL_TUI_SCREEN_INPUT_H
#define DL_TUI_SCREEN_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The one table of keys: X(symbol, name in footers, terminfo capability, bytes). Several rows a
 * key; the bytes are what common terminals send, the capability what this one says it sends. */
#define INPUT_TABLE(X)                                                                             \
    X(ENTER, "Enter", "kent", "\r")                                                                \
    X(ENTER, "Enter", NULL, "\n")                                                                  \
    X(TAB, "Tab", NULL, "\t")                                                                      \
    X(BACKTAB, "Shift-Tab", "kcbt", "\033[Z")                                                      \
    X(UP, "Up", "kcuu1", "\033[A")                                                                 \
    X(UP, "Up", NULL, "\033OA")                                                                    \
    X(DOWN, "Down", "kcud1", "\033[B")                                                             \
    X(DOWN, "Down", NULL, "\033OB")                                                                \
    X(RIGHT, "Right", "kcuf1", "\033[C")                                                           \
    X(RIGHT, "Right", NULL, "\033OC")                                                              \
    X(LEFT, "Left", "kcub1", "\033[D")                                                             \
    X(LEFT, "Left", NULL, "\033OD")                                                                \
    X(HOME, "Home", "khome", "\033[H")                                                             \
    X(HOME, "Home", NULL, "\033OH")                                                                \
    X(HOME, "Home", NULL, "\033[1~")                                                               \
    X(HOME, "Home", NULL, "\033[7~")                                                               \
    X(HOME, "Home", NULL, "\001")                                                                  \
    X(END, "End", "kend", "\033[F")                                                                \
    X(END, "End", NULL, "\033OF")                                                                  \
    X(END, "End", NULL, "\033[4~")                                                                 \
    X(END, "End", NULL, "\033[8~")                                                                 \
    X(END, "End", NULL, "\005")                                                                    \
    X(PAGE_UP, "PgUp", "kpp", "\033[5~")                                                           \
    X(PAGE_DOWN, "PgDn", "knp", "\033[6~")                                                         \
    X(DELETE, "Del", "kdch1", "\033[3~")                                                           \
    X(BACKSPACE, "Backspace", NULL, "\177")                                                        \
    X(BACKSPACE, "Backspace", NULL, "\b")                                                          \
    X(HELP, "F1", "kf1", "\033OP")                                                                 \
    X(HELP, "F1", NULL, "\033[11~")                                                                \
    X(HELP, "F1", NULL, "\033[[A")                                                                 \
    X(HELP, "Ctrl-G", NULL, "\007")                                                                \
    X(REDRAW, "Ctrl-L", NULL, "\014")                                                              \
    X(SUSPEND, "Ctrl-Z", NULL, "\032")                                                             \
    X(QUIT, "Ctrl-C", NULL, "\003")                                                                \
    X(CLEAR, "Ctrl-U", NULL, "\025")                                                               \
    X(DELETE_WORD, "Ctrl-W", NULL, "\027")                                                         \
    X(ESCAPE, "Esc", NULL, "")                                                                     \
    X(PASTE_BEGIN, "", NULL, "\033[200~")                                                          \
    X(PASTE_END, "", NULL, "\033[201~")

enum input_code {
    INPUT_NOTHING, /* bytes that mean nothing here; they are gone */
    INPUT_CHARACTER,
    INPUT_ENTER,
    INPUT_TAB,
    INPUT_BACKTAB,
    INPUT_UP,
    INPUT_DOWN,
    INPUT_RIGHT,
    INPUT_LEFT,
    INPUT_HOME,
    INPUT_END,
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN,
    INPUT_DELETE,
    INPUT_BACKSPACE,
    INPUT_HELP,
    INPUT_REDRAW,
    INPUT_SUSPEND,
    INPUT_QUIT,
    INPUT_CLEAR,
    INPUT_DELETE_WORD,
    INPUT_ESCAPE,
    INPUT_PASTE_BEGIN,
    INPUT_PASTE_END
};

struct input_key {
    enum input_code code;
    uint32_t character; /* INPUT_CHARACTER; may be a line end or tab within a paste */
    bool pasted;        /* between PASTE_BEGIN and PASTE_END */
};

#define INPUT_BYTES 4096
#define INPUT_SEQUENCE_MAX 16 /* longest sequence taken from a terminal's description */
#define INPUT_LEARNED_MAX 24

struct input {
    unsigned char bytes[INPUT_BYTES];
    size_t start, len; /* what is not taken yet begins at start */
    bool pasting;
    struct {
        enum input_code code;
        char bytes[INPUT_SEQUENCE_MAX];
    } learned[INPUT_LEARNED_MAX];
    size_t learned_count;
};

/* Where and how many bytes may be read in; then input_added(). */
unsigned char *input_room(struct input *input, size_t *room);
void input_added(struct input *input, size_t len);

/* Takes one key. False: nothing there, or only the start of a sequence. With `final` no more bytes
 * are on their way, so that an Esc byte alone is the Esc key. */
bool input_next(struct input *input, bool final, struct input_key *key);

/* True if what is there may be the start of a longer sequence. */
bool input_waits(const struct input *input);

/* Teaches what this terminal sends, by terminfo: `lookup` gives a capability's value or NULL. */
void input_learn(struct input *input, const char *(*lookup)(const char *capability));

/* The key with this name ("Enter", "f"), for a footer that is activated. */
struct input_key input_named(const char *name);

#endif
