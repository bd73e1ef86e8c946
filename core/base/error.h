/* The one table of errors and the object that carries one.
 *
 * Every failure that a person can meet has a row in DL_ERROR_TABLE: its code, exit code, whether it
 * goes away by itself, what it means, the likely causes in order, and the next steps.
 * Command line, wizard, JSON, man page and docs/errors.md all read this table. */
#ifndef DL_BASE_ERROR_H
#define DL_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error_table.h"

enum dl_code {
    DL_OK = 0,
#define DL_ERROR_ENUM(symbol, id, exit_code, kind, title, causes, next) DL_E_##symbol,
    DL_ERROR_TABLE(DL_ERROR_ENUM)
#undef DL_ERROR_ENUM
        DL_CODE_COUNT
};

/* How a row behaves: FAIL stays until a person acts, RETRY may pass by itself, WARN stops nothing.
 */
enum dl_error_kind { DL_KIND_FAIL, DL_KIND_RETRY, DL_KIND_WARN };

struct dl_error_info {
    enum dl_code code;
    const char *id; /* "E-NET-DNS": what a person quotes */
    int exit_code;  /* sysexits where they fit, see ddlogs(1) */
    enum dl_error_kind kind;
    const char *title;  /* one sentence without the particulars */
    const char *causes; /* likely causes, likeliest first, one a line */
    const char *next;   /* what to do, one step a line */
};

/* One failure. `text` is one sentence with the particulars (what, where, how to put it right) and
 * never holds a secret: whoever fills it from foreign bytes passes them through dl_log_scrub() or
 * dl_text_show(). It is clean (dl_text_clean) however it was filled. */
struct dl_error {
    enum dl_code code;
    int http_status; /* 0: none */
    int sys_errno;   /* 0: none */
    char text[1024];
};

/* The row of a code; the row of DL_E_INTERNAL for a number that is no code. Never NULL. */
const struct dl_error_info *dl_error_info(enum dl_code code);

/* The row with this id ("E-NET-DNS", any case), or NULL. */
const struct dl_error_info *dl_error_find(const char *id);

/* What stands for a word of the next steps here: {"HOST", "intake.example"}. */
struct dl_error_word {
    const char *word, *value;
};

/* One next step of a code, counted from 0, with the words that have a value put in. `words` ends
 * with a NULL word; NULL: none. False past the last step. */
bool dl_error_step(enum dl_code code, size_t index, const struct dl_error_word *words, char *to,
                   size_t size);

/* Fills `err` (NULL is allowed) and returns the negative code, so that `return dl_error_set(...)`
 * reads as one step. The text is cut at the end of the array on a UTF-8 border. */
int dl_error_set(struct dl_error *err, enum dl_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with errno: keeps it in sys_errno and appends ": strerror". */
int dl_error_set_errno(struct dl_error *err, enum dl_code code, int number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts "prefix: " in front of the text that is there. */
void dl_error_prefix(struct dl_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
