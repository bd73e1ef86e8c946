#include "send/stats.h"

#include <inttypes.h>

#include "base/json.h"

static double rate(uint64_t before, uint64_t now, int64_t ms)
{
    /* a spool that was put right from outside may count less than before */
    return ms > 0 && now > before ? (double)(now - before) * 1000 / (double)ms : 0;
}

int stats_text(struct dl_buffer *out, const struct counters *before, const struct counters *now)
{
    int64_t ms = now->at_ms - before->at_ms;

    return dl_buffer_format(
        out,
        "ddlogs: %.0f logs/s in, %.0f logs/s out, %" PRIu64 " pending, %" PRIu64
        " quarantined, %.1f MB sent (%.1f MB on the wire), %" PRIu64 " retries%s\n",
        rate(before->taken, now->taken, ms), rate(before->delivered, now->delivered, ms),
        now->pending, now->quarantined, (double)now->bytes / 1e6, (double)now->wire_bytes / 1e6,
        now->retries, now->held ? ", HELD" : "");
}

int stats_json(struct dl_buffer *out, const struct counters *before, const struct counters *now)
{
    int64_t ms = now->at_ms - before->at_ms;
    const struct {
        const char *name;
        uint64_t value;
    } whole[] = {
        {"taken", now->taken},
        {"accepted", now->accepted},
        {"delivered", now->delivered},
        {"pending", now->pending},
        {"quarantined", now->quarantined},
        {"dropped", now->dropped},
        {"requests", now->requests},
        {"retries", now->retries},
        {"bytes", now->bytes},
        {"wire_bytes", now->wire_bytes},
        {"oldest_ms", now->oldest_ms},
    };
    struct dl_json w;

    dl_json_begin(&w, out, 0);
    dl_json_object(&w);
    dl_json_member(&w, "event", "stats");
    dl_json_key(&w, "in_per_second");
    dl_json_real(&w, rate(before->taken, now->taken, ms));
    dl_json_key(&w, "out_per_second");
    dl_json_real(&w, rate(before->delivered, now->delivered, ms));
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        dl_json_member_integer(&w, whole[i].name, (int64_t)whole[i].value);
    dl_json_member_bool(&w, "held", now->held);
    dl_json_object_end(&w);
    return dl_json_end(&w) < 0 ? dl_json_end(&w) : dl_buffer_char(out, '\n');
}
