/* One line of text that a person edits. UTF-8; the cursor stands between code points.
 * Secrets do not go through here: see widget/mask.h. */
#ifndef DL_TUI_WIDGET_ENTRY_H
#define DL_TUI_WIDGET_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENTRY_MAX 24576 /* bytes: a pasted DD_TAGS of 100 long tags */

struct entry {
    char text[ENTRY_MAX + 1];
    size_t len, cursor; /* bytes */
    size_t left;        /* first byte shown when the text is wider than its place */
    bool full;          /* something did not fit and was left out */
};

/* The text becomes `text` (cut at the maximum on a character) and the cursor goes behind it. */
void entry_set(struct entry *entry, const char *text);

/* Inserts a character before the cursor. Line ends and tabs become a blank, other control
 * characters are left out. */
void entry_insert(struct entry *entry, uint32_t code);

void entry_left(struct entry *entry);
void entry_right(struct entry *entry);
void entry_home(struct entry *entry);
void entry_end(struct entry *entry);
void entry_backspace(struct entry *entry);
void entry_delete(struct entry *entry);
void entry_clear(struct entry *entry);       /* Ctrl-U */
void entry_delete_word(struct entry *entry); /* Ctrl-W: back to the start of the word */

/* What is seen through a window of `columns`: *shown and *len (bytes), and the column of the cursor
 * in it. Moves `left` as little as keeps the cursor inside; the last column is for the cursor. */
void entry_window(struct entry *entry, int columns, const char **shown, size_t *len, int *cursor);

#endif
