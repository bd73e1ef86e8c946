/* Drives the wizard's machine in tests: events in, the newest effects and the view out. */
#ifndef DL_TESTS_SETUP_DRIVE_H
#define DL_TESTS_SETUP_DRIVE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "setup/machine.h"

#define TEST_KEY "0123456789abcdef0123456789abcdef"

struct drive {
    struct dl_integration *integration;
    struct dl_config *config, *saved;
    struct setup_loaded loaded;
    struct setup_input input;
    struct setup *setup;
    struct setup_effects fx; /* of the last event */
    struct view view;        /* after the last event */
    char folder[64], path[128];
};

int drive_setup(void **state); /* a fresh wizard that has not begun */
int drive_teardown(void **state);
void drive_begin(struct drive *d);
/* The configuration as if read from a file: site us1, key_source session. */
void drive_save_before(struct drive *d);

void drive_event(struct drive *d, enum setup_event_kind kind, long number, const char *text);
void drive_next(struct drive *d);
void drive_back(struct drive *d);
void drive_letter(struct drive *d, char letter);
void drive_key(struct drive *d, const char *text);
struct dl_key *drive_make_key(const char *text);

/* The last effect of this kind among the newest, or NULL. */
const struct setup_effect *drive_effect(const struct drive *d, enum setup_effect_kind kind);
/* Answers the newest effect of this kind. */
void drive_answer(struct drive *d, enum setup_effect_kind kind, struct setup_result *result);
void drive_ok(struct drive *d, enum setup_effect_kind kind);
void drive_fails(struct drive *d, enum setup_effect_kind kind, enum dl_code code);
/* A test with every stage passed and 33 logs accepted. */
void drive_test_ok(struct drive *d);

/* Whether any text of the view holds `text`. */
bool drive_shows(const struct drive *d, const char *text);
/* Whether the footer offers the key. */
bool drive_offers(const struct drive *d, const char *key);

#endif
