/* Custom tags: parsing, Datadog's normalisation, limits.
 * Source: docs.datadoghq.com/getting_started/tagging. */
#ifndef DL_IDENTITY_TAG_H
#define DL_IDENTITY_TAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define DL_TAG_CHARACTERS 200 /* longest tag, in characters */
#define DL_TAGS_MAX 100       /* most tags on one log */
#define DL_TAGS_TEXT 131072   /* longest text that dl_tags_parse takes, in bytes */

/* An ordered list of normalised tags, each "key:value" or "value". All zero is the empty list. */
struct dl_tags {
    char **items;
    size_t count;
};

enum dl_tag_fate { DL_TAG_KEPT, DL_TAG_CHANGED, DL_TAG_MERGED, DL_TAG_REFUSED };

/* What became of one word of the input. `why` is a sentence for CHANGED, MERGED and REFUSED, else
 * ""; `after` is "" for REFUSED. `before` is clean; a text that looks like a key is withheld from
 * it. */
struct dl_tag_word {
    const char *before, *after, *why;
    enum dl_tag_fate fate;
};

typedef void dl_tag_report(void *context, const struct dl_tag_word *word);

/* Parses commas, blanks, line ends and a pasted DD_TAGS=... and appends. A blank ends a tag unless
 * what follows it cannot be a tag with a key: "env:prod team:web" are two, "Team:Web Ops" is one;
 * quotes keep a tag together. All or nothing: one refused word refuses the call (-DL_E_TAG, err
 * names the word and the reason). `report` (may be NULL) hears of every word. */
int dl_tags_parse(struct dl_tags *tags, const char *text, dl_tag_report *report, void *context,
                  struct dl_error *err);

/* Replaces what `to` held. */
int dl_tags_copy(struct dl_tags *to, const struct dl_tags *from, struct dl_error *err);
bool dl_tags_equal(const struct dl_tags *a, const struct dl_tags *b);
void dl_tags_remove(struct dl_tags *tags, size_t index);
void dl_tags_free(struct dl_tags *tags);

/* Splits "key:value" at the first colon. A tag without a colon is all key, its *value NULL. */
void dl_tag_split(const char *tag, size_t *key_length, const char **value);

/* Whether the tag can travel as an attribute of the body: it has a key and a value, its key is none
 * that Datadog reads itself (status, message, date, ...), and no earlier tag of the list has the
 * same key (an attribute cannot hold two values without an array). The others travel in ddtags. */
bool dl_tag_as_attribute(const struct dl_tags *tags, size_t index);

/* Whether a text holds what looks like a secret: 32 or 40 hexadecimal characters that stand alone
 * (API and application key), a token (ddap_, ddpat_, ddsat_), or a client token. Such a text is
 * refused in tags, configuration and manifests, and never repeated in a message. */
bool dl_text_looks_secret(const char *text, size_t len);

/* Foreign text as a message may repeat it: scrubbed by dl_log_scrub; or "(withheld)", with
 * -DL_E_VALUE if it looks like a secret as it is or as a screen would show it, or -DL_E_NOMEM. */
int dl_text_show(char *to, size_t size, const char *text, size_t len);

#endif
