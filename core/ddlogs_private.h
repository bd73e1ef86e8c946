/* What the files of the public face share. */
#ifndef DDLOGS_PRIVATE_H
#define DDLOGS_PRIVATE_H

#include "base/error.h"
#include "ddlogs.h"
#include "identity/config.h"
#include "identity/integration.h"
#include "net/proxy.h"
#include "secret/key.h"

struct ddlogs_error {
    struct dl_error error;
};

struct ddlogs_integration {
    struct dl_integration *value;
    unsigned references; /* the handle itself and each sender that was opened with it */
};

struct ddlogs_config {
    struct dl_config *value;
    struct dl_proxy_environment proxies; /* point into `variables` */
    char *variables[16];                 /* copies of the environment's */
    size_t variable_count;
    const char *credentials_directory;
    struct dl_key *key; /* given by the program, or NULL */
    ddlogs_receipt_callback on_receipt;
    void *receipt_context;
    ddlogs_notice_callback on_notice;
    void *notice_context;
};

/* The room's error inside the handle (NULL for NULL), emptied for a new call. */
struct dl_error *dl_public_error(ddlogs_error *error);

#endif
