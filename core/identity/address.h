/* The addresses of the configuration: origins, HOST:PORT, proxies. A check of form alone; whether
 * they can be reached is the test's business. */
#ifndef DL_IDENTITY_ADDRESS_H
#define DL_IDENTITY_ADDRESS_H

#include <stddef.h>

#include "base/error.h"

#define DL_ADDRESS_MAX 300 /* bytes of an address, the NUL included */

/* https://HOST[:PORT], or http:// on loopback; nothing else but one '/' at the end, which is
 * dropped. Scheme and host come out in lowercase. -DL_E_VALUE says what is wrong, without repeating
 * a user or password. */
int dl_address_origin(char to[DL_ADDRESS_MAX], const char *text, struct dl_error *err);

/* HOST:PORT, both there. */
int dl_address_host_port(char to[DL_ADDRESS_MAX], const char *text, struct dl_error *err);

/* "none", or http://HOST[:PORT] or https://HOST[:PORT]. User and password are refused: a file and a
 * command line are no place for them. */
int dl_address_proxy(char to[DL_ADDRESS_MAX], const char *text, struct dl_error *err);

#endif
