/* A log's attributes: an ordered tree whose numbers know whether they are integers, from an arena.
 * Sizes and lengths are bytes; text is UTF-8 and need not end in NUL unless said. */
#ifndef DL_PIPELINE_VALUE_H
#define DL_PIPELINE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "pipeline/arena.h"

enum dl_value_type {
    DL_VALUE_NULL,
    DL_VALUE_BOOL,
    DL_VALUE_INTEGER,
    DL_VALUE_DOUBLE,
    DL_VALUE_STRING,
    DL_VALUE_ARRAY,
    DL_VALUE_OBJECT
};

struct dl_text {
    const char *at;
    size_t len;
};

#define DL_TEXT(literal) ((struct dl_text){literal, sizeof(literal) - 1})

struct dl_value;

/* A member of an object, or an element of an array (its key is empty then). */
struct dl_member {
    struct dl_member *next;
    struct dl_text key;
    struct dl_value *value;
    uint32_t mark; /* of the key, so that most others are told apart by it alone */
    int line;      /* of the key in the file it was read from, 0: none */
};

struct dl_value {
    enum dl_value_type type;
    int line; /* in the file it was read from, 0: none */
    union {
        bool boolean;
        int64_t integer;
        double real;
        struct dl_text text; /* with a NUL behind it */
        struct {
            struct dl_member *first, *last;
            size_t count;
        } list; /* of array and object */
    } of;
};

/* New values; NULL when the arena has failed, and all calls take that NULL. */
struct dl_value *dl_value_null(struct dl_arena *arena);
struct dl_value *dl_value_bool(struct dl_arena *arena, bool value);
struct dl_value *dl_value_integer(struct dl_arena *arena, int64_t value);
struct dl_value *dl_value_double(struct dl_arena *arena, double value);
struct dl_value *dl_value_text(struct dl_arena *arena, const char *text, size_t len); /* copied */
struct dl_value *dl_value_array(struct dl_arena *arena);
struct dl_value *dl_value_object(struct dl_arena *arena);
struct dl_value *dl_value_copy(struct dl_arena *arena, const struct dl_value *value);

bool dl_value_is(const struct dl_value *value, enum dl_value_type type); /* NULL is none */
bool dl_value_is_scalar(const struct dl_value *value); /* bool, number or string */

/* Appends; the array or object keeps the value. A member with this key is replaced in its place. */
void dl_value_append(struct dl_arena *arena, struct dl_value *array, struct dl_value *value);
void dl_value_put(struct dl_arena *arena, struct dl_value *object, struct dl_text key,
                  struct dl_value *value);
/* Adds a member whose key is not there and lives in the arena; NULL: no memory. */
struct dl_member *dl_value_add(struct dl_arena *arena, struct dl_value *object, struct dl_text key,
                               struct dl_value *value);
void dl_value_drop(struct dl_value *object, struct dl_text key);
/* Puts a member that is in no list at the end; its key is not there. */
void dl_value_relink(struct dl_value *object, struct dl_member *member);

struct dl_member *dl_value_member(const struct dl_value *object, struct dl_text key);
struct dl_value *dl_value_get(const struct dl_value *object, const char *key); /* NULL: none */

static inline bool dl_text_is(struct dl_text a, struct dl_text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}
static inline bool dl_text_equals(struct dl_text a, const char *b)
{
    return dl_text_is(a, (struct dl_text){b, strlen(b)});
}

/* Same value: numbers by value, whatever their type; members in any order. *types (may be NULL)
 * counts numbers that are equal and of another type. */
bool dl_value_equal(const struct dl_value *a, const struct dl_value *b, size_t *types);

/* Members sorted by key, at every depth. */
void dl_value_sort(struct dl_value *value);

/* As the platform prints a value into a text: strings as they are, doubles as Java prints them,
 * arrays and objects as compact JSON. */
struct dl_text dl_value_print(struct dl_arena *arena, const struct dl_value *value);

/* A double as Java's Double.toString: "2.0", "2.02E8"; into at least 32 bytes. */
void dl_value_print_double(double value, char *to, size_t size);

/* Compact JSON, or over several lines as Jackson's pretty printer with java.util.HashMap's order of
 * members. 0 or a negative code of the buffer. */
int dl_value_json(struct dl_buffer *out, const struct dl_value *value);
int dl_value_pretty(struct dl_buffer *out, const struct dl_value *value);

/* A text that is a whole number or decimal ("12", "-3.5", "2E3"); false for anything else. */
bool dl_value_parse_integer(struct dl_text text, int64_t *out);
bool dl_value_parse_double(struct dl_text text, double *out);
/* Without its decimals, and held within the range as Java casts a double; not a number: 0. */
int64_t dl_value_whole(double value);
/* The number in a value: of a number, or of a text that is one. */
bool dl_value_number(const struct dl_value *value, double *out);

#endif
