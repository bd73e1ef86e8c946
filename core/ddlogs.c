/* The public face of the library: opaque handles over the rooms. Errors, manifest, configuration;
 * the sender is in ddlogs_sender.c. */
#include "ddlogs.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "config.h"
#include "ddlogs_private.h"
#include "identity/paths.h"
#include "secret/key_source.h"
#include "secret/redact.h"

const char *ddlogs_version(void)
{
    return PACKAGE_VERSION;
}

/* ---- errors ---- */

ddlogs_error *ddlogs_error_new(void)
{
    return calloc(1, sizeof(ddlogs_error));
}

void ddlogs_error_free(ddlogs_error *error)
{
    free(error);
}

const char *ddlogs_error_code(const ddlogs_error *error)
{
    return error && error->error.code ? dl_error_info(error->error.code)->id : "";
}

const char *ddlogs_error_text(const ddlogs_error *error)
{
    return error && error->error.code ? error->error.text : "";
}

int ddlogs_error_http_status(const ddlogs_error *error)
{
    return error ? error->error.http_status : 0;
}

/* The room's error inside the handle, emptied for a new call. */
struct dl_error *dl_public_error(ddlogs_error *error)
{
    if (!error)
        return NULL;
    error->error.code = DL_OK;
    error->error.http_status = error->error.sys_errno = 0;
    error->error.text[0] = '\0';
    return &error->error;
}

/* ---- the manifest ---- */

static int wrap_integration(ddlogs_integration **out, struct dl_integration *value,
                            struct dl_error *err)
{
    ddlogs_integration *integration = calloc(1, sizeof *integration);

    if (!integration) {
        dl_integration_free(value);
        return dl_error_set(err, DL_E_NOMEM, "no memory for the integration");
    }
    integration->value = value;
    integration->references = 1;
    *out = integration;
    return 0;
}

int ddlogs_integration_read(ddlogs_integration **out, const char *path, ddlogs_error *error)
{
    struct dl_error *err = dl_public_error(error);
    struct dl_integration *value;
    int rc = dl_integration_read(&value, path, err);

    return rc < 0 ? rc : wrap_integration(out, value, err);
}

static int only_name(char *to, size_t size, const char *folders, struct dl_error *err)
{
    char **names;
    int rc = dl_integration_list(&names, folders, err);

    if (rc < 0)
        return rc;
    if (!names[0])
        rc = dl_error_set(err, DL_E_MANIFEST_NONE, "no integration is installed in %s", folders);
    else if (names[1])
        rc = dl_error_set(err, DL_E_VALUE,
                          "several integrations are installed, %s and %s among them: name one",
                          names[0], names[1]);
    else
        dl_text_copy(to, size, names[0]);
    dl_names_free(names);
    return rc;
}

int ddlogs_integration_find(ddlogs_integration **out, const char *name, ddlogs_error *error)
{
    const struct dl_path_environment installed = {0};
    const char *folders = dl_integrations_path(&installed);
    struct dl_error *err = dl_public_error(error);
    struct dl_integration *value;
    char only[DL_NAME_MAX + 1];
    int rc = name ? 0 : only_name(only, sizeof only, folders, err);

    if (rc == 0)
        rc = dl_integration_find(&value, name ? name : only, folders, err);
    return rc < 0 ? rc : wrap_integration(out, value, err);
}

void ddlogs_integration_free(ddlogs_integration *integration)
{
    if (!integration || __atomic_sub_fetch(&integration->references, 1, __ATOMIC_ACQ_REL))
        return;
    dl_integration_free(integration->value);
    free(integration);
}

const char *ddlogs_integration_name(const ddlogs_integration *integration)
{
    return integration->value->name;
}

/* ---- the configuration ---- */

static int wrap_config(ddlogs_config **out, struct dl_config *value, struct dl_error *err)
{
    ddlogs_config *config = calloc(1, sizeof *config);

    if (!config) {
        dl_config_free(value);
        return dl_error_set(err, DL_E_NOMEM, "no memory for the configuration");
    }
    config->value = value;
    *out = config;
    return 0;
}

int ddlogs_config_new(ddlogs_config **out, const ddlogs_integration *integration,
                      ddlogs_error *error)
{
    struct dl_error *err = dl_public_error(error);
    struct dl_config *value;
    int rc = dl_config_new(&value, integration->value->name, err);

    return rc < 0 ? rc : wrap_config(out, value, err);
}

/* Where this user's configuration is, by the user database: the environment is not asked. */
static int default_path(char *to, size_t size, const char *name, struct dl_error *err)
{
    struct dl_path_environment paths = {.root = geteuid() == 0};
    struct passwd user, *found = NULL;
    char text[4096];

    if (getpwuid_r(geteuid(), &user, text, sizeof text, &found) == 0 && found)
        paths.home = user.pw_dir;
    return dl_config_find(to, size, name, &paths, err);
}

int ddlogs_config_read(ddlogs_config **out, const ddlogs_integration *integration, const char *path,
                       ddlogs_error *error)
{
    struct dl_error *err = dl_public_error(error);
    const char *name = integration->value->name;
    char found[4096];
    struct dl_config *value;
    int rc = path ? 0 : default_path(found, sizeof found, name, err);

    path = path ? path : found;
    if (rc == 0)
        rc = dl_config_read(&value, path, err);
    if (rc < 0)
        return rc;
    if (value->integration && strcmp(value->integration, name) != 0) {
        rc = dl_error_set(err, DL_E_CFG_PARSE, "%s is the configuration of \"%s\", not of \"%s\"",
                          path, value->integration, name);
        dl_config_free(value);
        return rc;
    }
    return wrap_config(out, value, err);
}

void ddlogs_config_free(ddlogs_config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < config->variable_count; i++)
        free(config->variables[i]);
    dl_key_free(config->key);
    dl_config_free(config->value);
    free(config);
}

int ddlogs_config_set(ddlogs_config *config, const char *key, const char *value,
                      ddlogs_error *error)
{
    struct dl_error *err = dl_public_error(error);
    const struct dl_property_info *info;
    int rc = dl_property_find(&info, key, err);

    return rc < 0 ? rc : dl_config_set(config->value, info->property, value, DL_ORIGIN_OPTION, err);
}

void ddlogs_config_on_receipt(ddlogs_config *config, ddlogs_receipt_callback receipt, void *context)
{
    config->on_receipt = receipt;
    config->receipt_context = context;
}

void ddlogs_config_on_notice(ddlogs_config *config, ddlogs_notice_callback notice, void *context)
{
    config->on_notice = notice;
    config->notice_context = context;
}

int ddlogs_config_set_key(ddlogs_config *config, const char *key, size_t length,
                          ddlogs_error *error)
{
    struct dl_error *err = dl_public_error(error);
    struct dl_key *made;
    int rc;

    dl_redact_install();
    rc = dl_key_new(&made, key, length, err);
    if (rc < 0)
        return rc;
    dl_key_free(config->key);
    config->key = made;
    return 0;
}

/* A copy of one variable that lives as long as the configuration; NULL when unset, and *failed
 * without memory: a proxy that is left out is no proxy to do without. */
static const char *keep_variable(ddlogs_config *config, const char *name, bool *failed)
{
    const char *value = getenv(name);
    char *copy = value ? strdup(value) : NULL;

    *failed |= value && !copy;
    if (copy)
        config->variables[config->variable_count++] = copy;
    return copy;
}

static void forget_variables(ddlogs_config *config)
{
    while (config->variable_count)
        free(config->variables[--config->variable_count]);
}

static int use_properties(struct dl_config *config, struct dl_error *err)
{
    int rc = 0;

    for (int p = 0; rc == 0 && p < DL_PROPERTY_COUNT; p++) {
        const char *name = dl_properties[p].environment;
        const char *value = *name ? getenv(name) : NULL;

        if (!value || !*value)
            continue;
        rc = dl_config_set(config, (enum dl_property)p, value, DL_ORIGIN_ENVIRONMENT, err);
        if (rc < 0)
            dl_error_prefix(err, "%s in the environment", name);
    }
    return rc;
}

int ddlogs_config_use_environment(ddlogs_config *config, ddlogs_error *error)
{
    struct dl_error *err = dl_public_error(error);
    struct dl_key *key = NULL;
    bool failed = false;
    int rc;

    forget_variables(config);
    config->proxies = (struct dl_proxy_environment){
        .https_proxy = keep_variable(config, "https_proxy", &failed),
        .HTTPS_PROXY = keep_variable(config, "HTTPS_PROXY", &failed),
        .http_proxy = keep_variable(config, "http_proxy", &failed),
        .HTTP_PROXY = keep_variable(config, "HTTP_PROXY", &failed),
        .all_proxy = keep_variable(config, "all_proxy", &failed),
        .ALL_PROXY = keep_variable(config, "ALL_PROXY", &failed),
        .no_proxy = keep_variable(config, "no_proxy", &failed),
        .NO_PROXY = keep_variable(config, "NO_PROXY", &failed),
        .dd_proxy_https = keep_variable(config, "DD_PROXY_HTTPS", &failed),
        .dd_proxy_no_proxy = keep_variable(config, "DD_PROXY_NO_PROXY", &failed),
    };
    config->credentials_directory = keep_variable(config, "CREDENTIALS_DIRECTORY", &failed);
    if (failed)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the environment");
    dl_redact_install();
    rc = dl_key_take_environment(&key, err);
    if (rc == 0 && key) {
        dl_key_free(config->key);
        config->key = key;
    }
    return rc == 0 ? use_properties(config->value, err) : rc;
}
