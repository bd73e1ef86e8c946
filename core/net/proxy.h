/* The effective proxy, resolved by us so that it can be shown with its origin. */
#ifndef DL_NET_PROXY_H
#define DL_NET_PROXY_H

#include <stddef.h>

#include "base/error.h"
#include "identity/config.h"

/* The variables as the program found them; each may be NULL. */
struct dl_proxy_environment {
    const char *https_proxy, *HTTPS_PROXY, *http_proxy, *HTTP_PROXY, *all_proxy, *ALL_PROXY;
    const char *no_proxy, *NO_PROXY, *dd_proxy_https, *dd_proxy_no_proxy;
};

struct dl_proxy {
    char url[512];    /* with credentials, for libcurl alone; "" for no proxy */
    char shown[512];  /* the same without user and password */
    char origin[64];  /* "HTTPS_PROXY", "proxy in the configuration", "--proxy", "" */
    char reason[160]; /* "none", "NO_PROXY matches .corp", "loopback" ... */
};

/* For one origin ("https://host:port"). -DL_E_PROXY_URL for an address that cannot be used. */
int dl_proxy_resolve(struct dl_proxy *out, const struct dl_config *config,
                     const struct dl_proxy_environment *environment, const char *origin,
                     struct dl_error *err);

/* The host of a proxy that was resolved; its port is always written out in `shown`. */
int dl_proxy_host(const struct dl_proxy *proxy, char *host, size_t size, struct dl_error *err);

/* Warnings about traps: calls `report` with the code (DL_E_NOPROXY_DOT ...) and a sentence naming
 * the variable and the value to set. */
void dl_proxy_lint(const struct dl_proxy_environment *environment,
                   void (*report)(void *context, enum dl_code code, const char *sentence),
                   void *context);

#endif
