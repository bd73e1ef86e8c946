#include "plain/plain.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "plain/print.h"
#include "secret/key.h"

#define LINE_BYTES 32768

struct plain {
    struct front front; /* first */
    struct plain_options options;
    const struct view *view;
    unsigned page;
    size_t rows;  /* printed of this page while it was busy */
    size_t items; /* when the prompt was printed */
    bool prompted, refused, greeted, end;
    bool answering; /* an answer may be several events: nothing is printed in the middle of it */
    long told;      /* seconds that were told last */
    bool hidden;    /* echo is off; `saved` holds how it was */
    struct termios saved;
    char line[LINE_BYTES]; /* may hold a key for a moment: wiped after every line */
    size_t len;
};

static struct plain *plain_of(struct front *front)
{
    return (struct plain *)front;
}

/* Echo */

static bool hide(struct plain *p)
{
    struct termios now;

    if (p->hidden)
        return true;
    if (tcgetattr(p->options.in, &p->saved) != 0)
        return false;
    now = p->saved;
    now.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    if (tcsetattr(p->options.in, TCSAFLUSH, &now) != 0 || tcgetattr(p->options.in, &now) != 0)
        return false;
    p->hidden = (now.c_lflag & ECHO) == 0;
    return p->hidden;
}

static void reveal(struct plain *p)
{
    if (p->hidden)
        tcsetattr(p->options.in, TCSANOW, &p->saved);
    p->hidden = false;
}

/* Printing */

static void text(const struct plain *p, const char *words)
{
    print_text(p->options.out, p->options.ascii, words);
}

static bool asks_key(const struct view *v)
{
    return v->focus < v->field_count && v->fields[v->focus].secret;
}

static bool asks_text(const struct view *v)
{
    return v->focus < v->field_count && !v->fields[v->focus].secret;
}

static const char *enter_label(const struct view *v)
{
    for (size_t i = 0; i < v->key_count; i++)
        if (strcmp(v->keys[i].key, "Enter") == 0)
            return v->keys[i].label;
    return "";
}

/* Keys that are answers, Enter first; those that mean the same as Enter are left out. */
static size_t choices(const struct view *v, const struct view_key *list[VIEW_KEYS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < v->key_count; i++) {
        const struct view_key *key = &v->keys[i];
        bool enter = strcmp(key->key, "Enter") == 0;
        if (key->choice && (enter || strcmp(key->label, enter_label(v)) != 0))
            list[count++] = key;
    }
    return count;
}

static void print_head(struct plain *p)
{
    const struct view *v = p->view;
    FILE *out = p->options.out;

    fputc('\n', out);
    if (v->step > 0)
        fprintf(out, "Step %d of %d. ", v->step, v->steps);
    text(p, v->title);
    fputc('.', out);
    if (v->corner[0] != '\0') {
        fputs("  ", out);
        text(p, v->corner);
    }
    fputc('\n', out);
}

static void print_question(struct plain *p)
{
    const struct view *v = p->view;

    text(p, v->question);
    fputc('\n', p->options.out);
    if (v->help != NULL) {
        text(p, v->help);
        fputc('\n', p->options.out);
    }
}

static void print_items(struct plain *p)
{
    const struct view *v = p->view;

    for (size_t i = 0; i < v->item_count; i++) {
        fprintf(p->options.out, "  %zu ", i + 1);
        text(p, v->items[i].name);
        if (v->items[i].text[0] != '\0') {
            fputs("  ", p->options.out);
            text(p, v->items[i].text);
        }
        if (v->items[i].detail[0] != '\0') {
            fputs("  ", p->options.out);
            text(p, v->items[i].detail);
        }
        fputc('\n', p->options.out);
    }
}

/* "  2 other key", "  o all sites", "  /d N remove": one a line. */
static void print_choices(struct plain *p)
{
    const struct view *v = p->view;
    const struct view_key *list[VIEW_KEYS_MAX];
    size_t count = choices(v, list);
    bool numbered = v->item_count == 0 && v->field_count == 0, any = count > 1 && !asks_key(v);

    for (size_t i = 0; i < count && any; i++) {
        bool picks = asks_text(v) && v->item_count > 0 && strcmp(list[i]->key, "d") == 0;

        if (numbered)
            fprintf(p->options.out, "  %zu %s\n", i + 1, list[i]->label);
        else if (strcmp(list[i]->key, "Enter") != 0)
            fprintf(p->options.out, "  %s%s%s %s\n", asks_text(v) ? "/" : "", list[i]->key,
                    picks ? " N" : "", list[i]->label);
    }
}

static void print_prompt(struct plain *p)
{
    const struct view *v = p->view;
    /* line prompts have answers, not keys */
    size_t end = v->help_page ? v->help_keys_at : v->line_count;

    for (size_t i = p->rows; i < end; i++)
        print_line(p->options.out, p->options.ascii, &v->lines[i]);
    if (v->help_page)
        fputs("Enter takes what stands in brackets; a number or letter of the list chooses;\n"
              "< goes back a step; ? shows this; Ctrl-C quits.\n",
              p->options.out);
    print_choices(p);
    text(p, v->prompt);
    if (v->current != NULL && v->current[0] != '\0') {
        fputs(" [", p->options.out);
        text(p, v->current);
        fputc(']', p->options.out);
    }
    fputs(": ", p->options.out);
    if (asks_key(v) && !hide(p))
        p->refused = true;
    p->prompted = true;
    p->items = v->item_count;
}

/* Rows with a verdict, in order; the line that runs at 2, 5 and 10 seconds and every 10 after. */
static void print_progress(struct plain *p)
{
    const struct view *v = p->view;
    bool due = (v->seconds == 2 || v->seconds == 5 || (v->seconds > 0 && v->seconds % 10 == 0)) &&
               v->seconds != p->told;

    for (; p->rows < v->line_count; p->rows++) {
        const struct view_line *line = &v->lines[p->rows];
        if (line->kind != VIEW_ROW || line->mark == VIEW_WAIT || line->mark == VIEW_RUN ||
            line->mark == VIEW_PLAIN)
            break;
        print_line(p->options.out, p->options.ascii, line);
    }
    for (size_t i = p->rows; due && i < v->line_count; i++)
        if (v->lines[i].mark == VIEW_RUN) {
            fprintf(p->options.out, "%ld s: ", v->seconds);
            print_line(p->options.out, p->options.ascii, &v->lines[i]);
            p->told = v->seconds;
            break;
        }
}

static void plain_draw(struct front *front, const struct view *view)
{
    struct plain *p = plain_of(front);
    bool fresh = view->page != p->page;

    p->view = view;
    if (p->answering)
        return;
    if (!p->greeted) {
        text(p, view->program);
        fputs(", plain mode. Type ? for help, < to go back, Ctrl-C to quit.\n", p->options.out);
        p->greeted = true;
    }
    if (fresh) {
        if (p->prompted)
            reveal(p);
        p->page = view->page;
        p->rows = 0;
        p->told = 0;
        p->prompted = false;
        print_head(p);
        print_question(p);
        print_items(p);
    } else if (p->prompted && view->item_count != p->items && !view->busy) {
        fputc('\n', p->options.out); /* the numbers mean something else now */
        reveal(p);
        p->prompted = false;
        print_items(p);
    }
    if (view->busy)
        print_progress(p);
    else if (!p->prompted && !view->over)
        print_prompt(p);
    fflush(p->options.out);
}

/* Answers */

struct answer {
    struct plain *p;
    setup_emit *emit;
    void *loop;
};

static void say(const struct answer *a, enum setup_event_kind kind, long number, const char *words)
{
    a->emit(a->loop, &(struct setup_event){.kind = kind, .number = number, .text = words});
}

static void give_key(const struct answer *a, const char *line, size_t len)
{
    struct dl_key *key = NULL;
    struct dl_error err = {0};

    if (dl_key_new(&key, line, len, &err) != 0) {
        fprintf(a->p->options.out, "%s\n", err.text);
        return;
    }
    unsigned page = a->p->view->page;
    a->emit(a->loop, &(struct setup_event){.kind = SETUP_KEY, .key = key});
    if (a->p->view != NULL && a->p->view->page == page && !a->p->view->failed)
        say(a, SETUP_NEXT, 0, NULL);
}

static void press(const struct answer *a, const struct view_key *key)
{
    if (strcmp(key->key, "Enter") == 0)
        say(a, SETUP_NEXT, 0, NULL);
    else if (strcmp(key->key, "Esc") == 0)
        say(a, SETUP_BACK, 0, NULL);
    else
        say(a, SETUP_ACTION, key->key[0], NULL);
}

/* "f", or "/d 2" where letters are text; true if it was one. */
static bool give_letter(const struct answer *a, const char *line)
{
    const struct view *v = a->p->view;
    const struct view_key *list[VIEW_KEYS_MAX];
    size_t count = choices(v, list);
    uint64_t number = 0;

    if (asks_text(v) && *line++ != '/')
        return false;
    for (size_t i = 0; i < count; i++) {
        struct view_key key = *list[i]; /* an event builds the view anew */
        if (key.key[0] != line[0] || key.key[1] != '\0')
            continue;
        if (line[1] == ' ' && dl_text_number(line + 2, 1, v->item_count, &number))
            say(a, SETUP_SELECT, (long)number - 1, NULL);
        else if (line[1] != '\0')
            return false;
        press(a, &key);
        if (number > 0)
            say(a, SETUP_FOCUS, 0, NULL);
        return true;
    }
    return false;
}

static bool give_number(const struct answer *a, const char *line)
{
    const struct view *v = a->p->view;
    const struct view_key *list[VIEW_KEYS_MAX];
    size_t count = choices(v, list);
    uint64_t number;

    if (asks_text(v))
        return false;
    if (v->item_count > 0 && dl_text_number(line, 1, v->item_count, &number)) {
        unsigned page = v->page;
        say(a, SETUP_SELECT, (long)number - 1, NULL);
        if (a->p->view != NULL && a->p->view->page == page)
            say(a, SETUP_NEXT, 0, NULL);
        return true;
    }
    if (v->item_count == 0 && dl_text_number(line, 1, count, &number)) {
        press(a, list[number - 1]);
        return true;
    }
    return false;
}

static void give_line(const struct answer *a, const char *line, size_t len)
{
    struct plain *p = a->p;
    bool secret = asks_key(p->view);

    if (secret)
        fputc('\n', p->options.out);
    reveal(p);
    p->prompted = false;
    p->rows = 0;
    p->told = 0;
    if (strcmp(line, "?") == 0)
        say(a, SETUP_HELP, 0, NULL);
    else if (strcmp(line, "<") == 0)
        say(a, SETUP_BACK, 0, NULL);
    else if (secret && len > 0)
        give_key(a, line, len);
    else if (len == 0)
        say(a, SETUP_NEXT, 0, NULL);
    else if (!give_number(a, line) && !give_letter(a, line)) {
        if (p->view->field_count > 0 && !p->view->fields[0].secret) {
            say(a, SETUP_FOCUS, 0, NULL);
            say(a, SETUP_TEXT, 0, line);
            say(a, SETUP_NEXT, 0, NULL);
        } else {
            fputs("That is none of the answers.\n", p->options.out);
        }
    }
}

static void quit(const struct answer *a)
{
    say(a, SETUP_QUIT, 0, NULL);
    if (a->p->view != NULL)
        say(a, SETUP_QUIT, 0, NULL);
}

/* Reads what is there without waiting; false at the end of the input. */
static bool fill(struct plain *p)
{
    struct pollfd fd = {.fd = p->options.in, .events = POLLIN};

    if (p->end || p->len == sizeof p->line || poll(&fd, 1, 0) <= 0)
        return !p->end;
    ssize_t n = read(p->options.in, p->line + p->len, sizeof p->line - p->len);
    if (n <= 0)
        p->end = true;
    else
        p->len += (size_t)n;
    return !p->end;
}

static void plain_read(struct front *front, setup_emit *emit, void *loop)
{
    struct plain *p = plain_of(front);
    struct answer a = {p, emit, loop};

    if (p->view == NULL || p->view->over)
        return;
    if (p->refused) {
        fputs("\nThe key cannot be typed hidden here: give it with --api-key-fd N, --api-key - or "
              "DD_API_KEY.\n",
              p->options.out);
        quit(&a);
        return;
    }
    bool more = fill(p);
    if (p->view->busy) {
        if (!more && p->len == 0)
            quit(&a);
        return;
    }
    char *end = memchr(p->line, '\n', p->len);
    if (end == NULL && p->len == sizeof p->line) {
        fputs("That line is too long.\n", p->options.out);
        explicit_bzero(p->line, sizeof p->line);
        p->len = 0;
    } else if (end != NULL) {
        size_t whole = (size_t)(end - p->line) + 1;
        const char *line = p->line;
        size_t len = whole - 1;
        *end = '\0';
        dl_text_trim(&line, &len);
        p->line[(size_t)(line - p->line) + len] = '\0';
        p->answering = true;
        give_line(&a, line, len);
        p->answering = false;
        if (p->view != NULL)
            plain_draw(front, p->view);
        memmove(p->line, p->line + whole, p->len - whole);
        p->len -= whole;
        explicit_bzero(p->line + p->len, sizeof p->line - p->len);
    } else if (!more) {
        quit(&a);
    }
}

static int plain_open(struct front *front, struct dl_error *err)
{
    (void)front;
    (void)err;
    return 0;
}

static int plain_fd(struct front *front)
{
    return plain_of(front)->end ? -1 : plain_of(front)->options.in;
}

static void plain_signal(struct front *front, int number)
{
    struct plain *p = plain_of(front);

    if (number == SIGTSTP) {
        reveal(p);
        raise(SIGSTOP);
    }
    if (number == SIGCONT && p->view != NULL) {
        reveal(p);
        p->prompted = false;
        plain_draw(front, p->view);
    }
}

static void plain_close(struct front *front)
{
    struct plain *p = plain_of(front);

    reveal(p);
    p->view = NULL;
    explicit_bzero(p->line, sizeof p->line);
    p->len = 0;
    fflush(p->options.out);
}

int plain_front_new(struct front **out, const struct plain_options *options, struct dl_error *err)
{
    struct plain *p = calloc(1, sizeof *p);

    if (p == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the set-up");
    p->options = *options;
    p->page = (unsigned)-1;
    p->front = (struct front){.open = plain_open,
                              .draw = plain_draw,
                              .fd = plain_fd,
                              .read = plain_read,
                              .signal = plain_signal,
                              .close = plain_close};
    *out = &p->front;
    return 0;
}

bool plain_refused(const struct front *front)
{
    return ((const struct plain *)front)->refused;
}

void plain_front_free(struct front *front)
{
    if (front == NULL)
        return;
    plain_close(front);
    free(front);
}
