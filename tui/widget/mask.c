#include "widget/mask.h"

#include <string.h>

void mask_insert(struct mask *mask, uint32_t code)
{
    char byte = code < 0x7f ? (char)code : '?';

    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code == ' ' && !mask->key))
        return;
    if (!mask->key && dl_key_begin(&mask->key, NULL) < 0) {
        mask->full = true;
        return;
    }
    if (dl_key_length(mask->key) >= DL_KEY_MAX || dl_key_append(mask->key, &byte, 1, NULL) < 0)
        mask->full = true;
    mask->handed = false;
    explicit_bzero(&byte, sizeof(byte));
}

bool mask_clear(struct mask *mask)
{
    bool filled = mask->key != NULL;

    dl_key_free(mask->key);
    memset(mask, 0, sizeof(*mask));
    return filled;
}

struct dl_key *mask_hand_over(struct mask *mask)
{
    struct dl_key *copy;

    if (!mask->key || mask->handed)
        return NULL;
    if (dl_key_new(&copy, dl_key_text(mask->key), dl_key_length(mask->key), NULL) < 0)
        return NULL;
    mask->handed = true;
    return copy;
}
