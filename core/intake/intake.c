#include "intake/intake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "intake/server.h"

enum { CONNECTIONS_MAX = 256, IDLE_SECONDS = 60, CONNECTION_MEMORY = 64 * 1024 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static int read_address(union address *out, socklen_t *size, const char *text, uint16_t port,
                        struct dl_error *err)
{
    if (!text || strcmp(text, "localhost") == 0)
        text = "127.0.0.1";
    *out = (union address){.v4 = {.sin_family = AF_INET, .sin_port = htons(port)}};
    *size = sizeof out->v4;
    if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1 &&
        ntohl(out->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET)
        return 0;
    *out = (union address){.v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};
    *size = sizeof out->v6;
    if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1 &&
        IN6_IS_ADDR_LOOPBACK(&out->v6.sin6_addr))
        return 0;
    return dl_error_set(err, DL_E_VALUE,
                        "the intake listens on loopback alone: 127.0.0.1 or ::1, not %.64s", text);
}

/* Our own listening socket: the system's word on why a port cannot be had would else be lost. */
static int listen_on(uint16_t *port, const char *text, struct dl_error *err)
{
    union address address;
    socklen_t size;
    int yes = 1, fd, rc;

    if ((rc = read_address(&address, &size, text, *port, err)) < 0)
        return rc;
    fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "cannot open a socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, &address.any, size) < 0 || listen(fd, SOMAXCONN) < 0 ||
        getsockname(fd, &address.any, &size) < 0) {
        rc = dl_error_set_errno(err, DL_E_IO, errno, "cannot listen on port %u", *port);
        close(fd);
        return rc;
    }
    *port = ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
    return fd;
}

static int read_faults(struct dl_intake *intake, const char *const *faults, struct dl_error *err)
{
    for (; faults && *faults; faults++) {
        if (intake->fault_count == DL_INTAKE_FAULTS_MAX)
            return dl_error_set(err, DL_E_VALUE, "there are more than %d faults",
                                DL_INTAKE_FAULTS_MAX);
        int rc = dl_intake_fault_parse(&intake->faults[intake->fault_count], *faults, err);
        if (rc < 0)
            return rc;
        intake->fault_count++;
    }
    return 0;
}

/* GnuTLS's words for the versions to offer. */
static const char *priorities(const struct dl_intake *intake)
{
    static const char *const single[] = {
        "NORMAL:-VERS-ALL:+VERS-TLS1.0", "NORMAL:-VERS-ALL:+VERS-TLS1.1",
        "NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3"};

    for (size_t i = 0; i < intake->fault_count; i++)
        if (intake->faults[i].kind == DL_FAULT_TLS)
            return single[intake->faults[i].number];
    return "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
}

static int start_daemon(struct dl_intake *intake, const struct dl_intake_options *options,
                        int listener, struct dl_error *err)
{
    /* A fault may hold its answer back for long, and must hold back no other connection. */
    unsigned flags =
        MHD_USE_INTERNAL_POLLING_THREAD |
        (intake->fault_count ? MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL : MHD_USE_AUTO) |
        (intake->tls ? MHD_USE_TLS : 0U);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)options->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->private_key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities(intake)},
        {MHD_OPTION_END, 0, NULL}};

    intake->daemon = MHD_start_daemon(
        flags, intake->port, NULL, NULL, dl_intake_request_handle, intake, /* */
        MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED,
        dl_intake_request_completed, intake, MHD_OPTION_ARRAY, intake->tls ? tls : tls + 3,
        MHD_OPTION_END);
    if (intake->daemon)
        return 0;
    close(listener);
    return dl_error_set(err, DL_E_VALUE, "%s",
                        intake->tls ? "the TLS certificate and private key cannot be used together"
                                    : "the HTTP server cannot be started");
}

static int set_up(struct dl_intake *intake, const struct dl_intake_options *options,
                  struct dl_error *err)
{
    int rc, listener;

    if (!options->certificate != !options->private_key)
        return dl_error_set(err, DL_E_VALUE, "TLS needs both a certificate and a private key");
    if ((rc = dl_intake_auth_init(&intake->auth, options->api_key, options->api_key_hash, err)) <
            0 ||
        (rc = read_faults(intake, options->faults, err)) < 0 ||
        (rc = dl_intake_recorder_open(&intake->recorder, options->record, options->pipeline, err)) <
            0)
        return rc;
    intake->empty_object =
        MHD_create_response_from_buffer(2, (void *)(uintptr_t) "{}", MHD_RESPMEM_PERSISTENT);
    if (!intake->empty_object)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the intake");
    MHD_add_response_header(intake->empty_object, "Content-Type", "application/json");
    intake->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (intake->stop_fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "cannot open an event descriptor");
    listener = listen_on(&intake->port, options->listen, err);
    return listener < 0 ? listener : start_daemon(intake, options, listener, err);
}

int dl_intake_start(struct dl_intake **out, const struct dl_intake_options *options,
                    struct dl_error *err)
{
    struct dl_intake *intake = calloc(1, sizeof *intake);
    int rc;

    if (!intake)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the intake");
    intake->port = options->port;
    intake->tls = options->certificate != NULL;
    intake->stop_fd = intake->recorder.fd = -1;
    intake->seed = options->seed;
    intake->log = options->log;
    intake->context = options->context;
    pthread_mutex_init(&intake->lock, NULL);
    rc = set_up(intake, options, err);
    if (rc < 0) {
        dl_intake_stop(intake);
        return rc;
    }
    *out = intake;
    return 0;
}

uint16_t dl_intake_port(const struct dl_intake *intake)
{
    return intake->port;
}

void dl_intake_stats(const struct dl_intake *intake, struct dl_intake_stats *out)
{
    *out = (struct dl_intake_stats){
        .requests = atomic_load(&intake->requests),
        .accepted_requests = atomic_load(&intake->accepted_requests),
        .logs = atomic_load(&intake->logs),
        .bytes = atomic_load(&intake->bytes),
        .wire_bytes = atomic_load(&intake->wire_bytes),
        .truncated = atomic_load(&intake->truncated),
    };
}

void dl_intake_stop(struct dl_intake *intake)
{
    if (!intake)
        return;
    if (intake->stop_fd >= 0)
        eventfd_write(intake->stop_fd, 1);
    if (intake->daemon)
        MHD_stop_daemon(intake->daemon);
    if (intake->empty_object)
        MHD_destroy_response(intake->empty_object);
    if (intake->stop_fd >= 0)
        close(intake->stop_fd);
    dl_intake_recorder_close(&intake->recorder);
    while (intake->spare) {
        struct dl_intake_request *r = intake->spare;
        intake->spare = r->next;
        dl_intake_request_free(r);
    }
    pthread_mutex_destroy(&intake->lock);
    explicit_bzero(&intake->auth, sizeof intake->auth);
    free(intake);
}

void dl_intake_libraries(char *to, size_t size)
{
    dl_text_format(to, size, "libmicrohttpd %s, GnuTLS %s", MHD_get_version(),
                   gnutls_check_version(NULL));
}
