/* Certificates for tests: EC P-256, made on the spot. Any failure ends the test. */
#ifndef TEST_CERTIFICATE_H
#define TEST_CERTIFICATE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

struct certificate {
    EVP_PKEY *key;
    X509 *x509;
};

/* names: "DNS:localhost,IP:127.0.0.1", or NULL for a CA. from and to: seconds from now. issuer
 * NULL: signed by itself. */
void certificate_make(struct certificate *to, const char *common_name, const char *names, long from,
                      long until, const struct certificate *issuer);
void certificate_free(struct certificate *certificate);
void certificate_write(const struct certificate *certificate, const char *path);

#endif
