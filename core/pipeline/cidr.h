/* Networks by their prefix: "10.0.0.0/8", "2001:db8::/32". */
#ifndef DL_PIPELINE_CIDR_H
#define DL_PIPELINE_CIDR_H

#include "pipeline/value.h"

struct dl_cidr {
    int family; /* AF_INET or AF_INET6 */
    unsigned char address[16];
    unsigned bits; /* of the address that count */
};

/* False: it is no network. An address alone is a network of one. */
bool dl_cidr_parse(struct dl_cidr *out, struct dl_text text);

/* The text is an address of that network. */
bool dl_cidr_has(const struct dl_cidr *network, struct dl_text text);

#endif
