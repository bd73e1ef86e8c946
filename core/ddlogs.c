/* The public face of the library: opaque handles over the rooms. */
#include "ddlogs.h"

#include "config.h"

const char *ddlogs_version(void)
{
    return PACKAGE_VERSION;
}
