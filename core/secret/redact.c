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
    pthread_mutex_lock(&lock);
    for (const struct dl_key *key = known; key; key = key->next)
        dl_mask_value(&m, key->text, key->length);
    pthread_mutex_unlock(&lock);
    dl_mask_patterns(&m);

    rc = 0;
    if (memchr(m.mask, 1, m.len)) {
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
