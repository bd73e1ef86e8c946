/* A log put together field by field: a JSON object that is whole at every moment. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/json.h"
#include "ddlogs_private.h"

#define FIELDS_BYTES 1000000

struct ddlogs_fields {
    struct dl_buffer object;
};

ddlogs_fields *ddlogs_fields_new(void)
{
    ddlogs_fields *f = calloc(1, sizeof *f);

    if (!f)
        return NULL;
    dl_buffer_init(&f->object, FIELDS_BYTES);
    if (dl_buffer_text(&f->object, "{}") < 0) {
        free(f);
        return NULL;
    }
    return f;
}

void ddlogs_fields_free(ddlogs_fields *f)
{
    if (!f)
        return;
    dl_buffer_free(&f->object);
    free(f);
}

void ddlogs_fields_clear(ddlogs_fields *f)
{
    f->object.len = 1; /* the brace was there, and its memory is */
    (void)dl_buffer_char(&f->object, '}');
}

/* Up to the colon, in place of the last brace. */
static int begin(ddlogs_fields *f, const char *key)
{
    int rc;

    f->object.len--;
    rc = dl_buffer_text(&f->object, f->object.len > 1 ? ",\"" : "\"");
    if (rc == 0)
        rc = dl_json_escape(&f->object, key, strlen(key));
    return rc == 0 ? dl_buffer_text(&f->object, "\":") : rc;
}

/* The last brace; or all as it was before the field. */
static int end(ddlogs_fields *f, size_t before, int rc, struct dl_error *err)
{
    if (rc == 0)
        rc = dl_buffer_char(&f->object, '}');
    if (rc == 0)
        return 0;
    f->object.len = before - 1;
    (void)dl_buffer_char(&f->object, '}');
    return rc == -DL_E_NOMEM
               ? dl_error_set(err, DL_E_NOMEM, "no memory for a field")
               : dl_error_set(err, DL_E_LIMIT, "the fields of one log have at most %d bytes",
                              FIELDS_BYTES);
}

static int add(ddlogs_fields *f, const char *key, const char *value, struct dl_error *err)
{
    size_t before = f->object.len;
    int rc;

    if (!*key)
        return dl_error_set(err, DL_E_VALUE, "a field needs a name");
    rc = begin(f, key);
    if (rc == 0)
        rc = dl_buffer_text(&f->object, value);
    return end(f, before, rc, err);
}

int ddlogs_fields_text(ddlogs_fields *f, const char *key, const char *text, size_t length,
                       ddlogs_error *error)
{
    struct dl_error *err = dl_public_error(error);
    size_t before = f->object.len;
    int rc;

    if (!*key)
        return dl_error_set(err, DL_E_VALUE, "a field needs a name");
    rc = begin(f, key);
    if (rc == 0)
        rc = dl_buffer_char(&f->object, '"');
    if (rc == 0)
        rc = dl_json_escape(&f->object, text, length);
    if (rc == 0)
        rc = dl_buffer_char(&f->object, '"');
    return end(f, before, rc, err);
}

int ddlogs_fields_integer(ddlogs_fields *f, const char *key, int64_t value, ddlogs_error *error)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)value);
    return add(f, key, text, dl_public_error(error));
}

/* The shortest of 15 to 17 digits that reads back as the same number. The program's locale may
 * write another mark than a point. */
static void write_number(char *to, size_t size, double value)
{
    int digits = 15;

    do
        snprintf(to, size, "%.*g", digits, value);
    while (strtod(to, NULL) != value && ++digits <= 17);
    for (; *to; to++)
        if (!strchr("0123456789+-eE", *to))
            *to = '.';
}

int ddlogs_fields_number(ddlogs_fields *f, const char *key, double value, ddlogs_error *error)
{
    struct dl_error *err = dl_public_error(error);
    char text[64];

    if (!isfinite(value))
        return dl_error_set(err, DL_E_VALUE, "the field \"%.100s\" is no finite number", key);
    write_number(text, sizeof text, value);
    return add(f, key, text, err);
}

int ddlogs_fields_boolean(ddlogs_fields *f, const char *key, int value, ddlogs_error *error)
{
    return add(f, key, value ? "true" : "false", dl_public_error(error));
}

int ddlogs_sender_fields(ddlogs_sender *sender, const ddlogs_fields *f, const char *service,
                         uint64_t *number, ddlogs_error *error)
{
    return ddlogs_sender_json(sender, f->object.data, f->object.len, service, number, error);
}
