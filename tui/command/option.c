#include "command/option.h"

#include <string.h>

#include "base/text.h"
#include "identity/tag.h"

const struct option_info option_table[OPTION_COUNT] = {
#define OPTION_ROW(field, name, letter, type, argument, help)                                      \
    [OPTION_ID_##                                                                                  \
        field] = {name, letter, OPTION_##type, argument, help, offsetof(struct options, field)},
    OPTION_TABLE(OPTION_ROW)
#undef OPTION_ROW
};

static bool accepts(const enum option_id *accepted, size_t id)
{
    for (; *accepted != OPTION_COUNT; accepted++)
        if (*accepted == id)
            return true;
    return id == OPTION_ID_help || id == OPTION_ID_version;
}

static void *field(struct options *options, size_t id)
{
    return (char *)options + option_table[id].offset;
}

static void set_unset(struct options *options)
{
    *options = (struct options){0};
    for (size_t id = 0; id < OPTION_COUNT; id++)
        if (option_table[id].type == OPTION_NUMBER)
            *(long *)field(options, id) = -1;
}

static int set_value(struct options *options, size_t id, const char *value, struct dl_error *err)
{
    struct option_list *list;
    uint64_t number;

    switch (option_table[id].type) {
    case OPTION_FLAG:
        *(bool *)field(options, id) = true;
        return 0;
    case OPTION_TEXT:
        /* a shell variable that nobody filled in must not read as "not given" */
        if (!*value)
            return dl_error_set(err, DL_E_USAGE, "--%s needs a value, and its value is empty",
                                option_table[id].name);
        *(const char **)field(options, id) = value;
        return 0;
    case OPTION_NUMBER:
        if (!dl_text_number(value, 0, 1000000, &number))
            return dl_error_set(err, DL_E_USAGE, "--%s takes a whole number from 0 to 1000000",
                                option_table[id].name);
        *(long *)field(options, id) = (long)number;
        return 0;
    case OPTION_LIST:
        list = field(options, id);
        if (list->count == OPTION_LIST_MAX)
            return dl_error_set(err, DL_E_USAGE, "--%s is given more than %d times",
                                option_table[id].name, OPTION_LIST_MAX);
        list->items[list->count++] = value;
        return 0;
    }
    return dl_error_set(err, DL_E_INTERNAL, "the option table is damaged");
}

static int unknown(const char *name, size_t len, const enum option_id *accepted,
                   struct dl_error *err)
{
    const char *names[OPTION_COUNT + 1], *nearest;
    size_t count = 0;
    char given[64], shown[64];

    for (size_t id = 0; id < OPTION_COUNT; id++)
        if (accepts(accepted, id))
            names[count++] = option_table[id].name;
    names[count] = NULL;
    dl_text_format(given, sizeof given, "%.*s", (int)(len < 60 ? len : 60), name);
    nearest = dl_text_nearest(given, names);
    dl_text_show(shown, sizeof shown, name, len);
    if (nearest)
        return dl_error_set(err, DL_E_USAGE, "there is no option --%s; did you mean --%s?", shown,
                            nearest);
    return dl_error_set(err, DL_E_USAGE, "there is no option --%s here; see --help", shown);
}

/* A long option by its whole name or by a beginning that no other accepted option shares. */
static size_t find_long(const char *name, size_t len, const enum option_id *accepted,
                        bool *ambiguous)
{
    size_t found = OPTION_COUNT;

    *ambiguous = false;
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        if (!accepts(accepted, id) || strncmp(option_table[id].name, name, len) != 0)
            continue;
        if (option_table[id].name[len] == '\0') {
            *ambiguous = false;
            return id;
        }
        *ambiguous = found != OPTION_COUNT;
        found = id;
    }
    return found;
}

/* The arguments that are left to read. */
struct arguments {
    int argc, at;
    char **argv;
};

static int read_long(struct options *out, struct arguments *a, const enum option_id *accepted,
                     struct dl_error *err)
{
    char *word = a->argv[a->at++] + 2, *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word), id;
    bool ambiguous;

    id = find_long(word, len, accepted, &ambiguous);
    if (id == OPTION_COUNT)
        return unknown(word, len, accepted, err);
    if (ambiguous)
        return dl_error_set(err, DL_E_USAGE, "--%.*s begins several options; write it out",
                            (int)len, word);
    if (option_table[id].type == OPTION_FLAG) {
        if (equals)
            return dl_error_set(err, DL_E_USAGE, "--%s takes no value", option_table[id].name);
        return set_value(out, id, NULL, err);
    }
    if (equals)
        return set_value(out, id, equals + 1, err);
    if (a->at >= a->argc)
        return dl_error_set(err, DL_E_USAGE, "--%s needs a value: %s", option_table[id].name,
                            option_table[id].argument);
    return set_value(out, id, a->argv[a->at++], err);
}

static int read_letters(struct options *out, struct arguments *a, const enum option_id *accepted,
                        struct dl_error *err)
{
    char *word = a->argv[a->at++] + 1;

    for (; *word; word++) {
        size_t id = 0;

        while (id < OPTION_COUNT && (option_table[id].letter != *word || !accepts(accepted, id)))
            id++;
        if (id == OPTION_COUNT)
            return dl_error_set(err, DL_E_USAGE, "there is no option -%c here; see --help",
                                *word >= ' ' && *word <= '~' ? *word : '?');
        if (option_table[id].type == OPTION_FLAG) {
            int rc = set_value(out, id, NULL, err);

            if (rc < 0)
                return rc;
            continue;
        }
        if (word[1])
            return set_value(out, id, word + 1, err);
        if (a->at >= a->argc)
            return dl_error_set(err, DL_E_USAGE, "-%c needs a value: %s", *word,
                                option_table[id].argument);
        return set_value(out, id, a->argv[a->at++], err);
    }
    return 0;
}

int options_parse(struct options *out, int argc, char **argv, const enum option_id *accepted,
                  struct dl_error *err)
{
    struct arguments a = {argc, 1, argv};
    bool options_over = false;
    size_t words = 1; /* words are gathered behind argv[0], in order */
    int rc = 0;

    set_unset(out);
    while (rc == 0 && a.at < argc) {
        char *word = argv[a.at];

        if (options_over || word[0] != '-' || word[1] == '\0') {
            argv[words++] = word;
            a.at++;
        } else if (strcmp(word, "--") == 0) {
            options_over = true;
            a.at++;
        } else if (word[1] == '-') {
            rc = read_long(out, &a, accepted, err);
        } else {
            rc = read_letters(out, &a, accepted, err);
        }
    }
    out->words = (const char *const *)(argv + 1);
    out->word_count = words - 1;
    return rc;
}
