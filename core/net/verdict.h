/* Answer -> what to do with the batch, and the cause in the error table. */
#ifndef DL_NET_VERDICT_H
#define DL_NET_VERDICT_H

#include "base/error.h"
#include "net/http.h"

enum dl_verdict {
    DL_VERDICT_COMMIT, /* accepted */
    DL_VERDICT_RETRY,  /* the same again after a pause */
    DL_VERDICT_SPLIT,  /* 413: halve the batch */
    DL_VERDICT_BISECT, /* 400: find the one bad record */
    DL_VERDICT_HOLD    /* keep all, tell a person */
};

/* Verdict on an answer of the log intake. err gets code, status and one sentence unless COMMIT.
 * 401 and 403 are KEY_403 here; a caller that saw the validate call succeed says KEY_INTAKE. */
enum dl_verdict dl_verdict_intake(const struct dl_http_answer *answer, struct dl_error *err);

/* 0 when the validate call says that the key is valid; else -DL_E_KEY_403, -DL_E_HTTP_*, ... */
int dl_verdict_validate(const struct dl_http_answer *answer, struct dl_error *err);

#endif
