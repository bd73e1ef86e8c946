#include "identity/tag.h"

#include <locale.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "base/text.h"

/* A tag of 200 characters in UTF-8; lowercase of a letter never takes more than four bytes either.
 */
#define TAG_BYTES (DL_TAG_CHARACTERS * 4 + 1)

struct normal {
    char text[TAG_BYTES];
    size_t characters; /* of the whole tag, also when it is longer than fits */
    bool lowered, replaced;
};

struct parse {
    struct dl_tags tags;
    dl_tag_report *report;
    void *context;
    struct dl_error *err;
    int status;
};

static const char looks_like_key[] =
    "it looks like a key, and tags are shown to everyone; shorten it "
    "if it is a commit or a checksum";

/* Letters by Unicode, whatever the locale of the program: C.UTF-8 is part of the C library. */
static locale_t unicode;

static void open_unicode(void)
{
    unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static locale_t unicode_locale(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, open_unicode);
    return unicode;
}

/* One character by Datadog's rule: letters and digits in lowercase, _ - : . / as they are, else
 * '_'. Where there is no C.UTF-8, characters outside ASCII stay as they are; Datadog then
 * normalises. */
static uint32_t normal_character(uint32_t c)
{
    locale_t letters;

    if (c < 0x80) {
        char lower = dl_ascii_lower((char)c);
        bool kept = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
                    (c != 0 && strchr("_-:./", (int)c) != NULL);

        return kept ? (uint32_t)lower : '_';
    }
    letters = unicode_locale();
    if (letters == (locale_t)0)
        return c;
    return iswalnum_l((wint_t)c, letters) ? (uint32_t)towlower_l((wint_t)c, letters) : '_';
}

static bool is_letter(uint32_t c)
{
    locale_t letters = unicode_locale();

    if (c < 0x80)
        return c >= 'a' && c <= 'z';
    return letters == (locale_t)0 || iswalpha_l((wint_t)c, letters);
}

/* False for invalid UTF-8. */
static bool normalise(struct normal *to, const char *text, size_t len)
{
    size_t used = 0;

    *to = (struct normal){0};
    while (len > 0) {
        uint32_t c, n;
        size_t step = dl_utf8_decode(text, len, &c);

        if (step == 0)
            return false;
        n = normal_character(c);
        to->lowered = to->lowered || (n != c && n != '_');
        to->replaced = to->replaced || (n != c && n == '_');
        if (to->characters++ < DL_TAG_CHARACTERS)
            used += dl_utf8_encode(to->text + used, n);
        text += step;
        len -= step;
    }
    to->text[used] = '\0';
    return true;
}

static bool key_is(const char *tag, size_t length, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++)
        if (strlen(names[i]) == length && memcmp(names[i], tag, length) == 0)
            return true;
    return false;
}

/* Why the key is reserved, or NULL. env and version are reserved as well, for what people set here.
 */
static const char *reserved(const char *tag)
{
    static const char *const identity[] = {"source", "service", "ddsource", "ddtags", NULL};
    static const char *const host[] = {"host", "device", NULL};
    const char *value;
    size_t length;

    dl_tag_split(tag, &length, &value);
    if (value == NULL)
        return NULL;
    if (key_is(tag, length, identity))
        return "source and service come from the manifest of the integration alone";
    if (key_is(tag, length, host))
        return "host and device are set by Datadog from the machine that sends";
    return NULL;
}

/* Why a normalised tag is refused, or NULL. */
static const char *refusal(const struct normal *tag)
{
    uint32_t first = 0;
    size_t len = strlen(tag->text);

    if (dl_text_looks_secret(tag->text, len))
        return looks_like_key;
    dl_utf8_decode(tag->text, len, &first);
    if (!is_letter(first))
        return "a tag starts with a letter";
    if (tag->characters > DL_TAG_CHARACTERS)
        return "a tag has at most 200 characters";
    if (tag->text[len - 1] == ':')
        return "a tag does not end with a colon; write key:value";
    return reserved(tag->text);
}

static void tell(struct parse *p, const char *before, const char *after, const char *why,
                 enum dl_tag_fate fate)
{
    struct dl_tag_word word = {before, after, why, fate};

    if (p->report != NULL)
        p->report(p->context, &word);
}

static void refuse(struct parse *p, const char *before, const char *why)
{
    tell(p, before, "", why, DL_TAG_REFUSED);
    if (p->status == 0)
        p->status = dl_error_set(p->err, DL_E_TAG, "the tag \"%s\" is refused: %s", before, why);
}

static bool has(const struct dl_tags *tags, const char *item)
{
    for (size_t i = 0; i < tags->count; i++)
        if (strcmp(tags->items[i], item) == 0)
            return true;
    return false;
}

static int append(struct dl_tags *tags, const char *item, struct dl_error *err)
{
    char **grown = reallocarray(tags->items, tags->count + 1, sizeof *grown);

    if (grown == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a tag");
    tags->items = grown;
    grown[tags->count] = strdup(item);
    if (grown[tags->count] == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a tag");
    tags->count++;
    return 0;
}

/* The first thing that is wrong stays the answer. */
static void no_memory(struct parse *p)
{
    if (p->status == 0)
        p->status = dl_error_set(p->err, DL_E_NOMEM, "no memory for a tag");
}

static const char *change(const struct normal *tag)
{
    if (tag->lowered && tag->replaced)
        return "tags are lowercase, and what is not a letter, digit or one of _ - : . / becomes _";
    if (tag->lowered)
        return "tags are lowercase";
    return "what is not a letter, digit or one of _ - : . / becomes _";
}

static void keep(struct parse *p, const char *before, const struct normal *tag)
{
    if (has(&p->tags, tag->text)) {
        tell(p, before, tag->text, "it is there already", DL_TAG_MERGED);
        return;
    }
    if (p->tags.count >= DL_TAGS_MAX) {
        refuse(p, before, "a log has at most 100 tags");
        return;
    }
    if (append(&p->tags, tag->text, NULL) < 0) {
        no_memory(p);
        return;
    }
    if (tag->lowered || tag->replaced)
        tell(p, before, tag->text, change(tag), DL_TAG_CHANGED);
    else
        tell(p, before, tag->text, "", DL_TAG_KEPT);
}

/* One tag as it was written, blanks around it gone. */
static void take(struct parse *p, const char *text, size_t len)
{
    struct normal tag;
    char before[256];
    const char *why;

    int status = dl_text_show(before, sizeof before, text, len);

    if (status == -DL_E_NOMEM) {
        no_memory(p);
        return;
    }
    if (status < 0) {
        refuse(p, before, looks_like_key);
        return;
    }
    if (!normalise(&tag, text, len)) {
        refuse(p, before, "it is not valid UTF-8");
        return;
    }
    why = refusal(&tag);
    if (why != NULL) {
        refuse(p, why == looks_like_key ? "(withheld)" : before, why);
        return;
    }
    keep(p, before, &tag);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_end(char c)
{
    return c == ',' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

/* Length of the word at text up to the next separator of any kind; *colon tells whether it has one.
 */
static size_t word_length(const char *text, size_t len, bool *colon)
{
    size_t n = 0;

    *colon = false;
    while (n < len && !is_blank(text[n]) && !is_end(text[n])) {
        *colon = *colon || text[n] == ':';
        n++;
    }
    return n;
}

/* Length of the tag at text: words joined by blanks belong to it as long as it has a colon and they
 * have none. */
static size_t tag_length(const char *text, size_t len)
{
    bool colon, next_colon;
    size_t n = word_length(text, len, &colon);

    while (colon && n < len && is_blank(text[n])) {
        size_t next = n, word;

        while (next < len && is_blank(text[next]))
            next++;
        word = word_length(text + next, len - next, &next_colon);
        if (word == 0 || next_colon || is_quote(text[next]))
            break;
        n = next + word;
    }
    return n;
}

static void strip_quotes(const char **text, size_t *len)
{
    dl_text_trim(text, len);
    if (*len >= 2 && is_quote((*text)[0]) && (*text)[*len - 1] == (*text)[0] &&
        memchr(*text + 1, (*text)[0], *len - 2) == NULL) {
        (*text)++;
        *len -= 2;
        dl_text_trim(text, len);
    }
}

static bool skip(const char **text, size_t *len, const char *prefix)
{
    size_t n = strlen(prefix);

    if (*len < n || memcmp(*text, prefix, n) != 0)
        return false;
    *text += n;
    *len -= n;
    return true;
}

/* What stands around the list where people copy it from: a shell or a compose file. */
static void strip_assignment(const char **text, size_t *len)
{
    strip_quotes(text, len);
    if (!skip(text, len, "export "))
        skip(text, len, "- ");
    dl_text_trim(text, len);
    if (skip(text, len, "DD_TAGS=") || skip(text, len, "DD_TAGS:"))
        strip_quotes(text, len);
}

static void parse_text(struct parse *p, const char *text, size_t len)
{
    while (len > 0) {
        const char *quote = is_quote(*text) ? memchr(text + 1, *text, len - 1) : NULL;
        const char *tag = text;
        size_t n;

        if (is_blank(*text) || is_end(*text)) {
            text++;
            len--;
            continue;
        }
        n = quote != NULL ? (size_t)(quote - text) + 1 : tag_length(text, len);
        text += n;
        len -= n;
        strip_quotes(&tag, &n);
        if (n > 0)
            take(p, tag, n);
    }
}

int dl_tags_parse(struct dl_tags *tags, const char *text, dl_tag_report *report, void *context,
                  struct dl_error *err)
{
    struct parse p = {.report = report, .context = context, .err = err};
    size_t len = strnlen(text, DL_TAGS_TEXT + 1);
    int status;

    if (len > DL_TAGS_TEXT)
        return dl_error_set(err, DL_E_TAG, "a list of tags has at most %d bytes", DL_TAGS_TEXT);
    status = dl_tags_copy(&p.tags, tags, err);
    if (status < 0)
        return status;
    strip_assignment(&text, &len);
    parse_text(&p, text, len);
    if (p.status < 0) {
        dl_tags_free(&p.tags);
        return p.status;
    }
    dl_tags_free(tags);
    *tags = p.tags;
    return 0;
}

int dl_tags_copy(struct dl_tags *to, const struct dl_tags *from, struct dl_error *err)
{
    struct dl_tags copy = {0};

    for (size_t i = 0; i < from->count; i++) {
        int status = append(&copy, from->items[i], err);

        if (status < 0) {
            dl_tags_free(&copy);
            return status;
        }
    }
    dl_tags_free(to);
    *to = copy;
    return 0;
}

bool dl_tags_equal(const struct dl_tags *a, const struct dl_tags *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

void dl_tags_remove(struct dl_tags *tags, size_t index)
{
    if (index >= tags->count)
        return;
    free(tags->items[index]);
    tags->count--;
    memmove(&tags->items[index], &tags->items[index + 1],
            (tags->count - index) * sizeof tags->items[0]);
}

void dl_tags_free(struct dl_tags *tags)
{
    for (size_t i = 0; i < tags->count; i++)
        free(tags->items[i]);
    free(tags->items);
    *tags = (struct dl_tags){0};
}

void dl_tag_split(const char *tag, size_t *key_length, const char **value)
{
    const char *colon = strchr(tag, ':');

    *key_length = colon == NULL ? strlen(tag) : (size_t)(colon - tag);
    *value = colon == NULL ? NULL : colon + 1;
}

bool dl_tag_as_attribute(const struct dl_tags *tags, size_t index)
{
    /* What Datadog's JSON preprocessing reads: docs.datadoghq.com/logs/log_configuration/pipelines.
     */
    static const char *const read_by_datadog[] = {"date",
                                                  "dd.trace_id",
                                                  "contextmap.dd.trace_id",
                                                  "ddsource",
                                                  "ddtags",
                                                  "eventtime",
                                                  "host",
                                                  "hostname",
                                                  "level",
                                                  "message",
                                                  "log",
                                                  "msg",
                                                  "published_date",
                                                  "service",
                                                  "severity",
                                                  "source",
                                                  "status",
                                                  "syslog.appname",
                                                  "syslog.hostname",
                                                  "timestamp",
                                                  "syslog.timestamp",
                                                  "syslog.severity",
                                                  NULL};
    const char *tag = tags->items[index], *value;
    size_t length;

    dl_tag_split(tag, &length, &value);
    if (value == NULL || *value == '\0' || key_is(tag, length, read_by_datadog))
        return false;
    for (size_t i = 0; i < index; i++) {
        const char *other;
        size_t other_length;

        dl_tag_split(tags->items[i], &other_length, &other);
        if (other != NULL && other_length == length && memcmp(tags->items[i], tag, length) == 0)
            return false;
    }
    return true;
}
