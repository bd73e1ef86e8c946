/* Whom to trust, and who the other side says it is. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_private.h"

static int no_memory(struct dl_error *err)
{
    return dl_error_set(err, DL_E_NOMEM, "there is no memory for the CA file");
}

/* Appends a file of certificates to the text. */
static int append_file(struct dl_buffer *text, const char *path, struct dl_error *err)
{
    struct dl_buffer one;
    int status;

    dl_buffer_init(&one, DL_HTTP_CA_MAX);
    status = dl_file_read(path, true, &one, err);
    if (!status && !strstr(dl_buffer_string(&one), "-----BEGIN ")) {
        status = dl_error_set(err, DL_E_CA_FILE, "%s holds no certificate in PEM form", path);
    }
    if (!status) {
        status = dl_buffer_add(text, one.data, one.len);
        status = status ? status : dl_buffer_char(text, '\n');
        if (status) {
            dl_error_set(err, (enum dl_code) - status, "%s is too large for a CA file", path);
        }
    }
    dl_buffer_free(&one);
    return status;
}

/* The system's bundle and the extra file as one text: the file adds and never replaces. A system
 * without a bundle has nothing to add to. */
static int gather(struct dl_buffer *text, const char *bundle, const char *ca_file,
                  struct dl_error *err)
{
    struct dl_error cause = {0};
    int status = bundle ? append_file(text, bundle, NULL) : 0;

    if (status && status != -DL_E_NOMEM) {
        dl_log(DL_LOG_WARN, "the system's CA bundle %s cannot be read; %s is used alone", bundle,
               ca_file);
        status = 0;
    }
    status = status ? status : append_file(text, ca_file, &cause);
    if (status == -DL_E_NOMEM) {
        return no_memory(err);
    }
    if (status) {
        dl_error_set(err, DL_E_CA_FILE, "the CA file cannot be used: %s", cause.text);
        if (err) {
            err->sys_errno = cause.sys_errno;
        }
        return -DL_E_CA_FILE;
    }
    return 0;
}

static int load(struct dl_http *http, CURL *easy, const char *ca_file, struct dl_error *err)
{
    const char *bundle = NULL;
    int status;

    free(http->ca_path);
    http->ca_path = NULL;
    dl_buffer_clear(&http->ca_text);
    curl_easy_getinfo(easy, CURLINFO_CAINFO, &bundle);
    if (stat(ca_file, &http->ca_stat)) {
        http->ca_stat = (struct stat){0}; /* reading it says why */
    }
    status = gather(&http->ca_text, bundle, ca_file, err);
    if (status) {
        return status;
    }
    http->ca_path = strdup(ca_file);
    return http->ca_path ? 0 : no_memory(err);
}

/* A person may mend the file and try again in the same run. */
static bool is_loaded(const struct dl_http *http, const char *ca_file)
{
    const struct stat *was = &http->ca_stat;
    struct stat now;

    return http->ca_path && strcmp(http->ca_path, ca_file) == 0 && stat(ca_file, &now) == 0 &&
           now.st_dev == was->st_dev && now.st_ino == was->st_ino && now.st_size == was->st_size &&
           now.st_mtim.tv_sec == was->st_mtim.tv_sec && now.st_mtim.tv_nsec == was->st_mtim.tv_nsec;
}

int dl_http_certificate_trust(struct dl_http *http, CURL *easy, const char *ca_file,
                              struct dl_error *err)
{
    struct curl_blob blob = {.flags = CURL_BLOB_COPY};

    if (!ca_file || !*ca_file) {
        return 0; /* libcurl's default: the system's bundle */
    }
    if (!is_loaded(http, ca_file)) {
        int status = load(http, easy, ca_file, err);

        if (status) {
            return status;
        }
    }
    blob.data = http->ca_text.data;
    blob.len = http->ca_text.len;
    if (curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob) ||
        curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO_BLOB, &blob)) {
        return no_memory(err);
    }
    return 0;
}

static void take_field(struct dl_http_certificate *to, const char *field)
{
    const struct {
        const char *name;
        char *to;
        size_t size;
    } fields[] = {
        {"Subject:", to->subject, sizeof to->subject},
        {"Issuer:", to->issuer, sizeof to->issuer},
        {"Start date:", to->not_before, sizeof to->not_before},
        {"Expire date:", to->not_after, sizeof to->not_after},
    };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t len = strlen(fields[i].name);

        if (strncmp(field, fields[i].name, len) == 0) {
            dl_log_scrub(fields[i].to, fields[i].size, field + len, strlen(field + len));
        }
    }
}

void dl_http_certificate_chain(CURL *easy, struct dl_http_answer *answer)
{
    struct curl_certinfo *chain = NULL;

    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) || !chain) {
        return;
    }
    for (int i = 0; i < chain->num_of_certs && answer->chain_length < DL_HTTP_CHAIN_MAX; i++) {
        struct dl_http_certificate *to = &answer->chain[answer->chain_length++];

        for (const struct curl_slist *field = chain->certinfo[i]; field; field = field->next) {
            take_field(to, field->data);
        }
    }
}

/* A function of the TLS library, into a pointer to one. */
static bool find(void *function, const char *name)
{
    void *symbol = dlsym(RTLD_DEFAULT, name);

    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

/* libcurl tells the version in its debug output alone, which is never switched on. It hands out the
 * TLS library's own object, and the library that made it is loaded: this asks that one. */
void dl_http_certificate_session(CURL *easy, struct dl_http_answer *answer)
{
    const struct curl_tlssessioninfo *session = NULL;
    struct {
        const char *(*version)(const void *ssl);
        const void *(*cipher)(const void *ssl);
        const char *(*name)(const void *cipher);
    } of;

    if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) || !session ||
        session->backend != CURLSSLBACKEND_OPENSSL || !session->internals) {
        return;
    }
    if (find(&of.version, "SSL_get_version")) {
        dl_text_copy(answer->tls_version, sizeof answer->tls_version,
                     of.version(session->internals));
    }
    if (find(&of.cipher, "SSL_get_current_cipher") && find(&of.name, "SSL_CIPHER_get_name")) {
        dl_text_copy(answer->tls_cipher, sizeof answer->tls_cipher,
                     of.name(of.cipher(session->internals)));
    }
}
