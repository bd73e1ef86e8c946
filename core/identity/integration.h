/* The integration manifest: what the partner ships and the customer cannot edit.
 * `source` and `service` come from here alone. */
#ifndef DL_IDENTITY_INTEGRATION_H
#define DL_IDENTITY_INTEGRATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "identity/tag.h"

#define DL_MANIFEST_VERSION 1
#define DL_SERVICES_MAX 64
#define DL_SAMPLES_MAX 100
#define DL_SAMPLE_BYTES 65536
#define DL_NAME_MAX 64     /* of an integration */
#define DL_SERVICE_MAX 100 /* Datadog's own limit of a service's name */
#define DL_TITLE_MAX 100
#define DL_SUPPORT_MAX 200

enum dl_arrays { DL_ARRAYS_INDEX, DL_ARRAYS_JOIN, DL_ARRAYS_KEEP };

struct dl_integration {
    char *name;      /* "acme_widget": folder and file names, lowercase [a-z0-9_-] */
    char *title;     /* for people: "Acme Widget"; the name when the manifest has none */
    char *source;    /* equal to the integration's name by Datadog's rule */
    char **services; /* at least one: the source when the manifest names none */
    size_t service_count;
    char *
        *samples; /* raw sample logs: a text, or one JSON object each (its own bytes in one line) */
    size_t sample_count;
    struct dl_tags suggested; /* tags offered to the customer */
    enum dl_arrays arrays;
    char *support; /* address of the partner's support, or NULL */
    char *path;    /* where it was read */
};

/* Whether a name can be an integration's: a lowercase letter, then letters, digits, _ and -. */
bool dl_integration_name_valid(const char *name);

/* Mistakes: -DL_E_MANIFEST with "FILE:LINE:COLUMN: ...", also for a file that cannot be read. */
int dl_integration_read(struct dl_integration **out, const char *path, struct dl_error *err);
/* The same from memory (text[len] is NUL); path is for messages. */
int dl_integration_read_text(struct dl_integration **out, const char *text, size_t len,
                             const char *path, struct dl_error *err);
void dl_integration_free(struct dl_integration *integration);

/* Finds installed manifests: FOLDER/NAME/manifest.json for each folder of the colon-separated path,
 * earlier folders win, sorted by name. *names is NULL-terminated and freed with dl_names_free;
 * a manifest that cannot be read is listed all the same (reading it tells why). */
int dl_integration_list(char ***names, const char *search_path, struct dl_error *err);
/* Not there: -DL_E_MANIFEST_NONE, with the nearest name that is. */
int dl_integration_find(struct dl_integration **out, const char *name, const char *search_path,
                        struct dl_error *err);
void dl_names_free(char **names);

/* The service with this name from the manifest's list, or NULL. */
const char *dl_integration_service(const struct dl_integration *integration, const char *name);

#endif
