#include "check/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/internal.h"
#include "check/machine.h"

struct dl_doctor {
    struct dl_doctor_options options;
    struct dl_doctor_table table;
    struct dl_stage_report machine[DL_STAGE_COUNT];
    struct dl_config *configs[DL_SITE_COUNT]; /* of the rows, where they are not the caller's */
    struct dl_check *checks[DL_SITE_COUNT];
    char key_reason[160]; /* why the other sites do not get the key */
    bool planned;
};

static void news(void *context)
{
    struct dl_doctor *doctor = context;

    if (doctor->options.changed)
        doctor->options.changed(doctor->options.context);
}

/* ---- the machine ---- */

static void begin_machine(struct dl_doctor *doctor)
{
    for (int i = 0; i < DL_STAGE_COUNT; i++) {
        doctor->machine[i].stage = (enum dl_stage)i;
        if (DL_STAGES_MACHINE & DL_STAGE_BIT(i))
            doctor->table.machine[i] = &doctor->machine[i];
    }
    dl_machine_config(&doctor->machine[DL_STAGE_CONFIG], &doctor->options);
    dl_machine_source(&doctor->machine[DL_STAGE_SOURCE], &doctor->options);
    dl_machine_state(&doctor->machine[DL_STAGE_STATE], &doctor->options);
}

/* The last stage: by what was found out for the site that the sender uses. */
static void plan(struct dl_doctor *doctor)
{
    const struct dl_site *own = doctor->options.config->site;
    const struct dl_doctor_row *row = NULL;

    for (size_t i = 0; i < doctor->table.row_count; i++)
        if (!doctor->options.all || doctor->table.rows[i].site == own)
            row = &doctor->table.rows[i];
    dl_machine_plan(&doctor->machine[DL_STAGE_PLAN], &doctor->options, row);
    doctor->planned = true;
    news(doctor);
}

/* ---- the sites ---- */

/* The configuration with this site's own addresses. */
static int site_config(struct dl_config **out, const struct dl_config *config,
                       const struct dl_site *site, struct dl_error *err)
{
    int rc = dl_config_copy(out, config, err);

    if (rc == 0)
        rc = dl_config_set(*out, DL_PROP_ENDPOINT, NULL, DL_ORIGIN_OPTION, err);
    if (rc == 0)
        rc = dl_config_set(*out, DL_PROP_API_ENDPOINT, NULL, DL_ORIGIN_OPTION, err);
    return rc == 0 ? dl_config_set(*out, DL_PROP_SITE, site->id, DL_ORIGIN_OPTION, err) : rc;
}

/* A key is of one site. Where none is configured, finding it is what is asked for; government
 * sites get a key that was meant for them alone. */
static bool gets_key(const struct dl_doctor_options *o, const struct dl_site *site)
{
    if (!o->all || site == o->config->site)
        return true;
    return !o->config->site && !site->government;
}

static int start_row(struct dl_doctor *doctor, struct dl_http *http, const struct dl_site *site,
                     struct dl_error *err)
{
    const struct dl_doctor_options *o = &doctor->options;
    size_t i = doctor->table.row_count;
    struct dl_doctor_row *row = &doctor->table.rows[i];
    bool key = gets_key(o, site);
    struct dl_check_options options = {.config = o->config,
                                       .integration = o->integration,
                                       .key = key ? o->key : NULL,
                                       .key_reason = o->key && !key ? doctor->key_reason : NULL,
                                       .environment = o->environment,
                                       .hostname = o->hostname,
                                       .stages = DL_STAGES_DOCTOR,
                                       .families = true,
                                       .resolver = o->resolver,
                                       .total_ms = o->total_ms,
                                       .changed = news,
                                       .context = doctor};
    int rc = 0;

    options.stages |= (o->send ? DL_STAGES_SEND : 0) | (o->deep ? DL_STAGES_DEEP : 0);
    if (o->all) {
        rc = site_config(&doctor->configs[i], o->config, site, err);
        options.config = doctor->configs[i];
    }
    if (rc == 0)
        rc = dl_check_start(&doctor->checks[i], http, &options, err);
    if (rc < 0)
        return rc;
    row->site = site;
    row->name = o->config->endpoint && !o->all ? o->config->endpoint : site->name;
    for (int stage = 0; stage < DL_STAGE_COUNT; stage++)
        if (options.stages & DL_STAGE_BIT(stage))
            row->reports[stage] = dl_check_report(doctor->checks[i], (enum dl_stage)stage);
    doctor->table.row_count++;
    return 0;
}

static int start_rows(struct dl_doctor *doctor, struct dl_http *http, struct dl_error *err)
{
    const struct dl_doctor_options *o = &doctor->options;
    int rc = 0;

    if (!o->all)
        return start_row(doctor, http, o->config->site, err);
    for (size_t i = 0; i < DL_SITE_COUNT && rc == 0; i++)
        rc = start_row(doctor, http, &dl_sites[i], err);
    return rc;
}

int dl_doctor_start(struct dl_doctor **out, struct dl_http *http,
                    const struct dl_doctor_options *options, struct dl_error *err)
{
    const struct dl_config *config = options->config;
    struct dl_doctor *doctor;
    int rc;

    if (!options->all && !config->site && !config->endpoint)
        return dl_error_set(err, DL_E_USAGE,
                            "no site is configured: choose one with --site, or look at --site all");
    doctor = calloc(1, sizeof *doctor);
    if (!doctor)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the doctor");
    doctor->options = *options;
    doctor->options.changed = NULL; /* the caller has no handle yet */
    if (config->site)
        dl_text_format(doctor->key_reason, sizeof doctor->key_reason,
                       "the key is for %s: it is not shown to other sites", config->site->name);
    else
        dl_text_copy(doctor->key_reason, sizeof doctor->key_reason,
                     "a government site gets a key by --site alone");
    begin_machine(doctor);
    rc = start_rows(doctor, http, err);
    if (rc < 0) {
        dl_doctor_free(doctor);
        return rc;
    }
    doctor->options.changed = options->changed;
    *out = doctor;
    return 0;
}

void dl_doctor_free(struct dl_doctor *doctor)
{
    if (!doctor)
        return;
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        dl_check_free(doctor->checks[i]);
        dl_config_free(doctor->configs[i]);
    }
    free(doctor);
}

int dl_doctor_step(struct dl_doctor *doctor)
{
    bool done = true;
    int wait = -1;

    for (size_t i = 0; i < doctor->table.row_count; i++) {
        int left = dl_check_step(doctor->checks[i]);

        if (dl_check_done(doctor->checks[i]))
            continue;
        done = false;
        if (left >= 0 && (wait < 0 || left < wait))
            wait = left;
    }
    if (done && !doctor->planned)
        plan(doctor);
    return wait;
}

bool dl_doctor_done(const struct dl_doctor *doctor)
{
    return doctor->planned;
}

const struct dl_doctor_table *dl_doctor_table(const struct dl_doctor *doctor)
{
    return &doctor->table;
}

/* ---- what it comes to ---- */

static const struct dl_stage_report *first_of(const struct dl_stage_report *const *reports,
                                              enum dl_result result)
{
    for (int i = 0; i < DL_STAGE_COUNT; i++)
        if (reports[i] && reports[i]->result == result)
            return reports[i];
    return NULL;
}

const struct dl_stage_report *dl_doctor_cause(const struct dl_stage_report *const *reports)
{
    const struct dl_stage_report *failed = first_of(reports, DL_RESULT_FAIL);

    return failed ? failed : first_of(reports, DL_RESULT_WARN);
}

bool dl_doctor_is_worse(enum dl_code code, enum dl_code other)
{
    const struct dl_error_info *x = dl_error_info(code), *y = dl_error_info(other);

    if (other == DL_OK)
        return true;
    if ((x->kind == DL_KIND_RETRY) != (y->kind == DL_KIND_RETRY))
        return y->kind == DL_KIND_RETRY;
    return x->exit_code > y->exit_code;
}

const struct dl_stage_report *dl_doctor_worst(const struct dl_doctor_table *table)
{
    const struct dl_stage_report *worst = NULL;

    for (size_t i = 0; i <= table->row_count; i++) {
        const struct dl_stage_report *const *reports =
            i == 0 ? table->machine : table->rows[i - 1].reports;

        for (int stage = 0; stage < DL_STAGE_COUNT; stage++)
            if (reports[stage] && reports[stage]->result == DL_RESULT_FAIL &&
                dl_doctor_is_worse(reports[stage]->code, worst ? worst->code : DL_OK))
                worst = reports[stage];
    }
    return worst;
}

/* ---- JSON ---- */

static void stages_json(const struct dl_stage_report *const *reports, struct dl_json *w)
{
    dl_json_array(w);
    for (int i = 0; i < DL_STAGE_COUNT; i++)
        if (reports[i])
            dl_stage_json(reports[i], w);
    dl_json_array_end(w);
}

static void row_json(const struct dl_doctor_row *row, struct dl_json *w)
{
    const struct dl_stage_report *cause = dl_doctor_cause(row->reports);
    bool failed = cause && cause->result == DL_RESULT_FAIL;
    int64_t ms = 0;

    for (int i = 0; i < DL_STAGE_COUNT; i++)
        ms += row->reports[i] ? row->reports[i]->ms : 0;
    dl_json_object(w);
    dl_json_member(w, "site", row->site ? row->site->id : NULL);
    dl_json_member(w, "name", row->name);
    dl_json_member_bool(w, "ok", !failed);
    dl_json_member(w, "code", cause ? dl_error_info(cause->code)->id : NULL);
    dl_json_member_integer(w, "ms", ms);
    dl_json_key(w, "stages");
    stages_json(row->reports, w);
    dl_json_object_end(w);
}

void dl_doctor_json(const struct dl_doctor_table *table, struct dl_json *w)
{
    dl_json_key(w, "machine");
    stages_json(table->machine, w);
    dl_json_key(w, "sites");
    dl_json_array(w);
    for (size_t i = 0; i < table->row_count; i++)
        row_json(&table->rows[i], w);
    dl_json_array_end(w);
}
