/* doctor.json: every stage as it went just now, or as another command found it. */
#include "command/doctor.h"
#include "command/report.h"

int report_doctor_json(const struct dl_doctor_table *table, struct dl_buffer *out,
                       struct dl_error *err)
{
    const struct dl_stage_report *worst = dl_doctor_worst(table);
    struct dl_json w;
    int rc;

    dl_json_begin(&w, out, 2);
    dl_json_object(&w);
    dl_json_member_bool(&w, "ok", !worst);
    dl_json_member(&w, "code", worst ? dl_error_info(worst->code)->id : NULL);
    dl_json_member(&w, "message", worst ? worst->message : NULL);
    dl_doctor_json(table, &w);
    dl_json_object_end(&w);
    rc = dl_json_end(&w);
    if (rc == 0)
        rc = dl_buffer_char(out, '\n');
    return rc < 0 ? dl_error_set(err, (enum dl_code) - rc, "the stages cannot be written") : 0;
}

int report_doctor(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    struct doctor_case c = {.program = job->program,
                            .session = job->session,
                            .key = job->key,
                            .key_error = job->key_error,
                            .config_error = job->session_error};
    struct dl_doctor *doctor = NULL;
    int rc;

    if (job->findings)
        return dl_buffer_add(out, job->findings->data, job->findings->len) < 0
                   ? dl_error_set(err, DL_E_LIMIT, "the findings do not fit")
                   : 0;
    if (!job->session.config)
        return dl_error_set(err, job->session_error.code, "%s", job->session_error.text);
    if (!job->session.config->site && !job->session.config->endpoint)
        return dl_error_set(err, DL_E_CFG_NONE, "no site is chosen, so there is nothing to test");
    doctor_case_look(&c);
    rc = dl_http_new(&c.http, err);
    if (rc == 0)
        rc = doctor_case_start(&c, false, NULL, NULL, NULL, &doctor, err);
    if (rc == 0)
        rc = doctor_case_run(&c, doctor, err);
    if (rc == 0)
        rc = report_doctor_json(dl_doctor_table(doctor), out, err);
    dl_doctor_free(doctor);
    dl_http_free(c.http); /* all else is the job's */
    return rc;
}
