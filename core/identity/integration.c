#include "identity/integration.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "identity/document.h"

static const char *const manifest_keys[] = {"version",  "name",    "title",          "source",
                                            "services", "samples", "suggested_tags", "arrays",
                                            "support",  NULL};

/* A name that is a folder, a file, a tag's value and an attribute of the keyring all the same. */
bool dl_integration_name_valid(const char *name)
{
    size_t i = 0;

    for (; name[i] != '\0'; i++) {
        bool letter = name[i] >= 'a' && name[i] <= 'z';
        bool inner = (name[i] >= '0' && name[i] <= '9') || name[i] == '_' || name[i] == '-';

        if (!letter && (i == 0 || !inner))
            return false;
    }
    return i > 0 && i <= DL_NAME_MAX;
}

static bool service_valid(const char *service)
{
    for (size_t i = 0; service[i] != '\0'; i++) {
        bool letter = service[i] >= 'a' && service[i] <= 'z';

        if (!letter && (i == 0 || strchr("0123456789_-./:", service[i]) == NULL))
            return false;
    }
    return service[0] != '\0' && strlen(service) <= DL_SERVICE_MAX &&
           service[strlen(service) - 1] != ':';
}

static int keep(char **to, const char *text, struct dl_error *err)
{
    *to = strdup(text);
    return *to == NULL ? dl_error_set(err, DL_E_NOMEM, "no memory for a manifest") : 0;
}

static int read_name(struct dl_integration *m, const struct dl_document *d, struct dl_error *err)
{
    const char *name, *title, *support;
    int status = dl_document_text(d, &name, "name", DL_NAME_MAX, err);

    if (status < 0)
        return status;
    if (name == NULL)
        return dl_document_fail(d, err, NULL, DL_NO_ELEMENT, "\"name\" is missing");
    if (!dl_integration_name_valid(name))
        return dl_document_fail(d, err, "name", DL_NO_ELEMENT,
                                "\"name\" must be lowercase: a letter, then letters, digits, _ "
                                "and -, for example acme_widget");
    if ((status = dl_document_text(d, &title, "title", DL_TITLE_MAX, err)) < 0 ||
        (status = dl_document_text(d, &support, "support", DL_SUPPORT_MAX, err)) < 0 ||
        (status = keep(&m->name, name, err)) < 0 ||
        (status = keep(&m->title, title == NULL ? name : title, err)) < 0)
        return status;
    return support == NULL ? 0 : keep(&m->support, support, err);
}

/* Datadog's rule for partners: the source is the integration's name, in lowercase
 * (docs.datadoghq.com/developers/integrations/log_pipeline). */
static int read_source(struct dl_integration *m, const struct dl_document *d, struct dl_error *err)
{
    const char *source;
    int status = dl_document_text(d, &source, "source", DL_NAME_MAX, err);

    if (status < 0)
        return status;
    if (source != NULL && !dl_text_is_lower(source))
        return dl_document_fail(d, err, "source", DL_NO_ELEMENT,
                                "\"source\" must be lowercase; write \"%s\"", m->name);
    if (source != NULL && strcmp(source, m->name) != 0)
        return dl_document_fail(d, err, "source", DL_NO_ELEMENT,
                                "\"source\" must be the integration's name; write \"%s\"", m->name);
    return keep(&m->source, m->name, err);
}

static int read_services(struct dl_integration *m, const struct dl_document *d,
                         struct dl_error *err)
{
    const cJSON *list, *item;
    size_t count;
    int status = dl_document_array(d, &list, "services", DL_SERVICES_MAX, err);

    if (status < 0)
        return status;
    count = list == NULL ? 0 : (size_t)cJSON_GetArraySize(list);
    m->services = calloc(count + 1, sizeof *m->services);
    if (m->services == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a manifest");
    if (count == 0) {
        m->service_count = 1;
        return keep(&m->services[0], m->source, err);
    }
    cJSON_ArrayForEach(item, list)
    {
        size_t i = m->service_count;

        if (!cJSON_IsString(item))
            return dl_document_fail(d, err, "services", i, "a service must be a text in quotes");
        if (!dl_text_is_lower(item->valuestring))
            return dl_document_fail(d, err, "services", i, "a service must be lowercase");
        if (!service_valid(item->valuestring))
            return dl_document_fail(d, err, "services", i,
                                    "a service is a letter, then letters, digits and _ - . / :, at "
                                    "most %d in all",
                                    DL_SERVICE_MAX);
        if (dl_integration_service(m, item->valuestring) != NULL)
            return dl_document_fail(d, err, "services", i, "the service \"%s\" is there twice",
                                    item->valuestring);
        status = keep(&m->services[i], item->valuestring, err);
        if (status < 0)
            return status;
        m->service_count++;
    }
    return 0;
}

/* Appends the JSON value at text[at] without the blanks between its parts, so that it is one line
 * of the author's own bytes; returns the offset behind it. The text has passed dl_json_check. */
static size_t copy_compact(struct dl_buffer *to, const char *text, size_t len, size_t at,
                           int *status)
{
    size_t depth = 0;
    bool quoted = false;

    do {
        char c = text[at++];

        if (quoted || strchr(" \t\r\n", c) == NULL)
            *status = *status < 0 ? *status : dl_buffer_char(to, c);
        if (quoted && c == '\\')
            *status = *status < 0 ? *status : dl_buffer_char(to, text[at++]);
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
    } while (at < len && (quoted || depth > 0));
    return at;
}

static int keep_sample(struct dl_integration *m, const struct dl_document *d, const cJSON *item,
                       const struct dl_buffer *raw, struct dl_error *err)
{
    size_t i = m->sample_count;
    const char *sample = cJSON_IsString(item) ? item->valuestring : dl_buffer_string(raw);
    int status;

    if (!cJSON_IsString(item) && !cJSON_IsObject(item))
        return dl_document_fail(d, err, "samples", i,
                                "a sample is a text in quotes or an object { ... }");
    if (sample[0] == '\0')
        return dl_document_fail(d, err, "samples", i, "a sample is empty");
    if (strlen(sample) > DL_SAMPLE_BYTES)
        return dl_document_fail(d, err, "samples", i, "a sample has at most %d bytes",
                                DL_SAMPLE_BYTES);
    status = keep(&m->samples[i], sample, err);
    m->sample_count += status == 0;
    return status;
}

static int read_samples(struct dl_integration *m, const struct dl_document *d, struct dl_error *err)
{
    static const char *const first[] = {"samples", "[0]"};
    const cJSON *list, *item;
    struct dl_buffer raw;
    size_t at = 0;
    int status = dl_document_array(d, &list, "samples", DL_SAMPLES_MAX, err);

    if (status < 0 || list == NULL)
        return status;
    m->samples = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *m->samples);
    if (m->samples == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a manifest");
    if (!dl_json_locate(d->text, d->len, first, 2, &at))
        return 0;
    dl_buffer_init(&raw, d->len);
    cJSON_ArrayForEach(item, list)
    {
        dl_buffer_clear(&raw);
        at = copy_compact(&raw, d->text, d->len, at, &status);
        /* a number or a word ends at the next separator; it is refused below anyway */
        at += strcspn(d->text + at, ",]");
        at += 1 + strspn(d->text + at + 1, " \t\r\n");
        if (status < 0)
            dl_error_set(err, DL_E_NOMEM, "no memory for a manifest");
        else
            status = keep_sample(m, d, item, &raw, err);
        if (status < 0)
            break;
    }
    dl_buffer_free(&raw);
    return status;
}

static int read_tags(struct dl_integration *m, const struct dl_document *d, struct dl_error *err)
{
    const cJSON *list, *item;
    size_t i = 0;
    int status = dl_document_array(d, &list, "suggested_tags", DL_TAGS_MAX, err);

    if (status < 0 || list == NULL)
        return status;
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item))
            return dl_document_fail(d, err, "suggested_tags", i, "a tag must be a text in quotes");
        status = dl_tags_parse(&m->suggested, item->valuestring, NULL, NULL, err);
        if (status < 0)
            return dl_document_blame(d, err, "suggested_tags", i);
        if (m->suggested.count != ++i)
            return dl_document_fail(d, err, "suggested_tags", i - 1,
                                    "one tag is expected in each text, and none twice");
    }
    return 0;
}

static int read_arrays(struct dl_integration *m, const struct dl_document *d, struct dl_error *err)
{
    static const char *const names[] = {"index", "join", "keep", NULL};
    const char *text;
    int status = dl_document_text(d, &text, "arrays", 16, err);

    if (status < 0 || text == NULL)
        return status;
    for (unsigned i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], text) == 0) {
            m->arrays = (enum dl_arrays)i;
            return 0;
        }
    }
    return dl_document_fail(d, err, "arrays", DL_NO_ELEMENT,
                            "\"arrays\" must be \"index\", \"join\" or \"keep\"");
}

static int read_members(struct dl_integration *m, const struct dl_document *d, struct dl_error *err)
{
    int (*const readers[])(struct dl_integration *, const struct dl_document *,
                           struct dl_error *) = {read_name,    read_source, read_services,
                                                 read_samples, read_tags,   read_arrays};
    int status = dl_document_version(d, DL_MANIFEST_VERSION, DL_E_MANIFEST, err);

    if (status == 0)
        status = dl_document_keys(d, manifest_keys, err);
    for (size_t i = 0; i < sizeof readers / sizeof readers[0] && status == 0; i++)
        status = readers[i](m, d, err);
    return status;
}

int dl_integration_read_text(struct dl_integration **out, const char *text, size_t len,
                             const char *path, struct dl_error *err)
{
    struct dl_document document = {.path = path, .code = DL_E_MANIFEST, .text = text, .len = len};
    struct dl_integration *m = calloc(1, sizeof *m);
    struct dl_error local;
    int status;

    err = err == NULL ? &local : err;
    if (m == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a manifest");
    status = dl_document_parse(&document, &dl_json_default_limits, err);
    if (status == 0)
        status = read_members(m, &document, err);
    if (status == 0)
        status = keep(&m->path, path, err);
    dl_document_free(&document);
    if (status < 0) {
        dl_integration_free(m);
        return status;
    }
    *out = m;
    return 0;
}

int dl_integration_read(struct dl_integration **out, const char *path, struct dl_error *err)
{
    struct dl_buffer text;
    int status;

    dl_buffer_init(&text, dl_json_default_limits.bytes);
    status = dl_file_read(path, true, &text, err);
    if (status == -DL_E_LIMIT || status == -DL_E_IO) {
        status = -DL_E_MANIFEST;
        if (err != NULL)
            err->code = DL_E_MANIFEST;
    } else if (status == 0) {
        status = dl_integration_read_text(out, dl_buffer_string(&text), text.len, path, err);
    }
    dl_buffer_free(&text);
    return status;
}

void dl_integration_free(struct dl_integration *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; m->services != NULL && i < m->service_count; i++)
        free(m->services[i]);
    for (size_t i = 0; i < m->sample_count; i++)
        free(m->samples[i]);
    free(m->services);
    free(m->samples);
    dl_tags_free(&m->suggested);
    free(m->name);
    free(m->title);
    free(m->source);
    free(m->support);
    free(m->path);
    free(m);
}

const char *dl_integration_service(const struct dl_integration *m, const char *name)
{
    for (size_t i = 0; i < m->service_count; i++)
        if (strcmp(m->services[i], name) == 0)
            return m->services[i];
    return NULL;
}
