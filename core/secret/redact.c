/* Every rule marks bytes of the text in a mask of the same length; then each marked stretch is
 * written as one fixed run of stars, so that neither the secret nor its length is seen. Marking
 * first and writing last makes the rules independent of each other and of their order. */
#include "secret/redact.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "secret/key_page.h"
#include "secret/redact_rule.h"

#define STARS "********"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct dl_key *known; /* under lock */

void dl_redact_know(struct dl_key *key)
{
    pthread_mutex_lock(&lock);
    key->next = known;
    known = key;
    pthread_mutex_unlock(&lock);
}

void dl_redact_forget(struct dl_key *key)
{
    pthread_mutex_lock(&lock);
    for (struct dl_key **at = &known; *at; at = &(*at)->next)
        if (*at == key) {
            *at = key->next;
            break;
        }
    pthread_mutex_unlock(&lock);
}

void dl_redact_install(void)
{
    dl_log_set_filter(dl_redact);
}

/* Writes text again with stars for what is marked. */
static int write_masked(struct dl_buffer *out, const struct dl_masked *m)
{
    int rc = 0;

    for (size_t i = 0, end; i < m->len && rc == 0; i = end) {
        for (end = i + 1; end < m->len && m->mask[end] == m->mask[i]; end++)
            ;
        rc = m->mask[i] ? dl_buffer_text(out, STARS) : dl_buffer_add(out, m->text + i, end - i);
    }
    return rc;
}

/* What hides in the text that the mask is for. */
typedef void rules(struct dl_masked *m);

static void mask_known(struct dl_masked *m)
{
    pthread_mutex_lock(&lock);
    for (const struct dl_key *key = known; key; key = key->next)
        dl_mask_value(m, key->text, key->length);
    pthread_mutex_unlock(&lock);
}

static void mask_all(struct dl_masked *m)
{
    mask_known(m);
    dl_mask_patterns(m);
}

/* Reads every second byte as a text of its own, which is what UTF-16 of ASCII is, and hides the
 * pairs that hold what was found there. `from`: 0 or 1. */
static int mask_every_second(struct dl_masked *m, size_t from, rules *apply)
{
    struct dl_masked half = {.len = (m->len + 1 - from) / 2};
    char *text = malloc(half.len + 1);

    half.text = text;
    half.mask = calloc(half.len + 1, 1);
    if (!text || !half.mask) {
        free(text);
        free(half.mask);
        return -DL_E_NOMEM;
    }
    for (size_t i = 0; i < half.len; i++)
        text[i] = m->text[from + 2 * i];
    text[half.len] = '\0';
    apply(&half);
    for (size_t i = 0; i < half.len; i++)
        if (half.mask[i])
            for (size_t at = from + 2 * i; at < m->len && at <= from + 2 * i + 1; at++)
                m->mask[at] = 1;
    explicit_bzero(text, half.len);
    free(text);
    free(half.mask);
    return 0;
}

static int mask_text(struct dl_masked *m, rules *apply)
{
    int rc = 0;

    apply(m);
    /* a text without NUL is no UTF-16 of ASCII, and most have none */
    if (memchr(m->text, '\0', m->len)) {
        rc = mask_every_second(m, 0, apply);
        if (rc == 0)
            rc = mask_every_second(m, 1, apply);
    }
    return rc;
}

int dl_redact(struct dl_buffer *text)
{
    struct dl_masked m = {.text = dl_buffer_string(text), .len = text->len};
    struct dl_buffer out;
    int rc;

    if (!m.len)
        return 0;
    m.mask = calloc(m.len, 1);
    if (!m.mask)
        return -DL_E_NOMEM;
    rc = mask_text(&m, mask_all);
    if (rc == 0 && memchr(m.mask, 1, m.len)) {
        dl_buffer_init(&out, text->max);
        rc = write_masked(&out, &m);
        struct dl_buffer old = *text;
        if (rc == 0)
            *text = out;
        else
            old = out;
        if (old.data)
            explicit_bzero(old.data, old.size);
        dl_buffer_free(&old);
    }
    free(m.mask);
    return rc;
}

int dl_redact_finds(const char *bytes, size_t len)
{
    struct dl_masked m = {.text = bytes, .len = len};
    int rc;

    if (!len)
        return 0;
    m.mask = calloc(len, 1);
    if (!m.mask)
        return -DL_E_NOMEM;
    rc = mask_text(&m, mask_known);
    if (rc == 0)
        rc = memchr(m.mask, 1, len) ? 1 : 0;
    free(m.mask);
    return rc;
}
