/* Certificates in words: who they are from and for, how long they last, who looks inside. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/internal.h"

/* What products that open TLS on the way call their certificates' issuers. */
static const char *const inspectors[] = {
    "inspection",  "decrypt",   "interception", "zscaler",    "netskope", "fortinet",
    "fortigate",   "palo alto", "blue coat",    "forcepoint", "websense", "umbrella",
    "check point", "sophos",    "barracuda",    "watchguard", "mcafee",   "skyhigh",
    "mitmproxy",   "kaspersky", "web gateway",  NULL};

/* The common name of "C = US, O = Example, CN = Example CA", or the whole. */
static void short_name(const char *distinguished, char *to, size_t size)
{
    const char *at = strstr(distinguished, "CN");

    while (at && (at > distinguished && at[-1] != ' ' && at[-1] != ',' && at[-1] != '/'))
        at = strstr(at + 2, "CN");
    if (at) {
        at += 2;
        at += strspn(at, " ");
        at = *at == '=' ? at + 1 + strspn(at + 1, " ") : NULL;
    }
    if (at)
        dl_text_format(to, size, "%.*s", (int)strcspn(at, ",/"), at);
    else
        dl_text_copy(to, size, distinguished);
}

static bool holds(const char *text, const char *word)
{
    size_t len = strlen(word);

    for (; *text; text++)
        if (dl_ascii_equal_n(text, word, len))
            return true;
    return false;
}

/* The issuer of the chain that is known for looking inside, or NULL. */
static const char *inspector(const struct dl_http_answer *answer)
{
    for (size_t i = 0; i < answer->chain_length; i++)
        for (const char *const *word = inspectors; *word; word++)
            if (holds(answer->chain[i].issuer, *word))
                return answer->chain[i].issuer;
    return NULL;
}

void dl_tls_stage_evidence(struct dl_stage_report *report, const struct dl_http_answer *answer)
{
    const struct dl_http_certificate *leaf = &answer->chain[0];
    int64_t end;

    if (answer->tls_version[0])
        dl_stage_evidence(report, "version", "%s", answer->tls_version);
    if (answer->tls_cipher[0])
        dl_stage_evidence(report, "cipher", "%s", answer->tls_cipher);
    if (answer->verify_result)
        dl_stage_evidence(report, "verify_result", "%ld", answer->verify_result);
    if (!answer->chain_length)
        return;
    dl_stage_evidence(report, "subject", "%s", leaf->subject);
    dl_stage_evidence(report, "issuer", "%s", leaf->issuer);
    dl_stage_evidence(report, "not_before", "%s", leaf->not_before);
    dl_stage_evidence(report, "not_after", "%s", leaf->not_after);
    if (dl_date_parse(leaf->not_after, &end))
        dl_stage_evidence(report, "days_left", "%lld",
                          (long long)((end - dl_clock_wall_ms()) / 86400000));
    for (size_t i = 1; i < answer->chain_length && i < 4; i++)
        dl_stage_evidence(report, "chain", "%s; issued by %s; until %s", answer->chain[i].subject,
                          answer->chain[i].issuer, answer->chain[i].not_after);
}

void dl_tls_stage_pass(struct dl_check *check, const struct dl_http_answer *answer, int64_t ms)
{
    struct dl_stage_report *report = &check->reports[DL_STAGE_TLS];
    const char *version = answer->tls_version[0] ? answer->tls_version : "TLS";
    const char *who = inspector(answer);
    char issuer[256], left[32];
    struct dl_error err = {0};
    int64_t end;

    if (!answer->chain_length || !dl_date_parse(answer->chain[0].not_after, &end)) {
        dl_stage_settle(check, DL_STAGE_TLS, DL_RESULT_PASS, ms, "%s", version);
        return;
    }
    dl_stage_evidence(report, "name", "matches %s", check->intake.host);
    short_name(who ? who : answer->chain[0].issuer, issuer, sizeof issuer);
    dl_date_span(end - dl_clock_wall_ms(), left, sizeof left);
    if (!who) {
        dl_stage_settle(check, DL_STAGE_TLS, DL_RESULT_PASS, ms, "%s, issued by %s, %s left",
                        version, issuer, left);
        return;
    }
    dl_error_set(&err, DL_E_TLS_INSPECTED,
                 "%s, but the certificate of %s was issued by \"%s\": what is sent is opened on "
                 "the way, the API key too",
                 version, check->intake.host, issuer);
    dl_stage_fail(check, DL_STAGE_TLS, DL_RESULT_WARN, ms, &err);
}

void dl_tls_stage_sentence(const struct dl_check *check, const struct dl_http_answer *answer,
                           struct dl_error *err)
{
    const struct dl_http_certificate *leaf = &answer->chain[0];
    const char *host = check->intake.host;
    char issuer[256], subject[256], now[32];

    short_name(leaf->issuer, issuer, sizeof issuer);
    short_name(leaf->subject, subject, sizeof subject);
    dl_clock_iso(dl_clock_wall_ms(), now);
    if (err->code == DL_E_TLS_CA)
        dl_text_format(err->text, sizeof err->text,
                       "the certificate of %s was issued by \"%s\", which is not trusted here",
                       host, issuer);
    else if (err->code == DL_E_TLS_NAME)
        dl_text_format(err->text, sizeof err->text,
                       "the certificate shown for %s is for \"%s\", issued by \"%s\"", host,
                       subject, issuer);
    else
        dl_text_format(err->text, sizeof err->text,
                       "the certificate of %s is valid from %s to %s, and the clock of this "
                       "machine says %s",
                       host, leaf->not_before, leaf->not_after, now);
}
