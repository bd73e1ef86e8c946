/* Origins: where requests go. https anywhere, http on loopback alone; no user, path, query,
 * fragment. */
#ifndef DL_NET_ENDPOINT_H
#define DL_NET_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "identity/config.h"

#define DL_ORIGIN_MAX 300

struct dl_endpoint {
    char intake[DL_ORIGIN_MAX]; /* "https://http-intake.logs.datadoghq.eu" */
    char api[DL_ORIGIN_MAX];
    bool custom; /* not the site's own */
};

/* From the configuration's site, endpoint and api_endpoint. */
int dl_endpoint_from_config(struct dl_endpoint *out, const struct dl_config *config,
                            struct dl_error *err);

/* Host (lower case, IPv6 in brackets) and port (443 and 80 filled in) of an origin. Each of the
 * three results may be NULL. -DL_E_VALUE for what is no origin. */
int dl_origin_split(const char *origin, char *host, size_t size, int *port, bool *tls,
                    struct dl_error *err);

/* The same of a whole URL, which may have a path and a query besides. */
int dl_url_split(const char *url, char *host, size_t size, int *port, bool *tls,
                 struct dl_error *err);

/* True for localhost, 127.0.0.0/8 and ::1 with or without brackets. */
bool dl_host_is_loopback(const char *host);

#endif
