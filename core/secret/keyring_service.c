/* Bus, service, collection, and what their errors mean. */
#include "secret/keyring_service.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"

static enum dl_code code_of_io(const GError *error)
{
    switch (error->code) {
    case G_IO_ERROR_TIMED_OUT:
        return DL_E_KS_TIMEOUT;
    case G_IO_ERROR_CLOSED:
    case G_IO_ERROR_CONNECTION_CLOSED:
        return DL_E_KS_GONE;
    default:
        return DL_E_KS_OTHER;
    }
}

static enum dl_code code_of_dbus(const GError *error)
{
    switch (error->code) {
    case G_DBUS_ERROR_SERVICE_UNKNOWN:
    case G_DBUS_ERROR_SPAWN_EXEC_FAILED:
    case G_DBUS_ERROR_SPAWN_FORK_FAILED:
    case G_DBUS_ERROR_SPAWN_CHILD_EXITED:
    case G_DBUS_ERROR_SPAWN_CHILD_SIGNALED:
    case G_DBUS_ERROR_SPAWN_FAILED:
    case G_DBUS_ERROR_SPAWN_SETUP_FAILED:
    case G_DBUS_ERROR_SPAWN_CONFIG_INVALID:
    case G_DBUS_ERROR_SPAWN_SERVICE_INVALID:
    case G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND:
    case G_DBUS_ERROR_SPAWN_PERMISSIONS_INVALID:
    case G_DBUS_ERROR_SPAWN_FILE_INVALID:
        return DL_E_KS_NOSERVICE;
    case G_DBUS_ERROR_NO_REPLY:
    case G_DBUS_ERROR_NAME_HAS_NO_OWNER:
    case G_DBUS_ERROR_DISCONNECTED:
        return DL_E_KS_GONE;
    case G_DBUS_ERROR_TIMEOUT:
    case G_DBUS_ERROR_TIMED_OUT:
        return DL_E_KS_TIMEOUT;
    default:
        return DL_E_KS_OTHER;
    }
}

static enum dl_code code_of(const GError *error)
{
    if (error->domain == G_IO_ERROR) {
        char *name = g_dbus_error_get_remote_error(error);
        bool no_session = name && strcmp(name, "org.freedesktop.Secret.Error.NoSession") == 0;
        g_free(name);
        /* Another service than the one the session was opened with: the first one died. */
        return no_session ? DL_E_KS_GONE : code_of_io(error);
    }
    if (error->domain == G_DBUS_ERROR)
        return code_of_dbus(error);
    if (error->domain == SECRET_ERROR && error->code == SECRET_ERROR_IS_LOCKED)
        return DL_E_KS_LOCKED;
    return DL_E_KS_OTHER;
}

int keyring_service_fail(struct dl_error *err, GError *error, const char *doing)
{
    enum dl_code code = code_of(error);

    g_dbus_error_strip_remote_error(error);
    dl_error_set(err, code, "the keyring could not %s: %s", doing, error->message);
    g_error_free(error);
    return -(int)code;
}

/* Without an address GLib would start a bus of its own if it could; a keyring on it is nobody's. */
static bool bus_is_named(void)
{
    const char *address = g_getenv("DBUS_SESSION_BUS_ADDRESS");
    char *path;
    bool there;

    if (address && *address)
        return true;
    path = g_build_filename(g_get_user_runtime_dir(), "bus", NULL);
    there = access(path, F_OK) == 0;
    g_free(path);
    return there;
}

static int open_bus(struct dl_error *err)
{
    GError *error = NULL;
    GDBusConnection *bus;

    if (!bus_is_named())
        return dl_error_set(
            err, DL_E_KS_NOBUS,
            "no session bus is named by DBUS_SESSION_BUS_ADDRESS or XDG_RUNTIME_DIR, "
            "as is usual on servers and over ssh");
    bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, &error);
    if (!bus) {
        dl_error_set(err, DL_E_KS_NOBUS, "the session bus cannot be reached: %s", error->message);
        g_error_free(error);
        return -DL_E_KS_NOBUS;
    }
    /* Otherwise GLib would end this process by SIGTERM when the bus ends, before it could answer.
     */
    g_dbus_connection_set_exit_on_close(bus, FALSE);
    g_object_unref(bus);
    return 0;
}

static int open_service(struct keyring_service *k, struct dl_error *err)
{
    GError *error = NULL;

    k->service = secret_service_get_sync(SECRET_SERVICE_OPEN_SESSION, NULL, &error);
    if (!k->service) {
        if (code_of(error) == DL_E_KS_NOSERVICE) {
            g_dbus_error_strip_remote_error(error);
            dl_error_set(err, DL_E_KS_NOSERVICE, "no keyring service runs or can be started: %s",
                         error->message);
            g_error_free(error);
            return -DL_E_KS_NOSERVICE;
        }
        return keyring_service_fail(err, error, "open a session");
    }
    /* libsecret falls back to this without a word when the service knows no encryption. */
    const char *algorithms = secret_service_get_session_algorithms(k->service);
    if (!algorithms || strcmp(algorithms, "plain") == 0)
        return dl_error_set(
            err, DL_E_KS_PLAIN,
            "the keyring service offers no encrypted session, so the key would cross "
            "the bus in the clear; it was not sent");
    return 0;
}

static int open_collection(struct keyring_service *k, struct dl_error *err)
{
    GError *error = NULL;

    k->collection = secret_collection_for_alias_sync(k->service, SECRET_COLLECTION_DEFAULT,
                                                     SECRET_COLLECTION_NONE, NULL, &error);
    if (error)
        return keyring_service_fail(err, error, "name its default collection");
    if (!k->collection)
        return dl_error_set(err, DL_E_KS_NOCOLL,
                            "the keyring service runs, but this user has no default keyring yet");
    return 0;
}

int keyring_service_open(struct keyring_service *k, struct dl_error *err)
{
    int rc = open_bus(err);

    if (rc == 0)
        rc = open_service(k, err);
    if (rc == 0)
        rc = open_collection(k, err);
    return rc;
}

void keyring_service_close(struct keyring_service *k)
{
    g_clear_object(&k->collection);
    g_clear_object(&k->service);
}

const char *keyring_service_label(const struct keyring_service *k)
{
    return secret_collection_get_label(k->collection);
}

bool keyring_service_locked(const struct keyring_service *k)
{
    return secret_collection_get_locked(k->collection);
}

int keyring_service_unlock(struct keyring_service *k, struct dl_error *err)
{
    GError *error = NULL;
    GList *wanted, *unlocked = NULL;
    int count;

    if (!keyring_service_locked(k))
        return 0;
    if (!k->unlock)
        return dl_error_set(
            err, DL_E_KS_LOCKED,
            "the default keyring is locked; unlock it on the desktop, or use --unlock");
    wanted = g_list_append(NULL, k->collection);
    count = secret_service_unlock_sync(k->service, wanted, NULL, &unlocked, &error);
    g_list_free(wanted);
    g_list_free_full(unlocked, g_object_unref);
    if (error)
        return keyring_service_fail(err, error, "be unlocked");
    if (count < 1)
        return dl_error_set(err, DL_E_KS_DISMISSED,
                            "the prompt to unlock the keyring was dismissed, or no desktop could "
                            "show it");
    return 0;
}
