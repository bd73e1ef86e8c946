/* One processor, compiled. For this room alone.
 *
 * processor.c   from the document       remap.c    remappers of attributes and official values
 * build.c       string builder, lookup, category, arithmetic
 * extract.c     URL, user agent, geo-IP, decoder
 * array.c       arrays                  schema.c   OCSF */
#ifndef DL_PIPELINE_PROCESSOR_H
#define DL_PIPELINE_PROCESSOR_H

#include "pipeline/grok.h"
#include "pipeline/pipeline.h"
#include "pipeline/query.h"

enum dl_format { DL_FORMAT_AUTO, DL_FORMAT_STRING, DL_FORMAT_INTEGER, DL_FORMAT_DOUBLE };

struct dl_category {
    struct dl_category *next;
    const struct dl_query *query;
    struct dl_text name;
    int64_t id; /* of a schema's */
};

struct dl_lookup_line {
    struct dl_lookup_line *next; /* of its bucket */
    struct dl_text key, value;
};

struct dl_lookup {
    struct dl_lookup_line **buckets;
    size_t size; /* a power of two */
    struct dl_text fallback;
    bool has_fallback;
};

/* Text with %{path} in it, or one block of it. */
struct dl_piece {
    struct dl_piece *next;
    struct dl_text text;
    bool is_path;
};

struct dl_expression; /* build.c */

enum dl_array_operation { DL_ARRAY_SELECT, DL_ARRAY_APPEND, DL_ARRAY_LENGTH, DL_ARRAY_KEY_VALUE };

struct dl_processor {
    struct dl_processor *next, *children;
    enum dl_processor_kind kind;
    struct dl_text name;
    int line;
    size_t number; /* in the order of the document; the pipeline itself is 0 */
    bool enabled;
    struct dl_text *sources;
    size_t source_count;
    struct dl_text target;
    bool source_is_tag, target_is_tag, preserve_source, override, replace_missing;
    bool normalize_slashes, encoded;
    enum dl_format format;
    struct dl_grok *grok;
    const struct dl_query *filter; /* of a nested pipeline or an array's select */
    struct dl_category *categories;
    struct dl_lookup lookup;
    struct dl_piece *template;
    const struct dl_value *constant; /* a template that is a number */
    const struct dl_expression *expression;
    enum dl_array_operation operation;
    struct dl_text extract, key;     /* value to extract, key to extract by */
    const struct dl_value *fallback; /* of a schema's category: sources for the name, or NULL */
    struct dl_text id_target;
    const struct dl_value *schema; /* version, className, classUid */
    bool hexadecimal, integer;     /* decoder: base16; integer representation */
};

/* Everything a processor is compiled with. */
struct dl_compile {
    struct dl_arena *arena;
    struct dl_error *err;
    size_t count; /* of processors so far */
};

int dl_processor_compile(struct dl_processor **out, struct dl_compile *c,
                         const struct dl_value *document, unsigned depth);
int dl_processor_list(struct dl_processor **out, struct dl_compile *c, const struct dl_value *list,
                      unsigned depth);
void dl_processor_free(struct dl_processor *processor); /* what is not in the arena */

/* The option by either spelling ("preserveSource" stands for preserve_source too); NULL: none. */
const struct dl_value *dl_option(const struct dl_value *document, const char *name);
bool dl_option_is(struct dl_text key, const char *name); /* the key is one of these spellings */
struct dl_text dl_option_text(const struct dl_value *document, const char *name);
bool dl_option_bool(const struct dl_value *document, const char *name, bool fallback);
/* "line N: ..." with -DL_E_VALUE; where the arena has failed, that is said instead. */
int dl_refuse(struct dl_compile *c, const struct dl_value *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Parts that are compiled by their own files. */
int dl_template_compile(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc);
int dl_lookup_compile(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc);
int dl_expression_compile(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc);
int dl_categories_compile(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc);

/* Runs of one kind each; detail may be set to what fit. */
struct dl_run {
    struct dl_pipeline_log *log;
    struct dl_text detail;
    dl_pipeline_step *step;
    void *context;
};

typedef enum dl_outcome dl_apply(const struct dl_processor *p, struct dl_run *run);

dl_apply dl_apply_attribute, dl_apply_date, dl_apply_status, dl_apply_service, dl_apply_message,
    dl_apply_trace_id, dl_apply_span_id, dl_apply_exclude;
dl_apply dl_apply_string_builder, dl_apply_lookup, dl_apply_category, dl_apply_arithmetic;
dl_apply dl_apply_url, dl_apply_user_agent, dl_apply_geo_ip, dl_apply_decoder;
dl_apply dl_apply_array, dl_apply_array_map;
dl_apply dl_apply_schema, dl_apply_schema_category;

/* Runs a list in its order. */
void dl_apply_list(const struct dl_processor *first, struct dl_run *run);

/* An attribute, or NULL. */
struct dl_value *dl_attribute(const struct dl_pipeline_log *log, struct dl_text path);
/* The first source that is there, or NULL. */
struct dl_value *dl_first_source(const struct dl_processor *p, const struct dl_pipeline_log *log,
                                 struct dl_text *path);
void dl_set_attribute(struct dl_pipeline_log *log, struct dl_text path, struct dl_value *value);

#endif
