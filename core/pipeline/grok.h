/* Grok parsers: rules of regular expressions with %{matcher:attribute:filter} in them, compiled
 * once. */
#ifndef DL_PIPELINE_GROK_H
#define DL_PIPELINE_GROK_H

#include "base/error.h"
#include "pipeline/value.h"

#define DL_GROK_MATCH_LIMIT 2000000 /* steps of one rule before it is given up */

struct dl_grok;

/* Outcome of one input. */
struct dl_grok_result {
    struct dl_value *attributes; /* an object, or NULL: no rule matched */
    struct dl_text rule;         /* name of the rule that matched, or that met the limit */
    bool limit;                  /* a rule met the limit; no later one was tried */
};

/* Compiles both lists of rules. -DL_E_VALUE: "rule NAME: what is wrong". Free it. */
int dl_grok_compile(struct dl_grok **out, struct dl_text support, struct dl_text rules,
                    struct dl_error *err);
void dl_grok_free(struct dl_grok *grok); /* NULL is fine */

/* Tries the rules in order; none matches bytes that are no UTF-8. Values live in the arena. now:
 * for dates without a year. */
void dl_grok_parse(struct dl_grok_result *out, const struct dl_grok *grok, struct dl_arena *arena,
                   struct dl_text input, int64_t now);

/* For people: the rules by number, and how much of the input the longest start of a rule matches.
 */
size_t dl_grok_rule_count(const struct dl_grok *grok);
struct dl_text dl_grok_rule_name(const struct dl_grok *grok, size_t rule);
/* How many wildcards (.* and .+, as of data and greedyData) each rule has with its helpers put in;
 * counts is of dl_grok_rule_count. */
void dl_grok_wildcards(const struct dl_grok *grok, size_t *counts);
size_t dl_grok_longest_prefix(const struct dl_grok *grok, size_t rule, struct dl_text input);

#endif
