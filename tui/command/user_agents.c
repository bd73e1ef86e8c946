#include "command/user_agents.h"

#include <unistd.h>

#include "pipeline/parse.h"

#define USER_AGENTS "/usr/share/uap-core/regexes.yaml"

int user_agents_load(const char *given, struct dl_error *err)
{
    if (!given && access(USER_AGENTS, R_OK) < 0)
        return 0;
    return dl_useragent_load(given ? given : USER_AGENTS, err);
}
