/* Path quality: the same small request many times, for what fails or is slow now and then. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/internal.h"
#include "net/verdict.h"

#define ROUNDS 12
#define ROUND_MS 15000

_Static_assert(ROUNDS <= DL_ROUNDS_MAX, "the times of all rounds are kept");

static void post(struct dl_check *check);

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The sentence of times and connections; evidence besides. */
static void describe(struct dl_check *check, char *to, size_t size)
{
    struct dl_stage_report *report = &check->reports[DL_STAGE_QUALITY];
    struct dl_rounds *rounds = &check->rounds;
    size_t n = rounds->done - rounds->failed;

    qsort(rounds->ms, n, sizeof *rounds->ms, by_size);
    dl_stage_evidence(report, "rounds", "%d, %zu failed", ROUNDS, rounds->failed);
    dl_stage_evidence(report, "connections", "%zu new, %zu reused", n - rounds->reused,
                      rounds->reused);
    if (!n)
        return;
    for (int i = 0; i < 4; i++) {
        static const char *const names[] = {"fastest", "median", "p90", "slowest"};
        static const size_t percent[] = {0, 50, 90, 100};

        dl_stage_evidence(report, names[i], "%lld ms",
                          (long long)rounds->ms[(n - 1) * percent[i] / 100]);
    }
    dl_text_format(to, size, "%zu of %d rounds: median %lld ms, slowest %lld ms", n, ROUNDS,
                   (long long)rounds->ms[(n - 1) / 2], (long long)rounds->ms[n - 1]);
}

static void conclude(struct dl_check *check)
{
    struct dl_rounds *rounds = &check->rounds;
    struct dl_error err = rounds->first;
    char times[200] = "";

    describe(check, times, sizeof times);
    if (rounds->failed == ROUNDS) {
        dl_stage_fail(check, DL_STAGE_QUALITY, DL_RESULT_FAIL, -1, &err);
    } else if (rounds->failed) {
        dl_error_set(&err, rounds->first.code, "%zu of %d rounds failed: %s", rounds->failed,
                     ROUNDS, rounds->first.text);
        dl_stage_fail(check, DL_STAGE_QUALITY, DL_RESULT_WARN, -1, &err);
    } else if (!rounds->reused) {
        dl_error_set(&err, DL_E_KEEPALIVE, "%s, but each needed a connection of its own", times);
        dl_stage_fail(check, DL_STAGE_QUALITY, DL_RESULT_WARN, -1, &err);
    } else {
        dl_stage_settle(check, DL_STAGE_QUALITY, DL_RESULT_PASS, -1, "%s", times);
    }
}

static void note(struct dl_check *check, const struct dl_error *err)
{
    struct dl_rounds *rounds = &check->rounds;

    if (err->code != DL_OK && !rounds->failed++)
        rounds->first = *err;
    if (++rounds->done == ROUNDS)
        conclude(check);
    else
        dl_check_continue(check, post, ROUND_MS);
}

static void answered(void *context, const struct dl_http_answer *answer)
{
    struct dl_check *check = context;
    struct dl_rounds *rounds = &check->rounds;
    struct dl_error err = {0};

    check->transfer = NULL;
    if (dl_verdict_intake(answer, &err) == DL_VERDICT_COMMIT) {
        err.code = DL_OK;
        rounds->ms[rounds->done - rounds->failed] = answer->total_ms;
        rounds->reused += answer->reused;
    }
    note(check, &err);
}

static void post(struct dl_check *check)
{
    struct dl_error err = {0};

    if (dl_intake_stage_post(check, "{}", 2, NULL, answered, &err) < 0)
        dl_stage_fail(check, DL_STAGE_QUALITY, DL_RESULT_FAIL, -1, &err);
}

void dl_path_stage_begin(struct dl_check *check)
{
    dl_stage_peer(check, &check->reports[DL_STAGE_QUALITY]);
    dl_check_continue(check, post, ROUND_MS);
}

void dl_path_stage_late(struct dl_check *check, int seconds)
{
    struct dl_error err = {0};

    dl_error_set(&err, DL_E_NET_TIMEOUT, "no answer from %s, after %d s in all",
                 check->endpoint.intake, seconds);
    note(check, &err);
}
