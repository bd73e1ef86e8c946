#include <stdlib.h>

#include "sender/shipper_private.h"

int dl_settings_new(struct dl_settings **out, const struct dl_shipper_settings *from,
                    struct dl_error *err)
{
    struct dl_settings *s = calloc(1, sizeof *s);
    int rc;

    if (!s)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the sender's settings");
    rc = dl_config_copy(&s->config, from->config, err);
    if (rc == 0)
        rc = dl_key_new(&s->key, dl_key_text(from->key), dl_key_length(from->key), err);
    if (rc == 0 && from->proxy)
        s->proxy = *from->proxy;
    if (rc == 0)
        rc = dl_target_init(&s->target, s->config, s->key, from->proxy ? &s->proxy : NULL, 0, err);
    if (rc < 0) {
        dl_settings_free(s);
        return rc;
    }
    *out = s;
    return 0;
}

void dl_settings_free(struct dl_settings *s)
{
    if (!s)
        return;
    dl_target_free(&s->target);
    dl_key_free(s->key);
    dl_config_free(s->config);
    free(s);
}
