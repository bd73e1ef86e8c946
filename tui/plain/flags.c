#include "plain/flags.h"

#include <stdlib.h>
#include <string.h>

#include "plain/print.h"

#define ANSWERS_MAX 8 /* of one page: an answer that changes nothing must not go round for ever */

struct flags {
    struct front front; /* first */
    struct flags_options options;
    const struct view *view;
    unsigned page;
    size_t rows;      /* printed of this page */
    unsigned answers; /* to this page */
};

static struct flags *flags_of(struct front *front)
{
    return (struct flags *)front;
}

static int flags_open(struct front *front, struct dl_error *err)
{
    (void)front;
    (void)err;
    return 0;
}

/* Rows appear as they get their verdict, in order. */
static void print_rows(struct flags *f)
{
    const struct view *v = f->view;

    for (; f->rows < v->line_count; f->rows++) {
        const struct view_line *line = &v->lines[f->rows];
        if (line->kind != VIEW_ROW || line->mark == VIEW_WAIT || line->mark == VIEW_RUN ||
            line->mark == VIEW_PLAIN)
            return;
        print_line(f->options.out, f->options.ascii, line);
    }
}

static void flags_draw(struct front *front, const struct view *view)
{
    struct flags *f = flags_of(front);

    f->view = view;
    if (view->page != f->page) {
        f->page = view->page;
        f->rows = 0;
        f->answers = 0;
    }
    if (f->options.out != NULL && (view->busy || f->rows > 0)) {
        print_rows(f);
        fflush(f->options.out);
    }
}

static int flags_fd(struct front *front)
{
    (void)front;
    return -1;
}

static bool offers(const struct view *v, const char *key)
{
    for (size_t i = 0; i < v->key_count; i++)
        if (strcmp(v->keys[i].key, key) == 0)
            return true;
    return false;
}

/* "2/6 API key: Use the key given with --api-key-fd" */
static void print_answer(const struct flags *f)
{
    const struct view *v = f->view;
    FILE *out = f->options.out;

    if (v->step == 0) {
        print_page(out, f->options.ascii, v);
        return;
    }
    fprintf(out, "%d/%d %s", v->step, v->steps, v->title);
    if (v->current != NULL && v->current[0] != '\0') {
        fputs(": ", out);
        print_text(out, f->options.ascii, v->current);
    } else {
        for (size_t i = 0; i < v->item_count; i++) {
            fputs(i == 0 ? ": " : " ", out);
            print_text(out, f->options.ascii, v->items[i].name);
        }
    }
    fputc('\n', out);
    /* the rest of the lines is for people who choose, but for what is told by a mark or a diff */
    for (size_t i = f->rows; i < v->line_count; i++)
        if (v->lines[i].mark != VIEW_PLAIN || v->lines[i].kind == VIEW_ADDED ||
            v->lines[i].kind == VIEW_REMOVED)
            print_line(out, f->options.ascii, &v->lines[i]);
    fflush(out);
}

/* What failed and what helps: from the line that says FAIL on. */
static void print_failure(const struct flags *f)
{
    const struct view *v = f->view;
    bool begun = false;

    for (size_t i = 0; i < v->line_count; i++) {
        begun |= v->lines[i].mark == VIEW_FAIL && v->lines[i].kind == VIEW_TEXT;
        if (begun)
            print_line(f->options.errors, f->options.ascii, &v->lines[i]);
    }
    fflush(f->options.errors);
}

static struct setup_event choose(struct flags *f)
{
    const struct view *v = f->view;

    if (f->answers++ >= ANSWERS_MAX)
        return (struct setup_event){.kind = SETUP_QUIT};
    if (v->failed) {
        print_failure(f);
        if (f->options.save_anyway && offers(v, "c"))
            return (struct setup_event){.kind = SETUP_ACTION, .number = 'c'};
        if (f->options.save_anyway && offers(v, "a"))
            return (struct setup_event){.kind = SETUP_ACTION, .number = 'a'};
        return (struct setup_event){.kind = SETUP_QUIT};
    }
    if (f->options.out != NULL)
        print_answer(f);
    if (offers(v, "w"))
        return (struct setup_event){.kind = SETUP_ACTION, .number = 'w'};
    return (struct setup_event){.kind = SETUP_NEXT};
}

static void flags_read(struct front *front, setup_emit *emit, void *loop)
{
    struct flags *f = flags_of(front);

    if (f->view == NULL || f->view->busy || f->view->over)
        return;
    struct setup_event event = choose(f);
    emit(loop, &event);
}

static void flags_close(struct front *front)
{
    flags_of(front)->view = NULL;
}

int flags_front_new(struct front **out, const struct flags_options *options, struct dl_error *err)
{
    struct flags *f = calloc(1, sizeof *f);

    if (f == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the set-up");
    f->options = *options;
    f->page = (unsigned)-1;
    f->front = (struct front){.open = flags_open,
                              .draw = flags_draw,
                              .fd = flags_fd,
                              .read = flags_read,
                              .close = flags_close};
    *out = &f->front;
    return 0;
}

void flags_front_free(struct front *front)
{
    free(front);
}
