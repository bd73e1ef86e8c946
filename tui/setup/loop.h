/* Runs the machine: a front end, the network, the keyring, signals and timers in one wait. */
#ifndef DL_TUI_SETUP_LOOP_H
#define DL_TUI_SETUP_LOOP_H

#include "secret/key_source.h"
#include "setup/front.h"
#include "setup/machine.h"

/* Everything is kept by the caller until the loop is freed. */
struct setup_loop_options {
    const struct setup_input *input;
    struct front *front;
    struct front *fallback; /* when `front` cannot have the terminal, or NULL */
    const struct dl_proxy_environment *proxies;
    const struct dl_key_environment *keys;
    const char *hostname; /* NULL: none */
    int test_ms;          /* whole time of one test, 0: 30000 */
    /* Reads the integration that was chosen; *out lives as long as the loop. */
    int (*load)(void *context, const char *name, const struct setup_loaded **out,
                struct dl_error *err);
    /* Writes a support file with what the check saw; `path` gets its name. NULL: it cannot. */
    int (*report)(void *context, const struct dl_check *check, char *path, size_t size,
                  struct dl_error *err);
    void *context;
};

struct setup_loop;

int setup_loop_new(struct setup_loop **out, const struct setup_loop_options *options,
                   struct dl_error *err);

/* Until the wizard ends or a signal comes; the terminal is given back before it returns. Returns
 * the exit code, or a negative code when nothing could begin. */
int setup_loop_run(struct setup_loop *loop, struct dl_error *err);

const struct setup *setup_loop_machine(const struct setup_loop *loop);  /* valid after run */
const struct dl_check *setup_loop_check(const struct setup_loop *loop); /* the last one, or NULL */
void setup_loop_free(struct setup_loop *loop);

#endif
