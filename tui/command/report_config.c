/* What was set up: the configuration as it takes effect, and the manifest as it stands. */
#include "base/file.h"
#include "command/report.h"

#define VALUE_MAX ((size_t)64 * 1024)

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

int report_config(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    const struct session *session = &job->session;
    const struct dl_error *why = &job->session_error;
    struct dl_buffer value;
    struct dl_json w;
    int rc = 0;

    if (!job->has_session)
        return dl_error_set(err, why->code, "%s", why->text);
    dl_buffer_init(&value, VALUE_MAX);
    dl_json_begin(&w, out, 2);
    dl_json_object(&w);
    dl_json_member(&w, "file", *session->config_path ? session->config_path : NULL);
    dl_json_member_bool(&w, "saved", session->saved != NULL);
    if (why->code != DL_OK) { /* then these are the values of the environment alone */
        dl_json_member(&w, "code", dl_error_info(why->code)->id);
        dl_json_member(&w, "message", why->text);
    }
    dl_json_key(&w, "properties");
    dl_json_object(&w);
    for (int p = 0; rc == 0 && p < DL_PROPERTY_COUNT; p++)
        rc = write_property(&w, session->config, (enum dl_property)p, &value, err);
    dl_json_object_end(&w);
    dl_json_object_end(&w);
    dl_buffer_free(&value);
    if (rc < 0)
        return rc;
    rc = dl_json_end(&w);
    if (rc == 0)
        rc = dl_buffer_char(out, '\n');
    if (rc < 0)
        dl_error_set(err, (enum dl_code) - rc, "the configuration cannot be written");
    return rc;
}

int report_manifest(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    if (!job->session.integration)
        return dl_error_set(err, job->session_error.code, "%s", job->session_error.text);
    return dl_file_read(job->session.integration->path, true, out, err);
}
