#include "command/report.h"
#include "command/stop.h"

#include <unistd.h>

#define WAIT_MAX_MS 1000

/* Runs until it has its verdict, which it always has in the end, or a signal. */
static int run_check(struct dl_check *check, struct dl_http *http, struct dl_error *err)
{
    struct pollfd stop = {.fd = -1, .events = POLLIN};
    int rc = stop_watch(&stop.fd, err);

    while (rc >= 0 && !dl_check_done(check)) {
        int wait = dl_check_step(check);

        if (dl_check_done(check))
            break;
        rc = dl_http_poll(http, &stop, 1, wait < 0 ? WAIT_MAX_MS : wait, err);
        if (rc >= 0)
            rc = stop_asked(stop.fd, err);
    }
    if (stop.fd >= 0)
        close(stop.fd);
    return rc < 0 ? rc : 0;
}

static int write_json(const struct dl_check *check, struct dl_buffer *out, struct dl_error *err)
{
    struct dl_error verdict = {0};
    struct dl_json w;
    int rc = dl_check_verdict(check, &verdict);

    dl_json_begin(&w, out, 2);
    dl_json_object(&w);
    dl_json_member_bool(&w, "ok", rc == 0);
    dl_json_member(&w, "code", rc < 0 ? dl_error_info(verdict.code)->id : NULL);
    dl_json_member(&w, "message", rc < 0 ? verdict.text : NULL);
    dl_json_key(&w, "stages");
    dl_check_json(check, &w);
    dl_json_object_end(&w);
    rc = dl_json_end(&w);
    if (rc == 0)
        rc = dl_buffer_char(out, '\n');
    return rc < 0 ? dl_error_set(err, (enum dl_code) - rc, "the stages cannot be written") : 0;
}

int report_doctor(struct program *program, struct session *session, struct dl_key *key,
                  struct dl_buffer *out, struct dl_error *err)
{
    const long seconds = program->options.timeout;
    struct dl_check_options options = {
        .config = session->config,
        .key = key,
        .environment = &session->proxies,
        .last = key ? DL_STAGE_KEY : DL_STAGE_TLS,
        .total_ms = seconds > 0 ? (int)seconds * 1000 : 0,
    };
    struct dl_check *check = NULL;
    struct dl_http *http = NULL;
    int rc;

    if (!session->config || (!session->config->site && !session->config->endpoint))
        return dl_error_set(err, DL_E_CFG_NONE, "no site is chosen, so there is nothing to test");
    rc = dl_http_new(&http, err);
    if (rc == 0)
        rc = dl_check_start(&check, http, &options, err);
    if (rc == 0)
        rc = run_check(check, http, err);
    if (rc == 0)
        rc = write_json(check, out, err);
    dl_check_free(check);
    dl_http_free(http);
    return rc;
}
