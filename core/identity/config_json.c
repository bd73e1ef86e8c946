/* The values as they take effect, each with where it is from: what status, config list and the
 * report show to programs. */
#include "identity/config.h"

static int write_property(struct dl_json *w, const struct dl_config *config,
                          enum dl_property property, struct dl_buffer *value, struct dl_error *err)
{
    int rc;

    dl_buffer_clear(value);
    rc = dl_config_get(config, property, value, err);
    if (rc < 0)
        return rc;
    dl_json_key(w, dl_properties[property].key);
    dl_json_object(w);
    dl_json_member(w, "value", value->len ? dl_buffer_string(value) : NULL);
    dl_json_member(w, "origin", dl_origin_name(config->origin[property]));
    dl_json_object_end(w);
    return 0;
}

int dl_config_json(const struct dl_config *config, struct dl_json *w, struct dl_error *err)
{
    struct dl_buffer value;
    int rc = 0;

    dl_buffer_init(&value, DL_CONFIG_BYTES);
    dl_json_key(w, "properties");
    dl_json_object(w);
    for (int p = 0; rc == 0 && p < DL_PROPERTY_COUNT; p++)
        rc = write_property(w, config, (enum dl_property)p, &value, err);
    dl_json_object_end(w);
    dl_buffer_free(&value);
    return rc;
}
