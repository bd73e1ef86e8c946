/* Any bytes as a request body: the first says how it is encoded and what it holds, the second where
 * it is cut in two. No input passes the limits, and what base/json accepts the intake accepts too.
 */
#include "base/error.h"
#include "base/json.h"
#include "fuzz.h"
#include "intake/entries.h"
#include "intake/inflate.h"

enum { LIMIT = 200000 };

static struct dl_intake_inflate inflater;
static struct dl_buffer body, line, again;
static struct dl_intake_entries entries, one;

static int inflate_body(const uint8_t *data, size_t size)
{
    size_t cut = size > 0 ? data[1] * size / 256 : 0;
    int rc;

    dl_buffer_clear(&body);
    EXPECT(dl_intake_inflate_begin(&inflater, data[0] % DL_CODING_UNKNOWN) == 0);
    rc = dl_intake_inflate_add(&inflater, &body, LIMIT, data + 2, cut);
    if (rc == 0)
        rc = dl_intake_inflate_add(&inflater, &body, LIMIT, data + 2 + cut, size - cut);
    EXPECT(body.len <= LIMIT + 1 && (rc < 0 || body.len <= LIMIT));
    return rc < 0 ? rc : dl_intake_inflate_end(&inflater);
}

static void check_spans(void)
{
    size_t at = 0;

    EXPECT(entries.count <= DL_INTAKE_ENTRIES_MAX);
    for (size_t i = 0; i < entries.count; i++) {
        const struct dl_intake_span *span = &entries.spans[i];
        EXPECT(span->start >= at && span->length > 0);
        at = (size_t)span->start + span->length;
        EXPECT(at <= body.len);
    }
}

/* An accepted log compacts to one line that is the same log. */
static void check_log(const char *text, size_t len)
{
    dl_buffer_clear(&line);
    dl_buffer_clear(&again);
    EXPECT(dl_intake_compact(&line, text, len) == 0 && line.len <= len);
    EXPECT(memchr(line.data, '\n', line.len) == NULL);
    EXPECT(dl_intake_split_json(&one, line.data, line.len) == 0);
    EXPECT(dl_intake_compact(&again, line.data, line.len) == 0);
    EXPECT(again.len == line.len && memcmp(again.data, line.data, line.len) == 0);
}

/* How many logs base/json's reader finds: -1 for what it refuses or what is no log. */
static int logs_by_other_reader(void)
{
    cJSON *root, *item;
    int count = 0;

    if (dl_json_parse(&root, dl_buffer_string(&body), body.len, &dl_json_default_limits, NULL) < 0)
        return -1;
    if (cJSON_IsArray(root))
        cJSON_ArrayForEach(item, root) count = cJSON_IsObject(item) && count >= 0 ? count + 1 : -1;
    else
        count = !cJSON_IsObject(root) ? -1 : root->child != NULL;
    cJSON_Delete(root);
    return count;
}

static void check_json(void)
{
    int rc = dl_intake_split_json(&entries, dl_buffer_string(&body), body.len);
    int count = logs_by_other_reader();

    EXPECT(rc == 0 || rc == -DL_E_VALUE || rc == -DL_E_LIMIT);
    if (count > DL_INTAKE_ENTRIES_MAX)
        EXPECT(rc == -DL_E_LIMIT);
    else if (count >= 0)
        EXPECT(rc == 0 && entries.count == (size_t)count);
    if (rc < 0)
        return;
    check_spans();
    for (size_t i = 0; i < entries.count && i < 20; i++)
        check_log(body.data + entries.spans[i].start, entries.spans[i].length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    if (!body.max) {
        dl_buffer_init(&body, LIMIT + 1);
        dl_buffer_init(&line, LIMIT + 1);
        dl_buffer_init(&again, LIMIT + 1);
    }
    if (inflate_body(data, size - 2) < 0)
        return 0;
    check_json();
    if (dl_intake_split_text(&entries, dl_buffer_string(&body), body.len) == 0)
        check_spans();
    if (dl_intake_split_logplex(&entries, dl_buffer_string(&body), body.len) == 0)
        check_spans();
    return 0;
}
