/* Any bytes as a log, under each arrays policy: what comes out is one JSON object in valid UTF-8
 * within the limit, without an array where the policy says so. */
#include "base/json.h"
#include "base/text.h"
#include "fuzz.h"
#include "record/record.h"
#include "record/scan.h"

static struct dl_frame *frames[DL_ARRAYS_KEEP + 1];
static struct dl_buffer out;

static void set_up(void)
{
    static char source[] = "acme";
    struct dl_integration integration = {.source = source};
    struct dl_config config = {.tags_in = DL_TAGS_IN_ATTRIBUTES};

    EXPECT(dl_tags_parse(&config.tags, "env:prod,a:b,canary", NULL, NULL, NULL) == 0);
    for (int i = 0; i <= DL_ARRAYS_KEEP; i++) {
        integration.arrays = (enum dl_arrays)i;
        EXPECT(dl_frame_new(&frames[i], &integration, &config, "shop", "host", NULL) == 0);
    }
    dl_tags_free(&config.tags);
    dl_buffer_init(&out, 5000000);
}

static void expect_no_array(void)
{
    bool inside = false;

    for (size_t i = 0; i < out.len; i++) {
        if (inside && out.data[i] == '\\')
            i++;
        else if (out.data[i] == '"')
            inside = !inside;
        else
            EXPECT(inside || (out.data[i] != '[' && out.data[i] != ']'));
    }
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

/* strict: the input is JSON in the sense of the strict reader too, which takes no name twice, no
 * NUL and no half of a pair; then so is what comes out. */
static void try_policy(enum dl_arrays policy, const char *text, size_t size, bool strict)
{
    const struct dl_json_limits limits = {
        .bytes = DL_RECORD_BYTES, .depth = DL_SCAN_DEPTH + 2, .nodes = DL_RECORD_BYTES};
    unsigned notes;

    out.len = 0;
    if (dl_record_json(&out, frames[policy], text, size, &notes, NULL) < 0)
        return;
    check();
    if (strict)
        EXPECT(dl_json_check(out.data, out.len, &limits, NULL, NULL) == 0);
    if (policy != DL_ARRAYS_KEEP)
        expect_no_array();
    else
        EXPECT(!(notes & DL_NOTE_ARRAYS));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    unsigned notes;
    bool strict;

    if (!frames[0])
        set_up();
    strict = dl_json_check(text, size, &dl_json_default_limits, NULL, NULL) == 0;
    for (int i = 0; i <= DL_ARRAYS_KEEP; i++)
        try_policy((enum dl_arrays)i, text, size, strict);
    out.len = 0;
    EXPECT(dl_record_text(&out, frames[0], text, size, "info", &notes, NULL) == 0);
    check();
    return 0;
}
