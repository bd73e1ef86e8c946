/* The wizard as a pure machine: an event goes in, the state changes, effects come out as values.
 * No terminal, no network, no clock, no file. The loop (setup/loop.h) runs the effects and hands
 * their results back as SETUP_DONE events. */
#ifndef DL_TUI_SETUP_MACHINE_H
#define DL_TUI_SETUP_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "check/check.h"
#include "identity/config.h"
#include "identity/integration.h"
#include "identity/site.h"
#include "secret/key.h"
#include "setup/event.h"
#include "setup/view.h"

/* One integration with what is known about it; everything lives as long as the machine. */
struct setup_loaded {
    const struct dl_integration *integration;
    const struct dl_config *saved;  /* as the file has it, or NULL */
    const struct dl_config *config; /* to begin with: the file or else defaults and environment, and
                                       the options on top */
    const char *path;               /* of the configuration file */
    const struct dl_error *warnings; /* before anything is asked: W-ENV-OVERRIDE, ... */
    size_t warning_count;
};

enum setup_page {
    SETUP_PAGE_PREFLIGHT,
    SETUP_PAGE_INTEGRATION,
    SETUP_PAGE_SITE,
    SETUP_PAGE_KEY,
    SETUP_PAGE_FIND, /* "find my site": asks for consent, then shows the answers */
    SETUP_PAGE_STORE,
    SETUP_PAGE_PLACE, /* name of a credential or path of a key file */
    SETUP_PAGE_TAGS,
    SETUP_PAGE_TEST,
    SETUP_PAGE_SITES, /* reachability of all sites */
    SETUP_PAGE_REVIEW,
    SETUP_PAGE_RESULT,
    SETUP_PAGE_COUNT
};

/* Everything is kept by the caller as long as the machine lives, but the keys, which it takes. */
struct setup_input {
    const char *program;               /* "ddlogs setup" */
    const struct setup_loaded *loaded; /* NULL: a person chooses among `names` */
    const char *const *names;          /* NULL-terminated, or NULL */
    const char *manifest;              /* path given by option, or NULL */
    struct dl_key *key;                /* given by option, or NULL */
    const char *key_origin;            /* "--api-key-fd" */
    struct dl_key *environment_key;    /* DD_API_KEY, or NULL */
    enum setup_page only;              /* one of SITE, KEY, STORE, TAGS, or COUNT for all */
    bool dry_run, check_only;
    bool no_person;         /* flags: quitting ends with the exit code of the failure shown */
    bool unlock;            /* the desktop may ask to unlock the keyring */
    const char *sample_key; /* demo: a made-up key to paste, or NULL */
};

/* What the loop shall do. CANCEL ends effect `what`; a new one of the same kind replaces the old.
 */
enum setup_effect_kind {
    SETUP_LOAD,           /* `name`: read manifest and configuration */
    SETUP_REACH,          /* test up to TLS with `config`, no key */
    SETUP_CHECK_KEY,      /* test up to the key with `config` and `key` */
    SETUP_FIND_SITE,      /* the same for `sites` one after another, until one knows the key */
    SETUP_SURVEY,         /* test up to TLS for all `sites`, no key */
    SETUP_TEST,           /* the whole test */
    SETUP_KEYRING_STATUS, /* `config`: integration and site; `unlock` */
    SETUP_READ_KEY,       /* from where `config` says */
    SETUP_REPORT,         /* what the last test saw, into a support file */
    SETUP_SAVE,           /* `key` (may be NULL) into the keyring, then `config` into the file */
    SETUP_CANCEL,
    SETUP_END, /* leave with `exit_code` */
    SETUP_EFFECT_COUNT
};

struct setup_effect {
    enum setup_effect_kind kind;
    unsigned serial; /* goes back with the result */
    const char *name;
    const struct dl_config *config; /* these live until the next event: the loop copies */
    const struct dl_config *saved;
    const struct dl_key *key;
    const struct dl_site *sites[DL_SITE_COUNT];
    size_t site_count;
    bool unlock;
    int delay_ms; /* before it starts, so that moving through a list starts nothing */
    enum setup_effect_kind what;
    int exit_code;
};

#define SETUP_EFFECTS_MAX 16
struct setup_effects {
    struct setup_effect items[SETUP_EFFECTS_MAX];
    size_t count;
};

/* Payload of SETUP_DONE. */
struct setup_result {
    enum setup_effect_kind kind;
    unsigned serial;
    bool done;             /* false: news while it goes on */
    struct dl_error error; /* when done: DL_OK or the failure */
    /* REACH, CHECK_KEY, TEST; for FIND_SITE and SURVEY of the site that is named */
    const struct dl_stage_report *reports[DL_STAGE_COUNT]; /* NULL: none */
    const struct dl_site *site;
    const char *test_id; /* TEST */
    uint64_t accepted;
    const struct dl_shown *shown[DL_SHOWN_MAX]; /* TEST: as a local intake's pipeline makes them */
    size_t shown_count;
    enum dl_encoding encoding;
    const struct setup_loaded *loaded; /* LOAD */
    const char *label; /* KEYRING_STATUS: name of the collection; REPORT: of the file */
    bool has_key;
    struct dl_key *key; /* READ_KEY: handed over */
    bool changed;       /* SAVE */
};

struct setup;

int setup_new(struct setup **out, const struct setup_input *input, struct setup_effects *effects,
              struct dl_error *err);
void setup_free(struct setup *setup);

/* One step. Unknown or late events change nothing. */
void setup_update(struct setup *setup, const struct setup_event *event,
                  struct setup_effects *effects);

/* Builds the view (cleared first). */
void setup_view(const struct setup *setup, struct view *view);

/* What came of it, for the last line and the JSON object. */
struct setup_outcome {
    bool over, saved, changed, checked; /* checked: the test was accepted */
    int exit_code;
    struct dl_error failure; /* DL_OK: none */
    const struct dl_site *site;
    const char *path, *test_id; /* "" when there is none */
    uint64_t accepted;
};
void setup_outcome(const struct setup *setup, struct setup_outcome *out);
enum setup_page setup_page(const struct setup *setup);
const struct dl_config *setup_draft(const struct setup *setup);

/* Lines that differ between two texts, into the view. */
void setup_diff(struct view *view, const char *before, const char *after);

/* The same set-up as one command line (never the key). */
int setup_command_line(const struct setup *setup, struct dl_buffer *out);

#endif
