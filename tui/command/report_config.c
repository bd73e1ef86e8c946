/* What was set up: the configuration as it takes effect, and the manifest as it stands. */
#include "base/file.h"
#include "command/report.h"

int report_config(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    const struct session *session = &job->session;
    const struct dl_error *why = &job->session_error;
    struct dl_json w;
    int rc;

    if (!job->has_session)
        return dl_error_set(err, why->code, "%s", why->text);
    dl_json_begin(&w, out, 2);
    dl_json_object(&w);
    dl_json_member(&w, "file", *session->config_path ? session->config_path : NULL);
    dl_json_member_bool(&w, "saved", session->saved != NULL);
    if (why->code != DL_OK) { /* then these are the values of the environment alone */
        dl_json_member(&w, "code", dl_error_info(why->code)->id);
        dl_json_member(&w, "message", why->text);
    }
    rc = dl_config_json(session->config, &w, err);
    dl_json_object_end(&w);
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
