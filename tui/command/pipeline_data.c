#include "command/pipeline_data.h"

#include <unistd.h>

#include "pipeline/geo_database.h"
#include "pipeline/parse.h"

#define USER_AGENTS "/usr/share/uap-core/regexes.yaml"

int pipeline_data_load(const struct options *options, struct dl_error *err)
{
    const char *agents = options->user_agents;
    int rc = 0;

    if (!agents && access(USER_AGENTS, R_OK) == 0)
        agents = USER_AGENTS;
    if (agents)
        rc = dl_useragent_load(agents, err);
    if (rc == 0 && options->geoip)
        rc = dl_geo_load(options->geoip, err);
    return rc;
}

void pipeline_data_unload(void)
{
    dl_useragent_unload();
    dl_geo_unload();
}
