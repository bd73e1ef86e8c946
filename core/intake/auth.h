/* Which API key the intake accepts. The key itself is never kept: a salted SHA-256 of it is. */
#ifndef DL_INTAKE_AUTH_H
#define DL_INTAKE_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { DL_INTAKE_SALT_SIZE = 16, DL_INTAKE_HASH_SIZE = 32 };

struct dl_intake_auth {
    bool any; /* no key was named: every key of 32 hexadecimal digits is accepted */
    size_t salt_len;
    unsigned char salt[64], hash[DL_INTAKE_HASH_SIZE];
};

/* Neither key nor hash: any well-formed key. hash: "SALT:SHA256" in hexadecimal, where SHA256 is
 * that of the salt's bytes followed by the key's. Both: -DL_E_VALUE. */
int dl_intake_auth_init(struct dl_intake_auth *auth, const char *key, const char *hash,
                        struct dl_error *err);

/* Compares in constant time. */
bool dl_intake_auth_accepts(const struct dl_intake_auth *auth, const char *key);

#endif
