#include "setup/save.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define SAVE_BYTES (256 * 1024)

enum phase {
    PHASE_LOCK,
    PHASE_LOOK, /* is a key there already? */
    PHASE_STORE,
    PHASE_READ_BACK,
    PHASE_WRITE,
    PHASE_PUT_BACK, /* the keyring, after a failure */
    PHASE_DONE
};

struct save {
    enum phase phase;
    struct dl_config *config;
    struct dl_key *key, *before; /* before: what the keyring held, or NULL */
    struct dl_keyring *keyring;  /* runs in LOOK, STORE, READ_BACK, PUT_BACK */
    const char *helper;
    char path[PATH_MAX];
    int lock;
    bool stored, changed;
    struct dl_error failure;
};

int save_start(struct save **out, const struct setup_effect *effect, const char *helper,
               struct dl_error *err)
{
    struct save *save = calloc(1, sizeof *save);
    int rc;

    if (save == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory to save");
    save->lock = -1;
    save->helper = helper;
    rc = dl_text_copy(save->path, sizeof save->path, effect->name)
             ? dl_config_copy(&save->config, effect->config, err)
             : dl_error_set(err, DL_E_CFG_PERM, "the path of the configuration is too long");
    if (rc == 0 && effect->key != NULL)
        rc = dl_key_new(&save->key, dl_key_text(effect->key), dl_key_length(effect->key), err);
    if (rc != 0) {
        save_free(save);
        return rc;
    }
    *out = save;
    return 0;
}

static struct dl_keyring_request request(const struct save *save, enum dl_keyring_verb verb,
                                         const struct dl_key *key)
{
    return (struct dl_keyring_request){.verb = verb,
                                       .helper = save->helper,
                                       .integration = save->config->integration,
                                       .site = save->config->site->id,
                                       .key = key};
}

static int ask(struct save *save, enum dl_keyring_verb verb, const struct dl_key *key,
               enum phase phase, struct dl_error *err)
{
    struct dl_keyring_request r = request(save, verb, key);

    save->phase = phase;
    dl_keyring_free(save->keyring);
    save->keyring = NULL;
    return dl_keyring_start(&save->keyring, &r, err);
}

/* The lock lies beside the file, so its folder must be there. */
static int take_lock(struct save *save, struct dl_error *err)
{
    char text[PATH_MAX];
    const char *slash = strrchr(save->path, '/');
    int rc = 0;

    if (slash != NULL && slash != save->path) {
        (void)dl_text_format(text, sizeof text, "%.*s", (int)(slash - save->path), save->path);
        rc = dl_file_make_folders(text, err);
    }
    if (rc == 0 && !dl_text_format(text, sizeof text, "%s.lock", save->path))
        rc = dl_error_set(err, DL_E_CFG_PERM, "the path of the configuration is too long");
    if (rc == 0)
        rc = dl_file_lock(&save->lock, text, err);
    if (rc == -DL_E_IO && err != NULL) {
        err->code = DL_E_CFG_PERM;
        rc = -DL_E_CFG_PERM;
    }
    return rc;
}

/* Whether the file holds these very values already, so that not even a lock is taken. */
static bool is_there(const struct save *save)
{
    struct dl_buffer now, then;
    bool same;

    dl_buffer_init(&now, SAVE_BYTES);
    dl_buffer_init(&then, SAVE_BYTES);
    same = dl_file_read(save->path, true, &now, NULL) == 0 &&
           dl_config_write_text(save->config, &then, NULL) == 0 &&
           strcmp(dl_buffer_string(&now), dl_buffer_string(&then)) == 0;
    dl_buffer_free(&now);
    dl_buffer_free(&then);
    return same;
}

/* After a failure: what was stored is taken back. Returns 1 while the keyring works on it. */
static int give_up(struct save *save, struct dl_error *err)
{
    save->failure = *err;
    if (!save->stored)
        return -(int)save->failure.code;
    save->stored = false;
    if (ask(save, save->before != NULL ? DL_KEYRING_STORE : DL_KEYRING_DELETE, save->before,
            PHASE_PUT_BACK, err) == 0)
        return 1;
    *err = save->failure;
    return -(int)save->failure.code;
}

/* The answer of the keyring to the phase that runs. */
static int answered(struct save *save, int rc, struct dl_error *err)
{
    struct dl_key *key = rc == 0 ? dl_keyring_take_key(save->keyring) : NULL;
    bool same = key != NULL && dl_key_equal(key, save->key);

    switch (save->phase) {
    case PHASE_LOOK:
        if (rc < 0 && rc != -DL_E_KEY_NONE)
            return rc;
        save->before = key;
        if (same) { /* the keyring holds this key already */
            save->phase = PHASE_WRITE;
            return 0;
        }
        return ask(save, DL_KEYRING_STORE, save->key, PHASE_STORE, err);
    case PHASE_STORE:
        /* without an answer it may have been stored all the same */
        save->stored = rc == 0 || rc == -DL_E_KS_TIMEOUT || rc == -DL_E_KS_GONE;
        if (rc < 0)
            return rc;
        return ask(save, DL_KEYRING_GET, NULL, PHASE_READ_BACK, err);
    case PHASE_READ_BACK:
        dl_key_free(key);
        if (rc == 0 && !same)
            return dl_error_set(err, DL_E_KS_OTHER,
                                "the keyring gave back another key than the one stored");
        save->changed = true;
        save->phase = PHASE_WRITE;
        return rc;
    default:
        dl_key_free(key);
        return rc;
    }
}

static int write_file(struct save *save, struct dl_error *err)
{
    bool changed = false;
    int rc = dl_config_save(save->config, save->path, &changed, err);

    if (rc == 0) {
        save->changed |= changed;
        save->stored = false; /* complete: nothing is undone any more */
        save->phase = PHASE_DONE;
    }
    return rc;
}

/* One phase. 1: the keyring works; 0: on to the next; negative: failed. */
static int go_on(struct save *save, struct dl_error *err)
{
    int rc;

    switch (save->phase) {
    case PHASE_LOCK:
        if (save->key == NULL && is_there(save)) {
            save->phase = PHASE_DONE;
            return 0;
        }
        rc = take_lock(save, err);
        if (rc != 0)
            return rc;
        if (save->key != NULL)
            return ask(save, DL_KEYRING_GET, NULL, PHASE_LOOK, err);
        save->phase = PHASE_WRITE;
        return 0;
    case PHASE_WRITE:
        return write_file(save, err);
    default:
        rc = dl_keyring_step(save->keyring, err);
        return rc == 1 ? 1 : answered(save, rc, err);
    }
}

int save_step(struct save *save, bool *changed, struct dl_error *err)
{
    struct dl_error local = {0};
    int rc = 0;

    while (rc == 0 && save->phase != PHASE_DONE) {
        if (save->phase == PHASE_PUT_BACK) {
            if (dl_keyring_step(save->keyring, &local) == 1)
                return 1;
            *err = save->failure;
            return -(int)save->failure.code;
        }
        rc = go_on(save, err);
        if (rc < 0)
            rc = give_up(save, err);
    }
    *changed = save->changed;
    return rc;
}

int save_fd(const struct save *save)
{
    return save->keyring != NULL && save->phase != PHASE_WRITE ? dl_keyring_fd(save->keyring) : -1;
}

int64_t save_deadline(const struct save *save)
{
    return save->keyring != NULL ? dl_keyring_deadline(save->keyring) : 0;
}

void save_free(struct save *save)
{
    if (save == NULL)
        return;
    dl_keyring_free(save->keyring);
    if (save->stored || save->phase == PHASE_STORE) { /* stopped halfway */
        struct dl_keyring_request undo = request(
            save, save->before != NULL ? DL_KEYRING_STORE : DL_KEYRING_DELETE, save->before);
        (void)dl_keyring_run(&undo, NULL, NULL);
    }
    if (save->lock >= 0)
        close(save->lock);
    dl_config_free(save->config);
    dl_key_free(save->key);
    dl_key_free(save->before);
    free(save);
}
