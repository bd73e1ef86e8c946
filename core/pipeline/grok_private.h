/* What the files of grok share.
 *
 * grok.c         matching             grok_rule.c   texts of rules to regular expressions
 * grok_token.c   %{...} taken apart   grok_matcher.c the matchers
 * filter.c       filters by name      filter_*.c    the large ones */
#ifndef DL_PIPELINE_GROK_PRIVATE_H
#define DL_PIPELINE_GROK_PRIVATE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/buffer.h"
#include "pipeline/grok.h"

#define DL_GROK_ARGS_MAX 8
#define DL_GROK_PATTERN_MAX (256 * 1024)
#define DL_GROK_INLINE_MAX 24     /* helpers within helpers */
#define DL_GROK_HELPERS_MAX 10000 /* helpers that one rule puts in */

/* "name(arg, arg)": a matcher or filter as it stands in a rule. */
struct dl_call {
    struct dl_text name;
    struct dl_text args[DL_GROK_ARGS_MAX];         /* strings without quotes, numbers as written */
    const struct dl_call *inner[DL_GROK_ARGS_MAX]; /* an argument that is a call, or NULL */
    size_t count;
};

struct dl_token {
    struct dl_call matcher;
    bool has_colon, has_filter;
    struct dl_text extract;
    struct dl_call filter;
};

/* Reads the token behind "%{" and moves *at behind its "}". */
int dl_token_read(struct dl_token *out, struct dl_arena *arena, const char **at, const char *end,
                  struct dl_error *err);

enum dl_capture_type {
    DL_CAPTURE_STRING,
    DL_CAPTURE_INTEGER,
    DL_CAPTURE_NUMBER, /* always a double */
    DL_CAPTURE_BOOLEAN,
    DL_CAPTURE_DATE
};

/* Appends the expression of a matcher and says what its text is. -DL_E_VALUE: it is not known. */
int dl_matcher_regex(struct dl_buffer *out, enum dl_capture_type *type, const struct dl_call *call,
                     struct dl_error *err);

/* A filter with its arguments made ready. */
struct dl_filter;
int dl_filter_new(struct dl_filter **out, struct dl_arena *arena, const struct dl_call *call,
                  struct dl_error *err);
void dl_filter_free(struct dl_filter *filter); /* what is not in the arena; NULL is fine */
/* NULL: nothing is set. value is never NULL. */
struct dl_value *dl_filter_apply(const struct dl_filter *filter, struct dl_arena *arena,
                                 struct dl_value *value);

struct dl_capture {
    struct dl_capture *next;
    unsigned number; /* of its group */
    struct dl_text path;
    enum dl_capture_type type;
    struct dl_call matcher; /* for the arguments of dates and booleans */
    struct dl_filter *filter;
    bool is_own; /* a group that the expression names itself: it gives way to all others */
};

struct dl_grok_rule {
    struct dl_grok_rule *next;
    struct dl_text name, text;
    pcre2_code *code; /* NULL: a helper */
    struct dl_capture *captures;
    const char *pattern;
};

struct dl_grok {
    struct dl_arena arena;
    struct dl_grok_rule *helpers, *rules; /* in their order */
    size_t count;                         /* of rules */
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    pcre2_match_data *data;
};

/* Compiles what is between \A and \z; lives as long as the caller frees it. */
int dl_grok_regex(pcre2_code **out, const char *pattern, size_t len, bool whole,
                  struct dl_error *err);

/* ---- large filters ---- */

struct dl_keyvalue;
int dl_keyvalue_new(struct dl_keyvalue **out, struct dl_arena *arena, const struct dl_call *call,
                    struct dl_error *err);
void dl_keyvalue_free(struct dl_keyvalue *keyvalue);
struct dl_value *dl_keyvalue_read(const struct dl_keyvalue *keyvalue, struct dl_arena *arena,
                                  struct dl_text text);

struct dl_value *dl_xml_read(struct dl_arena *arena, struct dl_text text);
struct dl_value *dl_rubyhash_read(struct dl_arena *arena, struct dl_text text);
/* names: "h1,h2". A separator is not empty. */
struct dl_value *dl_csv_read(struct dl_arena *arena, struct dl_text names, struct dl_text separator,
                             char quote, struct dl_text text);

#endif
