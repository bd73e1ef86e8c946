#include "certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

static void extend(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

void certificate_make(struct certificate *to, const char *common_name, const char *names, long from,
                      long until, const struct certificate *issuer)
{
    static long serial = 1;
    const struct certificate *signer = issuer ? issuer : to;
    X509_NAME *name;

    to->key = EVP_EC_gen("P-256");
    to->x509 = X509_new();
    assert_non_null(to->key);
    assert_non_null(to->x509);
    X509_set_version(to->x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(to->x509), serial++);
    X509_gmtime_adj(X509_getm_notBefore(to->x509), from);
    X509_gmtime_adj(X509_getm_notAfter(to->x509), until);
    name = X509_get_subject_name(to->x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1,
                               -1, 0);
    X509_set_issuer_name(to->x509, X509_get_subject_name(signer->x509));
    X509_set_pubkey(to->x509, to->key);
    if (names) {
        extend(to->x509, signer->x509, NID_subject_alt_name, names);
    } else {
        extend(to->x509, signer->x509, NID_basic_constraints, "critical,CA:TRUE");
        extend(to->x509, signer->x509, NID_key_usage, "critical,keyCertSign");
    }
    assert_true(X509_sign(to->x509, signer->key, EVP_sha256()) > 0);
}

void certificate_free(struct certificate *certificate)
{
    EVP_PKEY_free(certificate->key);
    X509_free(certificate->x509);
}

void certificate_write(const struct certificate *certificate, const char *path)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, certificate->x509), 1);
    assert_int_equal(fclose(file), 0);
}
