/* Any bytes as a log: what comes out is one JSON object in valid UTF-8 within the limit. */
#include "base/text.h"
#include "fuzz.h"
#include "record/record.h"
#include "record/scan.h"

static struct dl_frame *frame;
static struct dl_buffer out;

static void set_up(void)
{
    static char source[] = "acme";
    struct dl_integration integration = {.source = source};
    struct dl_config config = {.tags_in = DL_TAGS_IN_ATTRIBUTES};

    EXPECT(dl_tags_parse(&config.tags, "env:prod,a:b,canary", NULL, NULL, NULL) == 0);
    EXPECT(dl_frame_new(&frame, &integration, &config, "shop", "host", NULL) == 0);
    dl_tags_free(&config.tags);
    dl_buffer_init(&out, 5000000);
}

static void check(void)
{
    struct dl_scan scan;
    struct dl_member member;
    int rc = -1;

    EXPECT(out.len <= DL_RECORD_BYTES);
    EXPECT(dl_utf8_valid(out.data, out.len, NULL));
    if (dl_scan_begin(&scan, out.data, out.len))
        while ((rc = dl_scan_next(&scan, &member)) > 0)
            ;
    EXPECT(rc == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    unsigned notes;

    if (!frame)
        set_up();
    out.len = 0;
    if (dl_record_json(&out, frame, text, size, &notes, NULL) == 0)
        check();
    out.len = 0;
    EXPECT(dl_record_text(&out, frame, text, size, "info", &notes, NULL) == 0);
    check();
    return 0;
}
