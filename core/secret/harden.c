/* What a program does once at its start: the only place of the library that touches the process
 * around it, and only when asked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "secret/key_source.h"

int dl_secret_harden_process(struct dl_error *err)
{
    const struct rlimit none = {0, 0};

    /* SSLKEYLOGFILE makes libcurl write session secrets to a file; the others make libsecret use a
     * file, with a password from the environment, instead of the keyring. */
    unsetenv("SSLKEYLOGFILE");
    unsetenv("SECRET_BACKEND");
    unsetenv("SECRET_FILE_TEST_PATH");
    unsetenv("SECRET_FILE_TEST_PASSWORD");
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return dl_error_set_errno(err, DL_E_INTERNAL, errno, "core files cannot be turned off");
    if (prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) != 0)
        return dl_error_set_errno(err, DL_E_INTERNAL, errno, "tracing cannot be turned off");
    return 0;
}

int dl_key_take_environment(struct dl_key **out, struct dl_error *err)
{
    char *text = getenv("DD_API_KEY");
    int rc = 0;

    *out = NULL;
    if (!text)
        return 0;
    if (*text)
        rc = dl_key_new(out, text, strlen(text), err);
    /* These very bytes are what /proc/PID/environ shows. */
    explicit_bzero(text, strlen(text));
    unsetenv("DD_API_KEY");
    if (rc < 0)
        dl_error_prefix(err, "DD_API_KEY");
    return rc;
}
