/* What a pasted credential looks like, before any network is used. */
#ifndef DL_SECRET_KEY_SHAPE_H
#define DL_SECRET_KEY_SHAPE_H

#include <stddef.h>

#include "base/error.h"
#include "secret/key.h"

enum dl_key_shape {
    DL_SHAPE_API_KEY, /* 32 hexadecimal characters */
    DL_SHAPE_EMPTY,
    DL_SHAPE_APP_KEY,      /* 40 hexadecimal, or ddap_ */
    DL_SHAPE_PERSONAL,     /* ddpat_ */
    DL_SHAPE_SERVICE,      /* ddsat_ */
    DL_SHAPE_KEY_ID,       /* 8-4-4-4-12 */
    DL_SHAPE_CLIENT_TOKEN, /* pub... */
    DL_SHAPE_VARIABLE,     /* $X, ${X}, {{x}}, %X% */
    DL_SHAPE_LENGTH,       /* hexadecimal, but not 32 */
    DL_SHAPE_OTHER         /* something else: a warning, not a wall */
};

/* Names the shape and writes one sentence (never a part of the key; positions and counts only).
 * Returns 0 for API_KEY, OTHER and LENGTH ("check anyway" is allowed), else -DL_E_KEY_SHAPE or
 * -DL_E_KEY_APPKEY; err (may be NULL) gets the same sentence. */
int dl_key_shape(const struct dl_key *key, enum dl_key_shape *shape, char *sentence, size_t size,
                 struct dl_error *err);

#endif
