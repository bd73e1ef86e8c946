#include "drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char manifest[] =
    "{\"version\":1,\"name\":\"acme_widget\",\"title\":\"Acme Widget\","
    "\"source\":\"acme_widget\",\"services\":[\"acme-api\",\"acme-web\"],"
    "\"samples\":[\"the widget turned\"],\"suggested_tags\":[\"team:widgets\"]}";

int drive_setup(void **state)
{
    struct drive *d = calloc(1, sizeof *d);

    assert_non_null(d);
    (void)snprintf(d->folder, sizeof d->folder, "/tmp/ddlogs-drive-XXXXXX");
    assert_non_null(mkdtemp(d->folder));
    (void)snprintf(d->path, sizeof d->path, "%s/manifest.json", d->folder);
    FILE *file = fopen(d->path, "w");
    assert_non_null(file);
    assert_true(fputs(manifest, file) >= 0);
    assert_int_equal(fclose(file), 0);
    struct dl_error err = {0};
    if (dl_integration_read(&d->integration, d->path, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(dl_config_new(&d->config, d->integration->name, NULL), 0);
    d->loaded = (struct setup_loaded){
        .integration = d->integration, .config = d->config, .path = "/home/you/config.json"};
    d->input = (struct setup_input){
        .program = "ddlogs setup", .loaded = &d->loaded, .only = SETUP_PAGE_COUNT};
    *state = d;
    return 0;
}

int drive_teardown(void **state)
{
    struct drive *d = *state;

    setup_free(d->setup);
    view_clear(&d->view);
    dl_config_free(d->config);
    dl_config_free(d->saved);
    dl_integration_free(d->integration);
    (void)unlink(d->path);
    (void)rmdir(d->folder);
    free(d);
    return 0;
}

void drive_save_before(struct drive *d)
{
    assert_int_equal(dl_config_set(d->config, DL_PROP_SITE, "us1", DL_ORIGIN_FILE, NULL), 0);
    assert_int_equal(dl_config_set(d->config, DL_PROP_KEY_SOURCE, "session", DL_ORIGIN_FILE, NULL),
                     0);
    assert_int_equal(dl_config_set(d->config, DL_PROP_TAGS, "env:prod", DL_ORIGIN_FILE, NULL), 0);
    assert_int_equal(dl_config_set(d->config, DL_PROP_VERIFIED, "true", DL_ORIGIN_FILE, NULL), 0);
    assert_int_equal(dl_config_copy(&d->saved, d->config, NULL), 0);
    d->loaded.saved = d->saved;
}

void drive_begin(struct drive *d)
{
    struct dl_error err = {0};

    if (setup_new(&d->setup, &d->input, &d->fx, &err) != 0)
        fail_msg("%s", err.text);
    setup_view(d->setup, &d->view);
}

static void feed(struct drive *d, const struct setup_event *event)
{
    setup_update(d->setup, event, &d->fx);
    setup_view(d->setup, &d->view);
}

void drive_event(struct drive *d, enum setup_event_kind kind, long number, const char *text)
{
    feed(d, &(struct setup_event){.kind = kind, .number = number, .text = text});
}

void drive_next(struct drive *d)
{
    drive_event(d, SETUP_NEXT, 0, NULL);
}

void drive_back(struct drive *d)
{
    drive_event(d, SETUP_BACK, 0, NULL);
}

void drive_letter(struct drive *d, char letter)
{
    drive_event(d, SETUP_ACTION, letter, NULL);
}

struct dl_key *drive_make_key(const char *text)
{
    struct dl_key *key = NULL;

    assert_int_equal(dl_key_new(&key, text, strlen(text), NULL), 0);
    return key;
}

void drive_key(struct drive *d, const char *text)
{
    feed(d, &(struct setup_event){.kind = SETUP_KEY, .key = drive_make_key(text)});
}

const struct setup_effect *drive_effect(const struct drive *d, enum setup_effect_kind kind)
{
    for (size_t i = d->fx.count; i > 0; i--)
        if (d->fx.items[i - 1].kind == kind)
            return &d->fx.items[i - 1];
    return NULL;
}

void drive_answer(struct drive *d, enum setup_effect_kind kind, struct setup_result *result)
{
    const struct setup_effect *effect = drive_effect(d, kind);

    assert_non_null(effect);
    result->kind = kind;
    result->serial = effect->serial;
    feed(d, &(struct setup_event){.kind = SETUP_DONE, .result = result});
}

void drive_ok(struct drive *d, enum setup_effect_kind kind)
{
    drive_answer(d, kind, &(struct setup_result){.done = true});
}

void drive_fails(struct drive *d, enum setup_effect_kind kind, enum dl_code code)
{
    struct setup_result result = {.done = true};

    dl_error_set(&result.error, code, "%s", dl_error_info(code)->title);
    drive_answer(d, kind, &result);
}

void drive_test_ok(struct drive *d)
{
    static struct dl_stage_report reports[DL_STAGE_COUNT];
    struct setup_result result = {
        .done = true, .accepted = 33, .test_id = "7f3c91be-02d14a6e", .encoding = DL_ENCODING_ZSTD};

    for (int i = 0; i < DL_STAGE_COUNT; i++) {
        reports[i] = (struct dl_stage_report){
            .stage = (enum dl_stage)i, .result = DL_RESULT_PASS, .ms = 4, .message = "fine"};
        result.reports[i] = &reports[i];
    }
    drive_answer(d, SETUP_TEST, &result);
}

static bool holds(const char *text, const char *part)
{
    return text != NULL && strstr(text, part) != NULL;
}

bool drive_shows(const struct drive *d, const char *text)
{
    const struct view *v = &d->view;
    bool found = holds(v->title, text) || holds(v->corner, text) || holds(v->question, text) ||
                 holds(v->help, text) || holds(v->prompt, text) || holds(v->current, text);

    for (size_t i = 0; i < v->line_count; i++)
        found = found || holds(v->lines[i].left, text) || holds(v->lines[i].text, text) ||
                holds(v->lines[i].right, text);
    for (size_t i = 0; i < v->item_count; i++)
        found = found || holds(v->items[i].name, text) || holds(v->items[i].text, text) ||
                holds(v->items[i].detail, text);
    for (size_t i = 0; i < v->field_count; i++)
        found = found || holds(v->fields[i].value, text) || holds(v->fields[i].hint, text) ||
                holds(v->fields[i].origin, text);
    for (size_t i = 0; i < v->memory_count; i++)
        found = found || holds(v->memory[i], text);
    return found;
}

bool drive_offers(const struct drive *d, const char *key)
{
    for (size_t i = 0; i < d->view.key_count; i++)
        if (strcmp(d->view.keys[i].key, key) == 0)
            return true;
    return false;
}
