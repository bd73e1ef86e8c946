#include "command/key_status.h"

#include "base/text.h"

#define PROMPT_SECONDS 120 /* for a person at the desktop's prompt */
#define SECONDS_MAX 3600

static int keyring_timeout(const struct options *options)
{
    long seconds = options->timeout > SECONDS_MAX ? SECONDS_MAX : options->timeout;

    return (seconds > 0 ? (int)seconds : options->unlock ? PROMPT_SECONDS : 0) * 1000;
}

int key_request(struct dl_keyring_request *request, enum dl_keyring_verb verb,
                const struct program *program, const struct session *session, struct dl_error *err)
{
    if (!session->config->site)
        return dl_error_set(err, DL_E_USAGE,
                            "no site is chosen, and a key belongs to one: --site SITE");
    *request = (struct dl_keyring_request){
        .verb = verb,
        .helper = session->keys.keyring_helper,
        .integration = session->config->integration,
        .site = session->config->site->id,
        .unlock = program->options.unlock,
        .timeout_ms = keyring_timeout(&program->options),
    };
    return 0;
}

const char *key_place_name(enum dl_key_place place)
{
    static const char *const names[] = {[DL_KEY_KEYRING] = "keyring",
                                        [DL_KEY_CREDENTIAL] = "credential",
                                        [DL_KEY_FILE] = "file",
                                        [DL_KEY_FD] = "fd",
                                        [DL_KEY_ENVIRONMENT] = "environment",
                                        [DL_KEY_SESSION] = "session"};

    return names[place];
}

static int look_in_keyring(struct key_status *status, const struct program *program,
                           const struct session *session, struct dl_error *err)
{
    struct dl_keyring_request request;
    struct dl_keyring *keyring;
    int rc = key_request(&request, DL_KEYRING_STATUS, program, session, err);

    status->keyring = "unavailable";
    if (rc == 0)
        rc = dl_keyring_start(&keyring, &request, err);
    if (rc < 0)
        return rc;
    rc = dl_keyring_wait(keyring, err);
    dl_text_copy(status->label, sizeof status->label, dl_keyring_label(keyring));
    if (rc == 0 || rc == -DL_E_KS_LOCKED || rc == -DL_E_KS_DISMISSED) {
        status->keyring = rc == 0 ? "unlocked" : "locked";
        status->there = dl_keyring_has_key(keyring);
        status->known = rc == 0 || status->there; /* a locked keyring may hide what it holds */
    }
    dl_keyring_free(keyring);
    if (rc == 0 && !status->there)
        rc = dl_error_set(err, DL_E_KEY_NONE, "the keyring holds no API key for %s on site %s",
                          request.integration, request.site);
    return rc;
}

int key_look(struct key_status *status, const struct program *program,
             const struct session *session, struct dl_error *err)
{
    const struct dl_config *config = session->config;
    struct dl_key *key = NULL;
    int rc;

    *status =
        (struct key_status){.place = key_place_name(config->key_source), .name = config->key_name};
    if (config->key_source == DL_KEY_KEYRING)
        return look_in_keyring(status, program, session, err);
    rc = dl_key_read(&key, config, &session->keys, err);
    status->there = rc == 0;
    status->known = rc == 0 || rc == -DL_E_KEY_NONE;
    dl_key_free(key);
    return rc;
}

void key_status_text(const struct key_status *status, const struct session *session,
                     struct dl_buffer *out)
{
    const struct dl_site *site = session->config->site;

    dl_buffer_format(out, "place    %s%s%s\n", status->place, status->name ? " " : "",
                     status->name ? status->name : "");
    if (status->keyring && *status->label)
        dl_buffer_format(out, "keyring  \"%s\", %s\n", status->label, status->keyring);
    else if (status->keyring)
        dl_buffer_format(out, "keyring  %s\n", status->keyring);
    dl_buffer_format(out, "key      %s, for %s on site %s\n",
                     !status->known  ? "unknown"
                     : status->there ? "there"
                                     : "none",
                     session->config->integration, site ? site->id : "(none chosen)");
}
