/* Parsers that processors and filters share. NULL or an empty text: nothing was found. */
#ifndef DL_PIPELINE_PARSE_H
#define DL_PIPELINE_PARSE_H

#include "base/error.h"
#include "pipeline/value.h"

/* host, port, path, queryString, scheme, hash of a URL, relative ones too. */
struct dl_value *dl_url_read(struct dl_arena *arena, struct dl_text text);

/* browser, os and device, each with its family: by uap-core's patterns once they are loaded, else
 * "Other". */
struct dl_value *dl_useragent_read(struct dl_arena *arena, struct dl_text text);
/* Reads uap-core's regexes.yaml; kept until dl_useragent_unload. Of one thread. */
int dl_useragent_load(const char *path, struct dl_error *err);
void dl_useragent_unload(void);
bool dl_useragent_is_loaded(void);

/* %XX and, where `plus`, + for a blank. */
struct dl_text dl_percent_decode(struct dl_arena *arena, struct dl_text text, bool plus);

/* "a=1&b=2&a=3": repeats become arrays, equal ones once. */
struct dl_value *dl_querystring_read(struct dl_arena *arena, struct dl_text text, bool decode);

#endif
