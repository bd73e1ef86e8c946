#include "intake/auth.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/clock.h"

enum { KEY_LENGTH = 32, KEY_MAX = 256 };

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Bytes of an even number of hexadecimal digits; -1 for anything else or more than `max` bytes. */
static int hex_bytes(unsigned char *to, size_t max, const char *text, size_t len)
{
    if (len % 2 != 0 || len / 2 > max)
        return -1;
    for (size_t i = 0; i < len / 2; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        to[i] = (unsigned char)(high << 4 | low);
    }
    return (int)(len / 2);
}

/* A key longer than any key gives the hash of its length-capped start, which no key has. */
static void hash_key(const struct dl_intake_auth *auth, const char *key,
                     unsigned char to[DL_INTAKE_HASH_SIZE])
{
    unsigned char joined[sizeof auth->salt + KEY_MAX];
    size_t len = strnlen(key, KEY_MAX);

    memcpy(joined, auth->salt, auth->salt_len);
    memcpy(joined + auth->salt_len, key, len);
    SHA256(joined, auth->salt_len + len, to);
    OPENSSL_cleanse(joined, sizeof joined);
}

static int read_hash(struct dl_intake_auth *auth, const char *hash, struct dl_error *err)
{
    const char *colon = strchr(hash, ':');
    int salt = -1, sum = -1;

    if (colon) {
        salt = hex_bytes(auth->salt, sizeof auth->salt, hash, (size_t)(colon - hash));
        sum = hex_bytes(auth->hash, sizeof auth->hash, colon + 1, strlen(colon + 1));
    }
    if (salt < 1 || sum != DL_INTAKE_HASH_SIZE)
        return dl_error_set(err, DL_E_VALUE,
                            "the key hash must be SALT:SHA256 in hexadecimal, the salt of 1 to %zu "
                            "bytes and the sum of %d",
                            sizeof auth->salt, DL_INTAKE_HASH_SIZE);
    auth->salt_len = (size_t)salt;
    return 0;
}

int dl_intake_auth_init(struct dl_intake_auth *auth, const char *key, const char *hash,
                        struct dl_error *err)
{
    *auth = (struct dl_intake_auth){.any = !key && !hash};
    if (key && hash)
        return dl_error_set(err, DL_E_VALUE,
                            "the accepted key is named twice: by itself and by hash");
    if (hash)
        return read_hash(auth, hash, err);
    if (!key)
        return 0;
    if (!*key || strlen(key) >= KEY_MAX)
        return dl_error_set(err, DL_E_VALUE, "the accepted key must have 1 to %d characters",
                            KEY_MAX - 1);
    if (dl_clock_random(auth->salt, DL_INTAKE_SALT_SIZE) < 0)
        return dl_error_set(err, DL_E_INTERNAL, "the system gives no random bytes");
    auth->salt_len = DL_INTAKE_SALT_SIZE;
    hash_key(auth, key, auth->hash);
    return 0;
}

bool dl_intake_auth_accepts(const struct dl_intake_auth *auth, const char *key)
{
    unsigned char hash[DL_INTAKE_HASH_SIZE];

    if (auth->any) {
        for (size_t i = 0; i < KEY_LENGTH; i++)
            if (hex_digit(key[i]) < 0)
                return false;
        return key[KEY_LENGTH] == '\0';
    }
    hash_key(auth, key, hash);
    return CRYPTO_memcmp(hash, auth->hash, sizeof hash) == 0;
}
