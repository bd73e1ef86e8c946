/* libcurl's reader of addresses, with a lack of memory kept apart from what an address is: one that
 * could not be looked at whole is never taken. Nobody outside this room includes it. */
#ifndef DL_NET_URL_H
#define DL_NET_URL_H

#include <curl/curl.h>
#include <stdbool.h>

struct dl_url {
    CURLU *curl;
    bool no_memory; /* at any time since it was opened: then no answer counts */
};

/* flags: CURLU_*. False when it is no address, or without memory. Closed in any case. */
bool dl_url_open(struct dl_url *url, const char *text, unsigned flags);
void dl_url_close(struct dl_url *url);

/* Freed with curl_free; NULL: it has none. */
char *dl_url_part(struct dl_url *url, CURLUPart part, unsigned flags);

/* A path of "/" is what libcurl makes of none. */
bool dl_url_has(struct dl_url *url, CURLUPart part);

/* text NULL: takes the part out. */
void dl_url_set(struct dl_url *url, CURLUPart part, const char *text);

#endif
