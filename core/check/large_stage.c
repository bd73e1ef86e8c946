/* Large bodies: a proxy, a firewall or a web filter on the way may have a limit of its own, below
 * the 5 MB that the intake takes. The bodies are empty objects with blanks inside: no log. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/internal.h"
#include "net/verdict.h"

#define BODY_MS 30000 /* each of them, as on a line of 1.3 Mbit/s */

/* Packed, they are small on the wire; plain, they are as large as they say. */
static const struct {
    size_t bytes;
    bool packed;
    const char *name;
} bodies[] = {{1000000, true, "1 MB packed"},
              {1000000, false, "1 MB plain"},
              {4900000, true, "4.9 MB packed"},
              {4900000, false, "4.9 MB plain"}};

enum { BODY_COUNT = sizeof bodies / sizeof *bodies };

static void post(struct dl_check *check);

/* Outcome of all of them. */
static void conclude(struct dl_check *check)
{
    struct dl_rounds *rounds = &check->rounds;
    struct dl_error err = rounds->first;

    if (!rounds->failed) {
        dl_stage_settle(check, DL_STAGE_LARGE, DL_RESULT_PASS, -1,
                        "bodies of 1 and 4.9 MB pass, packed and plain");
    } else if (rounds->failed == BODY_COUNT) {
        dl_stage_fail(check, DL_STAGE_LARGE, DL_RESULT_FAIL, -1, &err);
    } else {
        dl_error_set(&err, DL_E_BODY_LIMIT, "%zu of %d large bodies do not pass; first: %s",
                     rounds->failed, BODY_COUNT, rounds->first.text);
        dl_stage_fail(check, DL_STAGE_LARGE, DL_RESULT_WARN, -1, &err);
    }
}

/* Notes what became of the body that was under way, and goes on. */
static void note(struct dl_check *check, const struct dl_error *err, int64_t ms)
{
    struct dl_stage_report *report = &check->reports[DL_STAGE_LARGE];
    struct dl_rounds *rounds = &check->rounds;
    const char *name = bodies[rounds->done].name;

    free(rounds->body);
    rounds->body = NULL;
    if (err->code == DL_OK) {
        dl_stage_evidence(report, name, "passes, %lld ms", (long long)ms);
    } else {
        dl_stage_evidence(report, name, "%s: %s", dl_error_info(err->code)->id, err->text);
        if (!rounds->failed++) {
            rounds->first = *err;
            dl_text_format(rounds->first.text, sizeof rounds->first.text, "%s: %s", name,
                           err->text);
        }
    }
    if (++rounds->done == BODY_COUNT)
        conclude(check);
    else
        dl_check_continue(check, post, BODY_MS);
}

static void answered(void *context, const struct dl_http_answer *answer)
{
    struct dl_check *check = context;
    struct dl_error err = {0};

    check->transfer = NULL;
    if (dl_verdict_intake(answer, &err) == DL_VERDICT_COMMIT)
        err.code = DL_OK;
    note(check, &err, answer->total_ms);
}

/* An empty object of that many bytes. */
static int make(char **out, size_t *len, size_t bytes, bool packed, struct dl_error *err)
{
    struct dl_compressor *compressor = NULL;
    char *plain = malloc(bytes);
    int rc = 0;

    if (!plain)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for a body of %zu bytes", bytes);
    memset(plain, ' ', bytes);
    plain[0] = '{';
    plain[bytes - 1] = '}';
    *len = bytes;
    *out = plain;
    if (!packed)
        return 0;
    rc = dl_compressor_new(&compressor, err);
    if (rc == 0)
        rc = dl_compress(compressor, DL_ENCODING_GZIP, DL_EFFORT_FAST, plain, bytes, out, len, err);
    dl_compressor_free(compressor);
    free(plain);
    return rc;
}

static void post(struct dl_check *check)
{
    struct dl_rounds *rounds = &check->rounds;
    bool packed = bodies[rounds->done].packed;
    struct dl_error err = {0};
    size_t len = 0;
    char *body = NULL;
    int rc = make(&body, &len, bodies[rounds->done].bytes, packed, &err);

    if (rc == 0) {
        rounds->body = body;
        rc = dl_intake_stage_post(check, body, len, packed ? "gzip" : NULL, answered, &err);
    }
    if (rc < 0)
        dl_stage_fail(check, DL_STAGE_LARGE, DL_RESULT_FAIL, -1, &err);
}

void dl_large_stage_begin(struct dl_check *check)
{
    dl_stage_peer(check, &check->reports[DL_STAGE_LARGE]);
    dl_check_continue(check, post, BODY_MS);
}

void dl_large_stage_late(struct dl_check *check, int seconds)
{
    struct dl_error err = {0};

    dl_error_set(&err, DL_E_NET_TIMEOUT, "no answer from %s, after %d s in all",
                 check->endpoint.intake, seconds);
    note(check, &err, 0);
}
