/* No memory, at every single allocation: a log to its bytes, batches, compression, redaction. */
#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/log.h"
#include "identity/config.h"
#include "identity/integration.h"
#include "record/record.h"
#include "secret/key.h"
#include "secret/redact.h"
#include "sender/batch.h"
#include "sender/sender.h"

static struct dl_integration *integration;
static struct dl_config *config;

static int load(void **state)
{
    static const char text[] = "{\"version\":1,\"name\":\"acme_widget\",\"source\":\"acme_widget\","
                               "\"services\":[\"acme-api\",\"acme-web\"]}";

    (void)state;
    assert_int_equal(
        dl_integration_read_text(&integration, text, strlen(text), "manifest.json", NULL), 0);
    assert_int_equal(dl_config_new(&config, "acme_widget", NULL), 0);
    assert_int_equal(dl_config_set(config, DL_PROP_SITE, "eu1", DL_ORIGIN_OPTION, NULL), 0);
    assert_int_equal(
        dl_config_set(config, DL_PROP_TAGS, "env:prod,team:web,team:two,x", DL_ORIGIN_OPTION, NULL),
        0);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    dl_integration_free(integration);
    dl_config_free(config);
    return 0;
}

/* ---- records in a batch ---- */

static int add(struct dl_batch *batch, const struct dl_frame *frame, const char *log, bool json)
{
    size_t before = batch->body.len;
    unsigned notes;
    int rc = dl_batch_begin(batch);

    if (rc < 0) {
        assert_int_equal(batch->body.len, before);
        return rc;
    }
    rc = json ? dl_record_json(&batch->body, frame, log, strlen(log), &notes, NULL)
              : dl_record_text(&batch->body, frame, log, strlen(log), "info", &notes, NULL);
    if (rc < 0)
        dl_batch_undo(batch);
    else
        dl_batch_keep(batch);
    if (rc < 0)
        assert_int_equal(batch->body.len, before);
    return rc;
}

static int fills_a_batch(void *context)
{
    static char log[30000];
    struct dl_frame *frame = NULL;
    struct dl_batch batch;
    char *packed = NULL;
    size_t length = 0;
    struct dl_compressor *compressor = NULL;
    struct dl_buffer back;
    int rc = dl_frame_new(&frame, integration, config, "acme-api", "host.example", NULL);

    assert_true((rc == 0) == (frame != NULL));
    memset(log, 'x', sizeof log - 1);
    dl_batch_init(&batch);
    dl_buffer_init(&back, DL_BATCH_BYTES);
    for (int i = 0; i < 6 && rc == 0; i++) {
        rc = add(&batch, frame, log, false);
        if (rc == 0)
            rc = add(&batch, frame, "{\"message\":\"m\",\"env\":\"mine\",\"service\":\"s\"}", true);
    }
    if (rc == 0)
        dl_batch_close(&batch);
    if (rc == 0)
        rc = dl_compressor_new(&compressor, NULL);
    if (rc == 0)
        rc = dl_compress(compressor, *(enum dl_encoding *)context, DL_EFFORT_FAST, batch.body.data,
                         batch.body.len, &packed, &length, NULL);
    if (rc == 0) {
        rc = dl_expand(compressor, *(enum dl_encoding *)context, packed, length, batch.body.len,
                       &back, NULL);
        if (rc == 0)
            assert_memory_equal(back.data, batch.body.data, batch.body.len);
    }
    free(packed);
    dl_buffer_free(&back);
    dl_compressor_free(compressor);
    dl_batch_free(&batch);
    dl_frame_free(frame);
    return rc;
}

static void logs_become_a_packed_batch_or_the_code_says_why(void **state)
{
    static enum dl_encoding encodings[] = {DL_ENCODING_GZIP, DL_ENCODING_ZSTD, DL_ENCODING_NONE};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        oom_each(fills_a_batch, &encodings[i]);
}

/* ---- the sender: what it did not take stays the caller's, what it took is counted ---- */

struct dl_http_transfer {
    bool used;
};

int dl_http_start(struct dl_http_transfer **out, struct dl_http *http,
                  const struct dl_http_request *request, dl_http_done *done, void *context,
                  struct dl_error *err)
{
    static struct dl_http_transfer transfer;

    (void)http;
    (void)request;
    (void)done;
    (void)context;
    (void)err;
    *out = &transfer;
    return 0;
}

void dl_http_cancel(struct dl_http *http, struct dl_http_transfer *transfer)
{
    (void)http;
    (void)transfer;
}

static int sends(void *context)
{
    struct dl_sender_options options = {
        .config = config, .integration = integration, .key = context};
    struct dl_sender *sender = NULL;
    struct dl_sender_stats stats;
    uint64_t taken = 0;
    int rc = dl_sender_new(&sender, NULL, &options, NULL);

    assert_true((rc == 0) == (sender != NULL));
    if (rc < 0)
        return rc;
    for (int i = 0; i < 5; i++) {
        int one = dl_sender_text(sender, "hello", 5, "info", NULL, NULL);

        taken += one == 0;
        rc = one < 0 ? one : rc;
        one = dl_sender_json(sender, "{\"a\":1}", 7, "acme-web", NULL);
        taken += one == 0;
        rc = one < 0 ? one : rc;
        if (i == 2 && (one = dl_sender_flush(sender, NULL)) < 0)
            rc = one;
        dl_sender_step(sender);
    }
    dl_sender_stats(sender, &stats);
    assert_int_equal(stats.taken, taken);
    assert_int_equal(stats.pending, taken);
    dl_sender_free(sender);
    return rc;
}

static void the_sender_counts_what_it_took_and_loses_none_of_it(void **state)
{
    static const char text[] = "0123456789abcdef0123456789abcdef";
    struct dl_key *key;

    (void)state;
    assert_int_equal(dl_key_new(&key, text, strlen(text), NULL), 0);
    oom_each(sends, key);
    dl_key_free(key);
}

/* ---- redaction: what cannot be redacted is not shown ---- */

static int redacts(void *context)
{
    static const char line[] = "key 0123456789abcdef0123456789abcdef and Authorization: Bearer xyz";
    struct dl_buffer text;
    int rc;

    (void)context;
    dl_buffer_init(&text, 10000);
    rc = dl_buffer_text(&text, line);
    if (rc == 0) {
        rc = dl_redact(&text);
        if (rc == 0)
            assert_null(strstr(text.data, "0123456789abcdef"));
        else
            assert_string_equal(text.data, line);
    }
    dl_buffer_free(&text);
    return rc;
}

static int scrubs(void *context)
{
    static const char line[] = "key 0123456789abcdef0123456789abcdef";
    char shown[200];

    (void)context;
    dl_log_scrub(shown, sizeof shown, line, strlen(line));
    assert_null(strstr(shown, "0123456789abcdef"));
    return 0;
}

static void what_cannot_be_redacted_is_withheld(void **state)
{
    static const char text[] = "0123456789abcdef0123456789abcdef";
    struct dl_key *key;

    (void)state;
    assert_int_equal(dl_key_new(&key, text, strlen(text), NULL), 0);
    dl_redact_install();
    oom_each(redacts, NULL);
    oom_each(scrubs, NULL);
    dl_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logs_become_a_packed_batch_or_the_code_says_why),
        cmocka_unit_test(the_sender_counts_what_it_took_and_loses_none_of_it),
        cmocka_unit_test(what_cannot_be_redacted_is_withheld),
    };
    return cmocka_run_group_tests_name("sending without memory", tests, load, unload);
}
