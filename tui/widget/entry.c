#include "widget/entry.h"

#include <string.h>

#include "base/text.h"

/* Continuation bytes of UTF-8 begin with the bits 10. */
static bool inside(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t before(const struct entry *entry, size_t at)
{
    while (at > 0 && inside(entry->text[--at]))
        ;
    return at;
}

static size_t after(const struct entry *entry, size_t at)
{
    if (at < entry->len)
        at++;
    while (at < entry->len && inside(entry->text[at]))
        at++;
    return at;
}

static void cut(struct entry *entry, size_t from, size_t to)
{
    memmove(entry->text + from, entry->text + to, entry->len - to + 1);
    entry->len -= to - from;
    entry->cursor = from;
    entry->full = false;
}

void entry_set(struct entry *entry, const char *text)
{
    size_t len = strlen(text);

    entry->full = len > ENTRY_MAX;
    entry->len = dl_utf8_cut(text, len, ENTRY_MAX);
    memcpy(entry->text, text, entry->len);
    entry->text[entry->len] = '\0';
    entry->cursor = entry->len;
    entry->left = 0;
}

void entry_insert(struct entry *entry, uint32_t code)
{
    char bytes[4];

    if (code == '\n' || code == '\r' || code == '\t')
        code = ' ';
    if (code < 0x20 || (code >= 0x7f && code < 0xa0))
        return;
    size_t n = dl_utf8_encode(bytes, code);
    if (entry->len + n > ENTRY_MAX) {
        entry->full = true;
        return;
    }
    memmove(entry->text + entry->cursor + n, entry->text + entry->cursor,
            entry->len - entry->cursor + 1);
    memcpy(entry->text + entry->cursor, bytes, n);
    entry->len += n;
    entry->cursor += n;
}

void entry_left(struct entry *entry)
{
    entry->cursor = before(entry, entry->cursor);
}

void entry_right(struct entry *entry)
{
    entry->cursor = after(entry, entry->cursor);
}

void entry_home(struct entry *entry)
{
    entry->cursor = 0;
}

void entry_end(struct entry *entry)
{
    entry->cursor = entry->len;
}

void entry_backspace(struct entry *entry)
{
    cut(entry, before(entry, entry->cursor), entry->cursor);
}

void entry_delete(struct entry *entry)
{
    cut(entry, entry->cursor, after(entry, entry->cursor));
}

void entry_clear(struct entry *entry)
{
    cut(entry, 0, entry->len);
}

void entry_delete_word(struct entry *entry)
{
    size_t from = entry->cursor;

    while (from > 0 && entry->text[from - 1] == ' ')
        from--;
    while (from > 0 && entry->text[from - 1] != ' ')
        from--;
    cut(entry, from, entry->cursor);
}

/* Columns between two places of the text. */
static int columns_between(const struct entry *entry, size_t from, size_t to)
{
    char part[ENTRY_MAX + 1];

    memcpy(part, entry->text + from, to - from);
    part[to - from] = '\0';
    return (int)dl_text_width(part);
}

void entry_window(struct entry *entry, int columns, const char **shown, size_t *len, int *cursor)
{
    if (columns < 2)
        columns = 2;
    if (entry->left > entry->cursor)
        entry->left = entry->cursor;
    int over = columns_between(entry, entry->left, entry->cursor) - (columns - 1);
    while (over > 0) {
        size_t next = after(entry, entry->left);
        over -= columns_between(entry, entry->left, next);
        entry->left = next;
    }
    /* when text was taken away, room at the right is used before the left stays hidden */
    while (entry->left > 0 &&
           columns_between(entry, before(entry, entry->left), entry->len) <= columns - 1)
        entry->left = before(entry, entry->left);
    *shown = entry->text + entry->left;
    *len = dl_text_fit(*shown, (size_t)columns);
    *cursor = columns_between(entry, entry->left, entry->cursor);
}
