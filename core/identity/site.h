/* The nine Datadog sites and the recognition of what people paste.
 * Source of the table: docs.datadoghq.com/getting_started/site and the servers of the public
 * OpenAPI. */
#ifndef DL_IDENTITY_SITE_H
#define DL_IDENTITY_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct dl_site {
    const char *id;         /* "eu1": what options and configuration use */
    const char *name;       /* "EU1" */
    const char *site;       /* "datadoghq.eu" */
    const char *app_url;    /* "https://app.datadoghq.eu" */
    const char *api_url;    /* origin of the API, no path */
    const char *intake_url; /* origin of the log intake, no path */
    const char *location;   /* "EU (Germany)" */
    bool government;
};

#define DL_SITE_COUNT 9

extern const struct dl_site dl_sites[DL_SITE_COUNT];

/* The site with this id, exactly; NULL if none. */
const struct dl_site *dl_site_by_id(const char *id);

/* What a person typed or pasted -> a site: id, name, site, web address with any sub-domain and
 * path, intake or API host, legacy spellings. `said` (may be NULL, size bytes) gets what was
 * understood when it was not the plain id, name or site, else "". Refused: -DL_E_SITE, err names
 * the nearest. */
int dl_site_recognise(const struct dl_site **out, char *said, size_t size, const char *text,
                      struct dl_error *err);

#endif
