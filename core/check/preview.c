#include "check/preview.h"

#include <stdlib.h>
#include <string.h>

#include "record/record.h"

struct dl_preview {
    struct dl_frame *frame;
    struct dl_record_id id;
};

int dl_check_preview(struct dl_buffer *out, const struct dl_config *config,
                     const struct dl_integration *integration, const char *hostname,
                     struct dl_error *err)
{
    const char *sample =
        integration->sample_count > 0 ? integration->samples[0] : "an event of the product";
    struct dl_frame *frame = NULL;
    unsigned notes;
    int rc = dl_frame_new(&frame, integration, config, integration->services[0], hostname, err);

    if (rc != 0)
        return rc;
    /* what is no JSON object goes as text */
    rc = dl_record_json(out, frame, sample, strlen(sample), &notes, err);
    dl_frame_free(frame);
    return rc;
}

int dl_preview_new(struct dl_preview **out, const struct dl_config *config,
                   const struct dl_integration *integration, const char *hostname,
                   const char *service, struct dl_error *err)
{
    struct dl_preview *p = calloc(1, sizeof *p);
    int rc;

    if (!p)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a preview");
    rc = dl_frame_new(&p->frame, integration, config, service ? service : integration->services[0],
                      hostname, err);
    if (rc == 0)
        rc = dl_record_id_init(&p->id, err);
    if (rc < 0) {
        dl_preview_free(p);
        return rc;
    }
    p->frame->id = &p->id;
    *out = p;
    return 0;
}

void dl_preview_free(struct dl_preview *p)
{
    if (p)
        dl_frame_free(p->frame);
    free(p);
}

int dl_preview_log(struct dl_preview *p, struct dl_buffer *out, const char *log, size_t len,
                   bool json, const char *status, struct dl_error *err)
{
    unsigned notes;
    int rc;

    if (json)
        rc = dl_record_json(out, p->frame, log, len, &notes, err);
    else
        rc = dl_record_text(out, p->frame, log, len, status, &notes, err);
    p->id.next += rc == 0;
    return rc;
}
