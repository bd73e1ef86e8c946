/* One request of the library, driven to its end, for tests. */
#ifndef TEST_EXCHANGE_H
#define TEST_EXCHANGE_H

#include "net/http.h"

struct exchange {
    struct dl_http *http; /* made by the first run, kept for the next */
    int done;             /* calls of the done callback */
    int progress;
    struct dl_http_answer answer;
    char body[DL_HTTP_BODY_MAX + 1];
    char url[512];
};

/* The URL of a port on this machine: "https://localhost:PORT/path". */
const char *exchange_url(struct exchange *exchange, const char *scheme, int port, const char *path);

/* Fails the test if it cannot be started or takes over 20 s. */
void exchange_run(struct exchange *exchange, struct dl_http_request *request);

/* Ends the test unless the answer has this code and its sentence holds the words. */
void exchange_expect(const struct exchange *exchange, enum dl_code code, const char *words);

void exchange_close(struct exchange *exchange);

#endif
