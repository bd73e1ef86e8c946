/* Notices from other threads to the loop that prints them. */
#ifndef DL_TUI_SEND_NOTICES_H
#define DL_TUI_SEND_NOTICES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define NOTICES_MAX 16

struct notice {
    char code[32], text[1024];
};

struct notices {
    pthread_mutex_t lock;
    struct notice list[NOTICES_MAX];
    size_t first, count;
    int fd; /* readable while there are some */
};

int notices_init(struct notices *notices, struct dl_error *err);
void notices_free(struct notices *notices);

/* Any thread. When nobody reads, the newest takes the place of the last: it says how things stand.
 */
void notices_add(struct notices *notices, const char *code, const char *text);

/* The oldest; false: none. */
bool notices_take(struct notices *notices, struct notice *out);

#endif
