/* NO_PROXY lists. Inside the room. */
#ifndef DL_NET_NO_PROXY_H
#define DL_NET_NO_PROXY_H

#include <stdbool.h>
#include <stddef.h>

/* Entries are separated by commas and blanks: "*", "host", ".suffix", "*.suffix", "host:port",
 * addresses and CIDR ranges of both families. A host entry matches its sub-domains too. `host` as
 * dl_origin_split gives it. The entry that matched goes into `entry`. */
bool dl_no_proxy_match(const char *list, const char *host, int port, char *entry, size_t size);

/* The next entry of a list: its start and length; false at the end. *at moves on. */
bool dl_no_proxy_next(const char **at, const char **entry, size_t *len);

#endif
