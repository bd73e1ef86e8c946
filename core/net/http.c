/* The loop: transfers on one curl multi handle. */
#include "net/http.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "config.h"
#include "net/http_private.h"
#include "secret/key.h"

#define LONGEST_WAIT_MS 60000

const char *dl_http_user_agent(void)
{
    return "ddlogs/" PACKAGE_VERSION " (linux)";
}

const char *dl_http_library_version(void)
{
    static _Thread_local char text[96];
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

    dl_text_format(text, sizeof text, "libcurl/%s %s", info->version,
                   info->ssl_version ? info->ssl_version : "without TLS");
    return text;
}

const char *dl_http_libraries(void)
{
    return curl_version();
}

const char *dl_http_ca_bundle(const char **folder)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

    *folder = info->capath;
    return info->cainfo;
}

int dl_http_new(struct dl_http **out, struct dl_error *err)
{
    struct dl_http *http;

    /* Counted by libcurl. Freed memory is zeroed, so that no copy of the key outlives a transfer.
     */
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, dl_wiped_malloc, dl_wiped_free, dl_wiped_realloc,
                             dl_wiped_strdup, dl_wiped_calloc)) {
        return dl_error_set(err, DL_E_INTERNAL, "libcurl does not start");
    }
    http = calloc(1, sizeof *http);
    if (http) {
        http->multi = curl_multi_init();
    }
    if (!http || !http->multi) {
        free(http);
        curl_global_cleanup();
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for a connection");
    }
    dl_buffer_init(&http->ca_text, DL_HTTP_CA_MAX);
    *out = http;
    return 0;
}

static void unlink_transfer(struct dl_http *http, struct dl_http_transfer *transfer)
{
    struct dl_http_transfer **at = &http->transfers;

    while (*at && *at != transfer) {
        at = &(*at)->next;
    }
    if (*at) {
        *at = transfer->next;
    }
    curl_multi_remove_handle(http->multi, transfer->easy);
}

void dl_http_cancel(struct dl_http *http, struct dl_http_transfer *transfer)
{
    if (transfer) {
        unlink_transfer(http, transfer);
        dl_http_transfer_free(transfer);
    }
}

void dl_http_free(struct dl_http *http)
{
    if (!http) {
        return;
    }
    while (http->transfers) {
        dl_http_cancel(http, http->transfers);
    }
    curl_multi_cleanup(http->multi);
    dl_buffer_free(&http->ca_text);
    free(http->ca_path);
    free(http);
    curl_global_cleanup();
}

int dl_http_start(struct dl_http_transfer **out, struct dl_http *http,
                  const struct dl_http_request *request, dl_http_done *done, void *context,
                  struct dl_error *err)
{
    struct dl_http_transfer *transfer;
    int status = dl_http_transfer_new(&transfer, http, request, err);

    if (status) {
        return status;
    }
    transfer->done = done;
    transfer->context = context;
    if (curl_multi_add_handle(http->multi, transfer->easy)) {
        dl_http_transfer_free(transfer);
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for a request");
    }
    transfer->next = http->transfers;
    http->transfers = transfer;
    if (out) {
        *out = transfer;
    }
    return 0;
}

/* Takes the transfer out before it calls back, so that the callback may start or cancel others. */
static void end(struct dl_http *http, struct dl_http_transfer *transfer, CURLcode result)
{
    dl_http_transfer_finish(transfer, result);
    unlink_transfer(http, transfer);
    transfer->done(transfer->context, &transfer->answer);
    dl_http_transfer_free(transfer);
}

static bool end_one_finished(struct dl_http *http)
{
    int left;
    CURLMsg *message;

    while ((message = curl_multi_info_read(http->multi, &left))) {
        struct dl_http_transfer *transfer = NULL;

        if (message->msg == CURLMSG_DONE) {
            CURLcode result = message->data.result;

            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
            end(http, transfer, result);
            return true;
        }
    }
    return false;
}

static int64_t idle_left(const struct dl_http_transfer *transfer, int64_t now)
{
    return transfer->request_begun ? transfer->last_byte_ms + transfer->idle_timeout_ms - now
                                   : LONGEST_WAIT_MS;
}

/* Each of these three acts on one transfer and looks again from the start: a callback may have
 * changed the list. */
static bool tell_one_progress(struct dl_http *http)
{
    for (struct dl_http_transfer *t = http->transfers; t; t = t->next) {
        if (t->progress_due) {
            t->progress_due = false;
            if (t->progress) {
                t->progress(t->context, &t->answer);
                return true;
            }
        }
    }
    return false;
}

static bool end_one_idle(struct dl_http *http, int64_t now)
{
    for (struct dl_http_transfer *t = http->transfers; t; t = t->next) {
        if (idle_left(t, now) <= 0) {
            t->stop = DL_HTTP_STOP_IDLE;
            end(http, t, CURLE_OPERATION_TIMEDOUT);
            return true;
        }
    }
    return false;
}

/* One step; *events counts the callbacks that were made. */
static int step(struct dl_http *http, size_t *events, struct dl_error *err)
{
    int running;
    CURLMcode result = curl_multi_perform(http->multi, &running);
    int64_t now = dl_clock_ms();

    if (result) {
        return dl_error_set(err, DL_E_INTERNAL, "libcurl: %s", curl_multi_strerror(result));
    }
    for (struct dl_http_transfer *t = http->transfers; t; t = t->next) {
        dl_http_transfer_look(t, now);
    }
    while (tell_one_progress(http) || end_one_finished(http) || end_one_idle(http, now)) {
        ++*events;
    }
    return 0;
}

static int count(const struct dl_http *http)
{
    int n = 0;

    for (const struct dl_http_transfer *t = http->transfers; t; t = t->next) {
        n++;
    }
    return n;
}

static int wait_time(const struct dl_http *http, int timeout_ms)
{
    int64_t now = dl_clock_ms();
    int64_t wait = timeout_ms < 0 || timeout_ms > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : timeout_ms;

    for (const struct dl_http_transfer *t = http->transfers; t; t = t->next) {
        int64_t left = idle_left(t, now);

        if (left < wait) {
            wait = left < 0 ? 0 : left;
        }
    }
    return (int)wait;
}

static int wait_for_any(struct dl_http *http, struct pollfd *extra, size_t extra_count, int wait,
                        struct dl_error *err)
{
    struct curl_waitfd few[8] = {0}, *also = few;
    CURLMcode result;

    if (extra_count > sizeof few / sizeof *few) {
        also = calloc(extra_count, sizeof *also);
        if (!also) {
            return dl_error_set(err, DL_E_NOMEM, "there is no memory to wait");
        }
    }
    for (size_t i = 0; i < extra_count; i++) {
        /* a negative descriptor is skipped by poll, and by libcurl, which hands it on */
        also[i].fd = extra[i].fd;
        also[i].events = (short)((extra[i].events & POLLIN ? CURL_WAIT_POLLIN : 0) |
                                 (extra[i].events & POLLPRI ? CURL_WAIT_POLLPRI : 0) |
                                 (extra[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0));
    }
    result = curl_multi_poll(http->multi, also, (unsigned)extra_count, wait, NULL);
    if (also != few) {
        free(also);
    }
    if (result) {
        return dl_error_set(err, DL_E_INTERNAL, "libcurl: %s", curl_multi_strerror(result));
    }
    /* libcurl does not hand on POLLHUP, which is how the end of a pipe shows */
    if (extra_count && poll(extra, extra_count, 0) < 0) {
        for (size_t i = 0; i < extra_count; i++) {
            extra[i].revents = 0;
        }
    }
    return 0;
}

int dl_http_poll(struct dl_http *http, struct pollfd *extra, size_t extra_count, int timeout_ms,
                 struct dl_error *err)
{
    size_t events = 0;
    int status = step(http, &events, err);

    if (!status) {
        status =
            wait_for_any(http, extra, extra_count, events ? 0 : wait_time(http, timeout_ms), err);
    }
    if (!status) {
        status = step(http, &events, err);
    }
    return status ? status : count(http);
}
