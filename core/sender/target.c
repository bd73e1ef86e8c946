#include "sender/target.h"

#include "net/endpoint.h"
#include "record/frame.h"

#define URL_MAX (32 * 1024)
#define PATH "/api/v2/logs"

static int make_url(struct dl_buffer *url, const struct dl_config *config, struct dl_error *err)
{
    struct dl_endpoint endpoint;
    int rc = dl_endpoint_from_config(&endpoint, config, err);

    if (rc < 0)
        return rc;
    rc = dl_buffer_format(url, "%s" PATH "%s", endpoint.intake,
                          config->tags_in == DL_TAGS_IN_QUERY && config->tags.count ? "?" : "");
    if (rc < 0)
        return dl_error_set(err, (enum dl_code) - rc, "no memory for the address");
    return dl_frame_query(url, config, err);
}

int dl_target_init(struct dl_target *t, const struct dl_config *config, const struct dl_key *key,
                   const struct dl_proxy *proxy, int timeout_ms, struct dl_error *err)
{
    int rc;

    dl_buffer_init(&t->url, URL_MAX);
    rc = make_url(&t->url, config, err);
    if (rc < 0) {
        dl_target_free(t);
        return rc;
    }
    t->request = (struct dl_http_request){.method = DL_HTTP_POST,
                                          .url = dl_buffer_string(&t->url),
                                          .key = key,
                                          .proxy = proxy,
                                          .ca_file = config->ca_file,
                                          .connect_to = config->connect_to,
                                          .timeout_ms = timeout_ms};
    return 0;
}

void dl_target_free(struct dl_target *t)
{
    dl_buffer_free(&t->url);
}
