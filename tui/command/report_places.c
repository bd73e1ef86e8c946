/* What the configuration points to: CA certificates, the place of the key, the spool. */
#include <openssl/evp.h>
#include <string.h>

#include "base/file.h"
#include "command/key_status.h"
#include "command/report.h"
#include "command/spool.h"

#define CA_FILE_MAX ((size_t)16 * 1024 * 1024)

static size_t count_certificates(const struct dl_buffer *text)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    const char *at = dl_buffer_string(text);
    size_t count = 0;

    while ((at = strstr(at, begin)) != NULL) {
        at += sizeof begin - 1;
        count++;
    }
    return count;
}

/* Which file it is can be told by its sum, without its certificates. */
static int add_file(struct dl_buffer *out, const char *path)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    struct dl_buffer text;
    struct dl_error err = {0};
    int rc;

    dl_buffer_init(&text, CA_FILE_MAX);
    dl_buffer_format(out, "file           %s\n", path);
    if (dl_file_read(path, true, &text, &err) < 0) {
        rc = dl_buffer_format(out, "               cannot be used: %s\n", err.text);
    } else {
        dl_buffer_format(out, "size           %zu bytes, %zu certificates\n", text.len,
                         count_certificates(&text));
        rc = dl_buffer_text(out, "SHA-256        ");
        if (EVP_Digest(text.data, text.len, sum, &length, EVP_sha256(), NULL) != 1)
            rc = dl_buffer_text(out, "not known");
        for (unsigned int i = 0; rc == 0 && i < length; i++)
            rc = dl_buffer_format(out, "%02x", sum[i]);
        if (rc == 0)
            rc = dl_buffer_char(out, '\n');
    }
    dl_buffer_free(&text);
    return rc;
}

int report_ca(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    const struct dl_config *config = job->session.config;
    const char *folder, *bundle = dl_http_ca_bundle(&folder);
    int rc = dl_buffer_format(out, "named by       libcurl, for this system\nfolder         %s\n",
                              folder ? folder : "none");

    rc = rc < 0   ? rc
         : bundle ? add_file(out, bundle)
                  : dl_buffer_text(out, "file           none\n");
    if (rc == 0 && config && config->ca_file) {
        rc = dl_buffer_format(out, "\nnamed by       %s, in addition\n",
                              config->origin[DL_PROP_CA_FILE] == DL_ORIGIN_OPTION
                                  ? "--ca-file"
                                  : "ca_file in the configuration");
        if (rc == 0)
            rc = add_file(out, config->ca_file);
    }
    if (rc == 0)
        rc =
            dl_buffer_text(out, "\nSSL_CERT_FILE, SSL_CERT_DIR and CURL_CA_BUNDLE are not read.\n");
    return rc < 0 ? dl_error_set(err, (enum dl_code) - rc, "it cannot be written") : 0;
}

int report_keyring(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    struct dl_error why = {0};
    struct key_status status;
    int rc;

    if (!job->has_session)
        return dl_error_set(err, job->session_error.code, "%s", job->session_error.text);
    if (job->findings) /* a keyring may take seconds, and a screen waits */
        return dl_buffer_text(out, "Not looked at while a screen is open; see doctor.json.\n") < 0
                   ? dl_error_set(err, DL_E_LIMIT, "it cannot be written")
                   : 0;
    rc = key_look(&status, job->program, &job->session, &why);
    key_status_text(&status, &job->session, out);
    if (rc < 0)
        dl_buffer_format(out, "why      %s: %s\n", dl_error_info(why.code)->id, why.text);
    if (job->environment_key_given)
        dl_buffer_text(out, "DD_API_KEY in the environment wins over this place.\n");
    /* an option may have given it */
    rc = dl_buffer_format(out, "in use   %s\n", job->key ? "a key" : "no key");
    return rc < 0 ? dl_error_set(err, (enum dl_code) - rc, "it cannot be written") : 0;
}

int report_spool(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    const struct dl_config *config = job->session.config;
    struct dl_spool_counts counts;
    pid_t owner = 0;
    int rc;

    if (!config || !config->spool)
        return dl_buffer_text(out, "The configuration names no spool.\n");
    rc = dl_spool_look(&counts, &owner, config->spool, err);
    if (rc == 0)
        spool_status_text(out, config->spool, &counts, owner);
    return rc;
}
