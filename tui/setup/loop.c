#include "setup/loop.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "secret/keyring.h"
#include "setup/job.h"
#include "setup/save.h"
#include "setup/signals.h"

#define TICK_MS 1000
#define UNLOCK_MS 120000 /* a person looks for the desktop's prompt and types a password */

/* One request to the keyring that is no part of saving. */
struct keyring_job {
    enum setup_effect_kind kind; /* KEYRING_STATUS or READ_KEY */
    unsigned serial;
    struct dl_keyring *keyring; /* NULL: none runs */
    bool over;                  /* the result is there and not told yet */
    struct dl_key *key;
    struct dl_error error;
};

struct setup_loop {
    struct setup_loop_options options;
    struct front *front;
    struct job_world world;
    struct setup *setup;
    struct view view;
    struct job reach, find, check, survey[DL_SITE_COUNT]; /* check: CHECK_KEY and TEST */
    struct setup_effect find_effect; /* its sites; config and key are the job's own */
    struct dl_config *find_config;
    struct dl_key *find_key;
    size_t find_at;
    struct keyring_job status, reader;
    struct save *save;
    unsigned save_serial;
    struct dl_error save_error; /* it could not even start */
    bool over, emitted, fresh;  /* fresh: an effect began since the last step */
    int exit_code, signal;
    int64_t tick_ms;
};

static void feed(struct setup_loop *loop, const struct setup_event *event);

static void tell(struct setup_loop *loop, const struct setup_result *result)
{
    feed(loop, &(struct setup_event){.kind = SETUP_DONE, .result = result});
}

/* Effects */

static void start_find(struct setup_loop *loop, const struct setup_effect *effect)
{
    dl_config_free(loop->find_config);
    dl_key_free(loop->find_key);
    loop->find_config = NULL;
    loop->find_key = NULL;
    /* without its key a check would pass where the key is not known: then none begins */
    if (effect->key != NULL && dl_key_new(&loop->find_key, dl_key_text(effect->key),
                                          dl_key_length(effect->key), NULL) == 0)
        (void)dl_config_copy(&loop->find_config, effect->config, NULL);
    loop->find_effect = *effect;
    loop->find_effect.config = loop->find_config;
    loop->find_effect.key = loop->find_key;
    loop->find_at = 0;
    job_start(&loop->find, &loop->world, &loop->find_effect, effect->sites[0]);
}

static void start_keyring(struct setup_loop *loop, struct keyring_job *job,
                          const struct setup_effect *effect)
{
    struct dl_keyring_request request = {
        .verb = effect->kind == SETUP_READ_KEY ? DL_KEYRING_GET : DL_KEYRING_STATUS,
        .helper = loop->options.keys->keyring_helper,
        .integration = effect->config->integration,
        .site = effect->config->site != NULL ? effect->config->site->id : "",
        .unlock = effect->unlock,
        .timeout_ms = effect->unlock ? UNLOCK_MS : loop->options.keys->timeout_ms,
    };

    dl_keyring_free(job->keyring);
    dl_key_free(job->key);
    *job = (struct keyring_job){.kind = effect->kind, .serial = effect->serial};
    if (effect->kind == SETUP_READ_KEY && effect->config->key_source != DL_KEY_KEYRING) {
        /* a file, a credential, a descriptor: no wait worth the name */
        (void)dl_key_read(&job->key, effect->config, loop->options.keys, &job->error);
        job->over = true;
    } else if (dl_keyring_start(&job->keyring, &request, &job->error) != 0) {
        job->keyring = NULL;
        job->over = true;
    }
}

static void end_keyring(struct keyring_job *job)
{
    dl_keyring_free(job->keyring);
    dl_key_free(job->key);
    *job = (struct keyring_job){0};
}

static void cancel(struct setup_loop *loop, enum setup_effect_kind what)
{
    switch (what) {
    case SETUP_REACH:
        job_end(&loop->reach);
        break;
    case SETUP_CHECK_KEY:
    case SETUP_TEST:
        job_end(&loop->check);
        break;
    case SETUP_FIND_SITE:
        job_end(&loop->find);
        break;
    case SETUP_SURVEY:
        for (size_t i = 0; i < DL_SITE_COUNT; i++)
            job_end(&loop->survey[i]);
        break;
    case SETUP_KEYRING_STATUS:
        end_keyring(&loop->status);
        break;
    case SETUP_READ_KEY:
        end_keyring(&loop->reader);
        break;
    default:
        break;
    }
}

static void load(struct setup_loop *loop, const struct setup_effect *effect)
{
    struct setup_result result = {.kind = SETUP_LOAD, .serial = effect->serial, .done = true};

    if (loop->options.load(loop->options.context, effect->name, &result.loaded, &result.error) == 0)
        loop->world.integration = result.loaded->integration;
    tell(loop, &result);
}

static void report(struct setup_loop *loop, const struct setup_effect *effect)
{
    struct setup_result result = {.kind = SETUP_REPORT, .serial = effect->serial, .done = true};
    char path[4096] = "";

    if (loop->options.report == NULL || loop->check.check == NULL)
        dl_error_set(&result.error, DL_E_INTERNAL, "there is nothing to report");
    else if (loop->options.report(loop->options.context, loop->check.check, path, sizeof path,
                                  &result.error) == 0)
        result.label = path;
    tell(loop, &result);
}

static void start_save(struct setup_loop *loop, const struct setup_effect *effect)
{
    save_free(loop->save);
    loop->save = NULL;
    loop->save_serial = effect->serial;
    loop->save_error = (struct dl_error){0};
    (void)save_start(&loop->save, effect, loop->options.keys->keyring_helper, &loop->save_error);
}

static void run_effect(struct setup_loop *loop, const struct setup_effect *effect)
{
    loop->fresh = true;
    switch (effect->kind) {
    case SETUP_LOAD:
        load(loop, effect);
        break;
    case SETUP_REACH:
        job_start(&loop->reach, &loop->world, effect, NULL);
        break;
    case SETUP_CHECK_KEY:
    case SETUP_TEST:
        job_start(&loop->check, &loop->world, effect, NULL);
        break;
    case SETUP_FIND_SITE:
        start_find(loop, effect);
        break;
    case SETUP_SURVEY:
        for (size_t i = 0; i < effect->site_count; i++)
            job_start(&loop->survey[i], &loop->world, effect, effect->sites[i]);
        break;
    case SETUP_KEYRING_STATUS:
        start_keyring(loop, &loop->status, effect);
        break;
    case SETUP_READ_KEY:
        start_keyring(loop, &loop->reader, effect);
        break;
    case SETUP_REPORT:
        report(loop, effect);
        break;
    case SETUP_SAVE:
        start_save(loop, effect);
        break;
    case SETUP_CANCEL:
        cancel(loop, effect->what);
        break;
    case SETUP_END:
        loop->over = true;
        loop->exit_code = effect->exit_code;
        break;
    case SETUP_EFFECT_COUNT:
        break;
    }
}

static void show(struct setup_loop *loop)
{
    setup_view(loop->setup, &loop->view);
    if (!loop->over)
        loop->front->draw(loop->front, &loop->view);
}

static void run_effects(struct setup_loop *loop, const struct setup_effects *effects)
{
    for (size_t i = 0; i < effects->count; i++)
        run_effect(loop, &effects->items[i]);
}

static void feed(struct setup_loop *loop, const struct setup_event *event)
{
    struct setup_effects effects;

    setup_update(loop->setup, event, &effects);
    run_effects(loop, &effects);
    show(loop);
}

static void emit(void *context, const struct setup_event *event)
{
    struct setup_loop *loop = context;

    loop->emitted = true;
    feed(loop, event);
}

/* News of what runs */

static int sooner(int a, int b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

/* Steps one check and tells what is new. */
static int step_job(struct setup_loop *loop, struct job *job, bool *over)
{
    struct setup_result result;
    int wait = job_step(job);

    *over = job_over(job);
    if (job->active && job->changed) {
        job->changed = false;
        job_result(job, &result);
        tell(loop, &result);
    }
    return job->active ? wait : -1;
}

static int step_check(struct setup_loop *loop, struct job *job)
{
    struct setup_result result;
    bool over;
    int wait = step_job(loop, job, &over);

    if (!over)
        return wait;
    job_result(job, &result);
    tell(loop, &result);
    return 0;
}

/* The next site, unless this one knows the key. */
static int step_find(struct setup_loop *loop)
{
    struct setup_result result;
    int wait = job_step(&loop->find);

    if (!job_over(&loop->find))
        return loop->find.active ? wait : -1;
    job_result(&loop->find, &result);
    loop->find_at++;
    result.done = result.error.code == DL_OK || loop->find_at == loop->find_effect.site_count;
    tell(loop, &result);
    if (!result.done && loop->find.world != NULL)
        job_start(&loop->find, &loop->world, &loop->find_effect,
                  loop->find_effect.sites[loop->find_at]);
    return 0;
}

static int step_survey(struct setup_loop *loop)
{
    struct setup_result result;
    int wait = -1;

    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        struct job *job = &loop->survey[i];
        bool active = false;
        wait = sooner(wait, job_step(job));
        if (!job_over(job))
            continue;
        for (size_t other = 0; other < DL_SITE_COUNT; other++)
            active |= loop->survey[other].active;
        job_result(job, &result);
        result.done = !active;
        tell(loop, &result);
        wait = 0;
    }
    return wait;
}

static int until(int64_t deadline)
{
    int64_t left = deadline - dl_clock_ms();

    return left < 0 ? 0 : left > TICK_MS ? TICK_MS : (int)left;
}

static int step_keyring(struct setup_loop *loop, struct keyring_job *job)
{
    struct setup_result result = {.kind = job->kind, .serial = job->serial, .done = true};

    if (job->keyring != NULL && dl_keyring_step(job->keyring, &job->error) != 1)
        job->over = true;
    if (!job->over)
        return job->keyring != NULL ? until(dl_keyring_deadline(job->keyring)) : -1;
    result.error = job->error;
    if (job->keyring != NULL && job->error.code == DL_OK) {
        result.label = dl_keyring_label(job->keyring);
        result.has_key = dl_keyring_has_key(job->keyring);
        job->key = job->kind == SETUP_READ_KEY ? dl_keyring_take_key(job->keyring) : NULL;
    }
    result.key = job->key;
    struct dl_keyring *keyring =
        job->keyring; /* the label lives in it, and the machine may start anew */
    *job = (struct keyring_job){0};
    tell(loop, &result);
    dl_keyring_free(keyring);
    return 0;
}

static int step_save(struct setup_loop *loop)
{
    struct setup_result result = {.kind = SETUP_SAVE, .serial = loop->save_serial, .done = true};
    int rc;

    if (loop->save == NULL && loop->save_error.code == DL_OK)
        return -1;
    result.error = loop->save_error;
    if (loop->save != NULL) {
        rc = save_step(loop->save, &result.changed, &result.error);
        if (rc == 1)
            return until(save_deadline(loop->save));
        if (rc == 0)
            result.error = (struct dl_error){0};
    }
    save_free(loop->save);
    loop->save = NULL;
    loop->save_error = (struct dl_error){0};
    tell(loop, &result);
    return 0;
}

static int step_all(struct setup_loop *loop)
{
    int wait = step_check(loop, &loop->reach);

    wait = sooner(wait, step_check(loop, &loop->check));
    wait = sooner(wait, step_find(loop));
    wait = sooner(wait, step_survey(loop));
    wait = sooner(wait, step_keyring(loop, &loop->status));
    wait = sooner(wait, step_keyring(loop, &loop->reader));
    return sooner(wait, step_save(loop));
}

static int tick(struct setup_loop *loop)
{
    int64_t now = dl_clock_ms();

    if (now - loop->tick_ms >= TICK_MS) {
        loop->tick_ms = now;
        feed(loop, &(struct setup_event){.kind = SETUP_TICK});
    }
    return (int)(loop->tick_ms + TICK_MS - now);
}

/* Waiting */

/* The front end answers, and again, as long as it has something to say. */
static void let_answer(struct setup_loop *loop)
{
    do {
        loop->emitted = false;
        if (!loop->over)
            loop->front->read(loop->front, emit, loop);
    } while (loop->emitted && !loop->over && !loop->view.busy);
}

static size_t gather(const struct setup_loop *loop, int signal_fd, struct pollfd fds[5])
{
    int wanted[] = {signal_fd, loop->front->fd(loop->front),
                    loop->status.keyring != NULL ? dl_keyring_fd(loop->status.keyring) : -1,
                    loop->reader.keyring != NULL ? dl_keyring_fd(loop->reader.keyring) : -1,
                    loop->save != NULL ? save_fd(loop->save) : -1};
    size_t count = 0;

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (wanted[i] >= 0)
            fds[count++] = (struct pollfd){.fd = wanted[i], .events = POLLIN};
    return count;
}

static int run(struct setup_loop *loop, int signal_fd, struct dl_error *err)
{
    struct pollfd fds[5];
    int rc = 0;

    loop->tick_ms = dl_clock_ms();
    while (rc >= 0 && !loop->over && loop->signal == 0) {
        loop->fresh = false;
        int wait = step_all(loop);
        if (!loop->view.busy)
            let_answer(loop);
        if (loop->over)
            break;
        if (loop->fresh)
            wait = 0;
        wait = sooner(wait, tick(loop));
        rc = dl_http_poll(loop->world.http, fds, gather(loop, signal_fd, fds), wait, err);
        loop->signal = signals_serve(loop->front);
        if (loop->view.busy && loop->signal == 0) /* Esc while something runs */
            loop->front->read(loop->front, emit, loop);
    }
    return rc < 0 ? rc : 0;
}

/* Start and end */

static int open_front(struct setup_loop *loop, struct dl_error *err)
{
    int rc;

    loop->front = loop->options.front;
    rc = loop->front->open(loop->front, err);
    if (rc == -DL_E_TERM && loop->options.fallback != NULL) {
        loop->front = loop->options.fallback;
        rc = loop->front->open(loop->front, err);
    }
    return rc;
}

int setup_loop_run(struct setup_loop *loop, struct dl_error *err)
{
    struct setup_effects effects;
    int signal_fd = signals_open(), rc;

    if (signal_fd < 0)
        return dl_error_set(err, DL_E_INTERNAL, "no pipe for signals");
    rc = open_front(loop, err);
    if (rc == 0)
        rc = setup_new(&loop->setup, loop->options.input, &effects, err);
    if (rc == 0) {
        show(loop);
        run_effects(loop, &effects);
        rc = run(loop, signal_fd, err);
    }
    loop->front->close(loop->front);
    signals_close();
    if (loop->signal != 0)
        return 128 + loop->signal;
    return rc < 0 ? rc : loop->exit_code;
}

int setup_loop_new(struct setup_loop **out, const struct setup_loop_options *options,
                   struct dl_error *err)
{
    struct setup_loop *loop = calloc(1, sizeof *loop);
    int rc;

    if (loop == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the wizard");
    loop->options = *options;
    loop->front = options->front;
    loop->world.proxies = options->proxies;
    loop->world.hostname = options->hostname;
    loop->world.total_ms = options->test_ms;
    if (options->input->loaded != NULL)
        loop->world.integration = options->input->loaded->integration;
    rc = dl_http_new(&loop->world.http, err);
    if (rc != 0) {
        free(loop);
        return rc;
    }
    *out = loop;
    return 0;
}

const struct setup *setup_loop_machine(const struct setup_loop *loop)
{
    return loop->setup;
}

const struct dl_check *setup_loop_check(const struct setup_loop *loop)
{
    return loop->check.check;
}

void setup_loop_free(struct setup_loop *loop)
{
    if (loop == NULL)
        return;
    save_free(loop->save);
    for (int kind = SETUP_LOAD; kind < SETUP_EFFECT_COUNT; kind++)
        cancel(loop, (enum setup_effect_kind)kind);
    dl_config_free(loop->find_config);
    dl_key_free(loop->find_key);
    dl_http_free(loop->world.http);
    view_clear(&loop->view);
    setup_free(loop->setup);
    free(loop);
}
