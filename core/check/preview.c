#include "check/preview.h"

#include <string.h>

#include "record/record.h"

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
