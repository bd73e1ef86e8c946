#include "secret/key.h"

#include <string.h>

#include "base/text.h"
#include "secret/key_page.h"
#include "secret/redact.h"

int dl_key_begin(struct dl_key **out, struct dl_error *err)
{
    bool locked = false;
    struct dl_key *key = dl_page_new(sizeof(*key), &locked);

    if (!key)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the API key");
    key->locked = locked;
    dl_redact_know(key);
    *out = key;
    return 0;
}

void dl_key_free(struct dl_key *key)
{
    if (!key)
        return;
    dl_redact_forget(key);
    dl_page_free(key, sizeof(*key));
}

void dl_key_clear(struct dl_key *key)
{
    explicit_bzero(key->text, sizeof(key->text));
    key->length = 0;
}

int dl_key_append(struct dl_key *key, const char *bytes, size_t len, struct dl_error *err)
{
    if (len > DL_KEY_RAW_MAX - key->length)
        return dl_error_set(err, DL_E_LIMIT,
                            "more than %d bytes came where an API key was expected; "
                            "an API key has 32 characters",
                            DL_KEY_RAW_MAX);
    memcpy(key->text + key->length, bytes, len);
    key->length += len;
    key->text[key->length] = '\0';
    return 0;
}

/* Moves *text and *len inside blanks and pairs of quotes. */
static void strip(const char **text, size_t *len)
{
    for (;;) {
        dl_text_trim(text, len);
        if (*len < 2 || (*text)[0] != (*text)[*len - 1] || !strchr("\"'`", (*text)[0]))
            return;
        *text += 1;
        *len -= 2;
    }
}

/* A header is made of the key: one line end inside would begin another header. */
static int check_bytes(const char *text, size_t len, struct dl_error *err)
{
    if (len > DL_KEY_MAX)
        return dl_error_set(err, DL_E_KEY_SHAPE,
                            "the key has %zu characters, more than the %d that are taken; "
                            "an API key has 32",
                            len, DL_KEY_MAX);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        const char *what = c == '\n' || c == '\r'  ? "a line end"
                           : c < 0x20 || c == 0x7f ? "a control character"
                                                   : "not an ASCII character";
        if (c < 0x20 || c > 0x7e)
            return dl_error_set(err, DL_E_KEY_SHAPE,
                                "byte %zu of %zu of the key is %s; copy the key again, alone",
                                i + 1, len, what);
    }
    return 0;
}

int dl_key_finish(struct dl_key *key, struct dl_error *err)
{
    const char *text = key->text;
    size_t len = key->length;

    strip(&text, &len);
    memmove(key->text, text, len);
    explicit_bzero(key->text + len, sizeof(key->text) - len);
    key->length = len;
    int rc = check_bytes(key->text, len, err);
    if (rc < 0)
        dl_key_clear(key);
    return rc;
}

int dl_key_new(struct dl_key **out, const char *text, size_t len, struct dl_error *err)
{
    struct dl_key *key;
    int rc = dl_key_begin(&key, err);

    if (rc < 0)
        return rc;
    rc = dl_key_append(key, text, len, err);
    if (rc == 0)
        rc = dl_key_finish(key, err);
    if (rc < 0)
        dl_key_free(key);
    else
        *out = key;
    return rc;
}

const char *dl_key_text(const struct dl_key *key)
{
    return key->text;
}

size_t dl_key_length(const struct dl_key *key)
{
    return key->length;
}

bool dl_key_equal(const struct dl_key *a, const struct dl_key *b)
{
    unsigned difference = a->length != b->length;

    for (size_t i = 0; i < sizeof(a->text); i++)
        difference |= (unsigned char)(a->text[i] ^ b->text[i]);
    return difference == 0;
}

bool dl_key_locked(const struct dl_key *key)
{
    return key->locked;
}
