/* Status codes and the bodies that Datadog documents or is known to send with them. */
#include <stdio.h>

#include "base/json.h"
#include "intake/server.h"

static const struct row {
    int status;
    const char *phrase, *detail;
} rows[] = {
    {200, "OK", ""},
    {202, "Accepted", ""},
    {302, "Found", "Moved"},
    {400, "Bad Request", "Invalid JSON"},
    {401, "Unauthorized", "API key is missing"},
    {403, "Forbidden", "API key is invalid"},
    {404, "Not Found", "HTTP path is unknown"},
    {405, "Method Not Allowed", "HTTP method is not allowed here"},
    {408, "Request Timeout", "Request timed out"},
    {413, "Request Entity Too Large", "Request too large"},
    {414, "Request-URI Too Large", "HTTP path is too long"},
    {415, "Unsupported Media Type", "Content type or encoding is not supported"},
    {421, "Misdirected Request", "Host is not served here"},
    {429, "Too Many Requests", "Rate limit exceeded"},
    {500, "Internal Server Error", "Internal error"},
    {502, "Bad Gateway", "Bad gateway"},
    {503, "Service Unavailable", "Service is not available"},
    {504, "Gateway Timeout", "Gateway timeout"},
};

static const struct row *find(int status)
{
    static const struct row other = {0, "Unknown", "Unknown status"};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].status == status)
            return &rows[i];
    return &other;
}

const char *dl_intake_status_phrase(int status)
{
    return find(status)->phrase;
}

/* Datadog answers {} and no more; what a pipeline makes of ddlogs' test logs is for their sender.
 */
static int explorer_body(struct dl_buffer *out, const struct dl_intake_request *r)
{
    int rc = dl_buffer_text(out, "{\"explorer\":[");

    if (rc == 0)
        rc = dl_buffer_add(out, r->explorer.data, r->explorer.len);
    return rc < 0 ? rc : dl_buffer_text(out, "]}");
}

static int good_body(struct dl_buffer *out, enum dl_intake_route route)
{
    if (route == DL_ROUTE_VALIDATE_V1)
        return dl_buffer_text(out, "{\"valid\":true}");
    if (route == DL_ROUTE_VALIDATE_V2)
        return dl_buffer_text(out, "{\"data\":{\"id\":\"00000000-0000-4000-8000-0000000010ca\","
                                   "\"type\":\"validate_v2\",\"attributes\":{\"valid\":true,"
                                   "\"api_key_id\":\"00000000-0000-4000-8000-00000000ca11\","
                                   "\"api_key_scopes\":[]}}}");
    return dl_buffer_text(out, "{}");
}

int dl_intake_status_body(struct dl_buffer *out, const struct dl_intake_request *r)
{
    const struct row *row = find(r->status);
    const char *detail = r->detail ? r->detail : row->detail;
    char number[16];
    struct dl_json w;

    if (r->status < 300 && r->explorer.len)
        return explorer_body(out, r);
    if (r->status < 300)
        return good_body(out, r->route);
    snprintf(number, sizeof number, "%d", r->status);
    dl_json_begin(&w, out, 0);
    dl_json_object(&w);
    if (r->family == DL_FAMILY_LOGS_V1) {
        dl_json_member_integer(&w, "code", r->status);
        dl_json_member(&w, "message", detail);
    } else {
        dl_json_key(&w, "errors");
        dl_json_array(&w);
        if (r->family == DL_FAMILY_API) {
            dl_json_string(&w, detail);
        } else {
            dl_json_object(&w);
            dl_json_member(&w, "status", number);
            dl_json_member(&w, "title", row->phrase);
            dl_json_member(&w, "detail", detail);
            dl_json_object_end(&w);
        }
        dl_json_array_end(&w);
    }
    dl_json_object_end(&w);
    return dl_json_end(&w);
}
