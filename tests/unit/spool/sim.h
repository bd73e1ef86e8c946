/* A file system in memory under struct dl_disk: it fails at the n-th call, stops dead there, and at
 * a power cut forgets, tears and reorders what was not synced. */
#ifndef TESTS_UNIT_SPOOL_SIM_H
#define TESTS_UNIT_SPOOL_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/disk.h"

struct sim;

struct sim *sim_new(uint64_t seed);
void sim_free(struct sim *sim);
/* The same files in another one. */
struct sim *sim_copy(const struct sim *sim);
const struct dl_disk *sim_disk(struct sim *sim);

/* Chance, by the seed. below(n) is in [0, n). */
uint64_t sim_below(struct sim *sim, uint64_t n);

/* Calls so far since the last sim_fail or sim_stop. */
unsigned long sim_calls(const struct sim *sim);
/* The n-th call from now on (1: the next) fails with this errno; `forever`: all after it too.
 * number 0 makes reads and writes short instead. n 0: none fails any more. */
void sim_fail(struct sim *sim, unsigned long n, int number, bool forever);
/* Each call fails with that chance (per 1000): EIO, ENOSPC, EINTR or short. 0: none. */
void sim_fail_often(struct sim *sim, unsigned per_mille);
/* The process is killed at the n-th call from now on: a write stops halfway, nothing works. */
void sim_stop(struct sim *sim, unsigned long n);
bool sim_stopped(const struct sim *sim);
/* Most bytes that all files take. */
void sim_limit(struct sim *sim, uint64_t bytes);

/* After a kill: descriptors are gone, the files are as they were. */
void sim_restart(struct sim *sim);
/* After a power cut: only what was synced is sure, sectors of 512 or 4096 bytes are torn. */
void sim_power_cut(struct sim *sim);

/* From outside. name i in some order, NULL past the end. */
const char *sim_name(const struct sim *sim, size_t i);
bool sim_exists(const struct sim *sim, const char *name);
size_t sim_size(const struct sim *sim, const char *name);
/* The bytes of a file, to be changed in place; NULL if it is not there. */
unsigned char *sim_bytes(struct sim *sim, const char *name);
void sim_cut(struct sim *sim, const char *name, size_t size);
void sim_put(struct sim *sim, const char *name, const void *bytes, size_t size);
void sim_remove(struct sim *sim, const char *name);
/* No regular file of that name. */
void sim_put_odd(struct sim *sim, const char *name);
uint64_t sim_total(const struct sim *sim);
/* Descriptors that are open. */
size_t sim_open_files(const struct sim *sim);

#endif
