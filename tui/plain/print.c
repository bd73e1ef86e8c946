#include "plain/print.h"

#include <string.h>

#include "base/text.h"

void print_text(FILE *to, bool ascii, const char *text)
{
    char plain[8192];

    if (!ascii) {
        fputs(text, to);
        return;
    }
    view_ascii(plain, sizeof plain, text);
    fputs(plain, to);
}

static void print_blanks(FILE *to, size_t count)
{
    while (count-- > 0)
        fputc(' ', to);
}

/* Mark, label in a column of 12, text, time. */
static void print_row(FILE *to, bool ascii, const struct view_line *line)
{
    size_t width = dl_text_width(line->left);

    print_text(to, ascii, line->left);
    print_blanks(to, width < 12 ? 12 - width : 0);
    if (line->text[0] != '\0') {
        fputc(' ', to);
        print_text(to, ascii, line->text);
    }
    if (line->right[0] != '\0') {
        fputs("  ", to);
        print_text(to, ascii, line->right);
    }
}

void print_line(FILE *to, bool ascii, const struct view_line *line)
{
    if (line->kind == VIEW_ADDED || line->kind == VIEW_REMOVED) {
        fputs(line->kind == VIEW_ADDED ? "  + " : "  - ", to);
        print_text(to, ascii, line->left);
    } else {
        if (line->mark != VIEW_PLAIN)
            fprintf(to, "%-5s ", view_mark_word(line->mark));
        else if (line->kind == VIEW_WHOLE || line->kind == VIEW_ROW)
            fputs("  ", to);
        if (line->kind == VIEW_ROW)
            print_row(to, ascii, line);
        else
            print_text(to, ascii, line->left);
    }
    fputc('\n', to);
}

void print_page(FILE *to, bool ascii, const struct view *view)
{
    print_text(to, ascii, view->question);
    fputc('\n', to);
    for (size_t i = 0; i < view->line_count; i++)
        print_line(to, ascii, &view->lines[i]);
    fflush(to);
}
