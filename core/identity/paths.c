#include "identity/paths.h"

#include <unistd.h>

#include "base/text.h"

const char *dl_integrations_path(const struct dl_path_environment *environment)
{
    if (environment->integrations_path && *environment->integrations_path)
        return environment->integrations_path;
    return DL_PKGDATADIR "/integrations";
}

static int too_long(struct dl_error *err)
{
    return dl_error_set(err, DL_E_CFG_PERM, "the path of the configuration is too long");
}

static int system_path(char *to, size_t size, const char *integration, struct dl_error *err)
{
    if (!dl_text_format(to, size, "%s/ddlogs/%s/config.json", DL_SYSCONFDIR, integration))
        return too_long(err);
    return 0;
}

int dl_config_path(char *to, size_t size, const char *integration,
                   const struct dl_path_environment *environment, struct dl_error *err)
{
    const char *home = environment->home, *xdg = environment->xdg_config_home;
    bool fits;

    if (xdg && *xdg == '/')
        fits = dl_text_format(to, size, "%s/ddlogs/%s/config.json", xdg, integration);
    else if (environment->root)
        return system_path(to, size, integration, err);
    else if (home && *home == '/')
        fits = dl_text_format(to, size, "%s/.config/ddlogs/%s/config.json", home, integration);
    else
        return dl_error_set(err, DL_E_CFG_PERM,
                            "neither XDG_CONFIG_HOME nor HOME is set: name the file with --config");
    return fits ? 0 : too_long(err);
}

int dl_config_find(char *to, size_t size, const char *integration,
                   const struct dl_path_environment *environment, struct dl_error *err)
{
    char other[4096];
    int rc = dl_config_path(to, size, integration, environment, err);

    if (rc == 0 && access(to, F_OK) == 0)
        return 0;
    if (system_path(other, sizeof other, integration, err) == 0 && access(other, F_OK) == 0)
        return dl_text_copy(to, size, other) ? 0 : too_long(err);
    return rc;
}
