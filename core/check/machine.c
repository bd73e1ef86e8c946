#include "check/machine.h"

#include <string.h>

#include "base/text.h"
#include "check/internal.h"

#define VALUE_MAX (64 * 1024)

bool dl_machine_override(const struct dl_config *saved, const struct dl_config *config,
                         enum dl_property property, const char *path, char *to, size_t size)
{
    struct dl_buffer file, effective;
    bool differs;

    if (!saved || config->origin[property] != DL_ORIGIN_ENVIRONMENT)
        return false;
    dl_buffer_init(&file, VALUE_MAX);
    dl_buffer_init(&effective, VALUE_MAX);
    differs = dl_config_get(saved, property, &file, NULL) == 0 &&
              dl_config_get(config, property, &effective, NULL) == 0 &&
              strcmp(dl_buffer_string(&file), dl_buffer_string(&effective)) != 0;
    if (differs)
        dl_text_format(to, size, "%s=%s in the environment wins over %s \"%s\" in %s",
                       dl_properties[property].environment, dl_buffer_string(&effective),
                       dl_properties[property].key, dl_buffer_string(&file), path ? path : "");
    dl_buffer_free(&file);
    dl_buffer_free(&effective);
    return differs;
}

/* Every value that is not the default, with where it is from. Returns how many there are. */
static int list_values(struct dl_stage_report *report, const struct dl_config *config)
{
    struct dl_buffer value;
    int count = 0;

    dl_buffer_init(&value, VALUE_MAX);
    for (int p = 0; p < DL_PROPERTY_COUNT; p++) {
        if (config->origin[p] == DL_ORIGIN_DEFAULT || p == DL_PROP_INTEGRATION)
            continue;
        dl_buffer_clear(&value);
        if (dl_config_get(config, (enum dl_property)p, &value, NULL) < 0)
            continue;
        dl_stage_evidence(report, dl_properties[p].key, "%s (%s)", dl_buffer_string(&value),
                          dl_origin_name(config->origin[p]));
        count++;
    }
    dl_buffer_free(&value);
    return count;
}

/* The first value of the environment that hides another one. */
static bool find_override(struct dl_stage_report *report, const struct dl_doctor_options *o,
                          struct dl_error *err)
{
    char sentence[512];

    for (int p = 0; p < DL_PROPERTY_COUNT; p++) {
        if (!dl_machine_override(o->saved, o->config, (enum dl_property)p, o->config_path, sentence,
                                 sizeof sentence))
            continue;
        if (err->code == DL_OK)
            dl_error_set(err, DL_E_ENV_OVERRIDE, "%s", sentence);
        dl_stage_evidence(report, dl_error_info(DL_E_ENV_OVERRIDE)->id, "%s", sentence);
    }
    return err->code != DL_OK;
}

void dl_machine_config(struct dl_stage_report *report, const struct dl_doctor_options *options)
{
    const struct dl_integration *integration = options->integration;
    struct dl_error err = {0};
    char text[512];
    int values;

    if (integration) {
        dl_stage_evidence(report, "integration", "%s", integration->name);
        dl_stage_evidence(report, "source", "%s", integration->source);
    }
    if (options->config_path)
        dl_stage_evidence(report, "path", "%s", options->config_path);
    values = list_values(report, options->config);
    if (options->config_error && options->config_error->code != DL_OK) {
        dl_stage_put_error(report, DL_RESULT_FAIL, 0, options->config_error);
    } else if (find_override(report, options, &err)) {
        dl_stage_put_error(report, DL_RESULT_WARN, 0, &err);
    } else if (options->saved) {
        dl_text_format(text, sizeof text, "%s, %s", options->config_path,
                       options->config->verified ? "verified" : "not verified by a test yet");
        dl_stage_put(report, DL_RESULT_PASS, 0, text);
    } else {
        dl_text_format(text, sizeof text, "none is saved; %d value%s of options and environment",
                       values, values == 1 ? "" : "s");
        dl_stage_put(report, DL_RESULT_PASS, 0, text);
    }
}

void dl_machine_source(struct dl_stage_report *report, const struct dl_doctor_options *options)
{
    char text[256];

    if (options->key_place)
        dl_stage_evidence(report, "place", "%s", options->key_place);
    if (options->key) {
        dl_text_format(text, sizeof text, "a key from %s",
                       options->key_place ? options->key_place : "the caller");
        dl_stage_put(report, DL_RESULT_PASS, 0, text);
    } else if (options->key_error && options->key_error->code != DL_OK) {
        dl_stage_put_error(report, DL_RESULT_FAIL, 0, options->key_error);
    } else {
        dl_stage_put(report, DL_RESULT_SKIP, 0, "no API key was given");
    }
}
