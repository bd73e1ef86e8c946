/* The answer, through the HTTP library where it can and by hand (raw.c) where a fault needs it. */
#include <string.h>

#include "base/text.h"
#include "intake/server.h"

static const char page[] =
    "<!DOCTYPE html>\n<html><head><title>Welcome to the network</title></head>"
    "<body><h1>Please sign in</h1></body></html>\n";

static int fill_body(struct dl_intake_request *r)
{
    const struct dl_intake_plan *plan = &r->plan;

    if (plan->has_body)
        return dl_buffer_text(&r->answer, plan->body);
    if (plan->html)
        return dl_buffer_text(&r->answer, page);
    return dl_intake_status_body(&r->answer, r);
}

static void add_headers(struct MHD_Response *response, const struct dl_intake_request *r,
                        const char *type)
{
    const struct dl_intake_plan *plan = &r->plan;
    char name[128];

    MHD_add_response_header(response, "Content-Type", type);
    if (r->status == 405)
        MHD_add_response_header(response, "Allow", r->family == DL_FAMILY_API ? "GET" : "POST");
    if (plan->redirect)
        MHD_add_response_header(response, "Location", plan->redirect);
    if (plan->retry_after)
        MHD_add_response_header(response, "Retry-After", plan->retry_after);
    if (plan->header) {
        const char *colon = strstr(plan->header, ": ");
        dl_text_format(name, sizeof name, "%.*s", (int)(colon - plan->header), plan->header);
        MHD_add_response_header(response, name, colon + 2);
    }
}

static enum MHD_Result queue(struct dl_intake_request *r, const char *type)
{
    struct MHD_Response *response;
    enum MHD_Result rc;

    response = MHD_create_response_from_buffer(
        r->answer.len, (void *)(uintptr_t)dl_buffer_string(&r->answer), MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    add_headers(response, r, type);
    rc = MHD_queue_response(r->connection, (unsigned)r->status, response);
    MHD_destroy_response(response);
    return rc;
}

enum MHD_Result dl_intake_answer(struct dl_intake_request *r)
{
    const struct dl_intake_plan *plan = &r->plan;
    const char *type = plan->html ? "text/html; charset=utf-8" : "application/json";

    if (!plan->any && r->status < 300 && r->family != DL_FAMILY_API && !r->explorer.len)
        return MHD_queue_response(r->connection, (unsigned)r->status, r->intake->empty_object);
    if (plan->hang) {
        dl_intake_wait(r, INT64_MAX);
        return MHD_NO;
    }
    if (plan->delay_ms && !dl_intake_wait(r, plan->delay_ms))
        return MHD_NO;
    if (fill_body(r) < 0)
        return MHD_NO;
    return dl_intake_plan_is_raw(plan) ? dl_intake_raw_answer(r, type) : queue(r, type);
}
