#include "setup/job.h"

#include <string.h>

#include "base/clock.h"

void job_end(struct job *job)
{
    dl_check_free(job->check);
    dl_config_free(job->config);
    dl_key_free(job->key);
    memset(job, 0, sizeof *job);
}

static int copy_key(struct dl_key **out, const struct dl_key *key)
{
    return key == NULL ? 0 : dl_key_new(out, dl_key_text(key), dl_key_length(key), NULL);
}

void job_start(struct job *job, const struct job_world *world, const struct setup_effect *effect,
               const struct dl_site *site)
{
    job_end(job);
    job->world = world;
    job->kind = effect->kind;
    job->serial = effect->serial;
    job->site = site;
    job->start_ms = dl_clock_ms() + effect->delay_ms;
    job->active = true;
    job->failed = effect->config == NULL ||
                  dl_config_copy(&job->config, effect->config, NULL) != 0 ||
                  copy_key(&job->key, effect->key) != 0;
    if (!job->failed && site != NULL)
        job->config->site = site;
}

static void changed(void *context)
{
    struct job *job = context;

    job->changed = true;
}

static unsigned stages_of(enum setup_effect_kind kind)
{
    switch (kind) {
    case SETUP_TEST:
        return DL_STAGES_TEST;
    case SETUP_CHECK_KEY:
    case SETUP_FIND_SITE:
        return DL_STAGES_KEY;
    default:
        return DL_STAGES_REACH;
    }
}

static void begin(struct job *job)
{
    const struct dl_config *config = job->config;
    struct dl_check_options options = {
        .config = config,
        .integration = job->kind == SETUP_TEST ? job->world->integration : NULL,
        .key = job->key,
        .environment = job->world->proxies,
        .hostname = job->world->hostname,
        .stages = stages_of(job->kind),
        .total_ms = job->world->total_ms,
        .encoding_fixed = config->encoding == DL_ENCODING_NONE ||
                          config->origin[DL_PROP_ENCODING] == DL_ORIGIN_OPTION,
        .changed = changed,
        .context = job,
    };

    /* what stops a check from starting comes out as its verdict: there is no check then */
    if (dl_check_start(&job->check, job->world->http, &options, NULL) != 0)
        job->check = NULL;
    job->changed = true;
}

int job_step(struct job *job)
{
    int64_t now = dl_clock_ms();

    if (!job->active)
        return -1;
    if (job->check == NULL) {
        if (now < job->start_ms)
            return (int)(job->start_ms - now);
        if (!job->failed)
            begin(job);
        if (job->check == NULL)
            return 0;
    }
    return dl_check_step(job->check);
}

bool job_over(struct job *job)
{
    if (!job->active || dl_clock_ms() < job->start_ms)
        return false;
    if (job->check != NULL && !dl_check_done(job->check))
        return false;
    job->active = false;
    return true;
}

void job_result(const struct job *job, struct setup_result *result)
{
    *result = (struct setup_result){
        .kind = job->kind, .serial = job->serial, .done = !job->active, .site = job->site};
    if (job->check == NULL) {
        if (result->done)
            dl_error_set(&result->error, DL_E_NOMEM, "the check cannot be started");
        return;
    }
    for (int i = 0; i < DL_STAGE_COUNT; i++)
        result->reports[i] = dl_check_report(job->check, (enum dl_stage)i);
    result->test_id = dl_check_test_id(job->check);
    result->accepted = dl_check_accepted(job->check);
    result->shown_count = dl_check_shown_count(job->check);
    for (size_t i = 0; i < result->shown_count; i++)
        result->shown[i] = dl_check_shown(job->check, i);
    result->encoding = dl_check_encoding(job->check);
    if (result->done)
        (void)dl_check_verdict(job->check, &result->error);
}
