/* Saving in order: the lock, the key into the keyring and read back, the file; on any failure the
 * keyring is put back as it was. One step at a time, so that nothing waits on a keyring. */
#ifndef DL_TUI_SETUP_SAVE_H
#define DL_TUI_SETUP_SAVE_H

#include "secret/keyring.h"
#include "setup/machine.h"

struct save;

/* Copies what it needs from the effect. helper: see dl_keyring_request. */
int save_start(struct save **out, const struct setup_effect *effect, const char *helper,
               struct dl_error *err);

/* Descriptor to wait on (-1: none) and deadline of it. */
int save_fd(const struct save *save);
int64_t save_deadline(const struct save *save);

/* Goes on as far as it can. 1: not yet; 0: done, *changed tells; negative: failed, all as before.
 */
int save_step(struct save *save, bool *changed, struct dl_error *err);

/* Undoes what is not complete (waits for the keyring, 3 s at most) and frees. NULL is fine. */
void save_free(struct save *save);

#endif
