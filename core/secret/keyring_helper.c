/* ddlogs-keyring: one question to the Secret Service, then it ends. The library starts it so that
 * no GLib loop, no copy of the key and no hanging keyring is in the process that sends logs. See
 * secret/keyring_protocol.h. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "secret/key_source.h"
#include "secret/keyring_protocol.h"
#include "secret/keyring_service.h"

static int say(const char *word, const char *text)
{
    int rc = dl_file_write_all(STDOUT_FILENO, word, strlen(word), NULL);

    if (rc == 0)
        rc = dl_file_write_all(STDOUT_FILENO, text, strlen(text), NULL);
    if (rc == 0)
        rc = dl_file_write_all(STDOUT_FILENO, "\n", 1, NULL);
    return rc;
}

/* Texts of the service may hold line ends, which end a line of the answer. */
static int say_flat(const char *word, const char *text)
{
    char *flat = g_strdelimit(g_strdup(text ? text : ""), "\r\n", ' ');
    int rc;

    if (strlen(flat) > 1000)
        flat[dl_utf8_cut(flat, strlen(flat), 1000)] = '\0';
    rc = say(word, flat);
    g_free(flat);
    return rc;
}

static int run_status(struct keyring_service *k, struct dl_error *err)
{
    bool has = false;
    int rc = 0;

    if (k->unlock)
        rc = keyring_service_unlock(k, err);
    say_flat(DL_KEYRING_WORD_LABEL, keyring_service_label(k));
    if (rc == 0)
        rc = keyring_service_has(k, &has, err);
    if (rc == 0)
        say(DL_KEYRING_WORD_STORED, has ? "yes" : "no");
    if (rc == 0 && !k->unlock && keyring_service_locked(k))
        rc = keyring_service_unlock(k, err);
    return rc;
}

static int run_get(struct keyring_service *k, struct dl_error *err)
{
    struct dl_key *key = NULL;
    int rc = keyring_service_get(k, &key, err);

    if (rc == 0)
        say(DL_KEYRING_WORD_KEY, dl_key_text(key));
    dl_key_free(key);
    return rc;
}

static int run_store(struct keyring_service *k, struct dl_error *err)
{
    struct dl_key *key = NULL;
    int rc = dl_key_read_fd(&key, STDIN_FILENO, err);

    if (rc == 0)
        rc = keyring_service_open(k, err);
    if (rc == 0)
        rc = keyring_service_store(k, key, err);
    dl_key_free(key);
    return rc;
}

static int run(const char *verb, struct keyring_service *k, struct dl_error *err)
{
    int rc;

    if (strcmp(verb, "store") == 0)
        return run_store(k, err);
    rc = keyring_service_open(k, err);
    if (rc < 0)
        return rc;
    if (strcmp(verb, "status") == 0)
        return run_status(k, err);
    if (strcmp(verb, "get") == 0)
        return run_get(k, err);
    return keyring_service_delete(k, err);
}

static bool is_verb(const char *text)
{
    static const char *const verbs[] = DL_KEYRING_VERBS;

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(text, verbs[i]) == 0)
            return true;
    return false;
}

/* Whoever asked may be killed while a prompt is up; the prompt shall not stay. The socket hangs up
 * when its other end is closed whole; that the other end has no more to say is no hang-up. */
static void *end_with_asker(void *unused)
{
    struct pollfd p = {.fd = STDOUT_FILENO};

    while (poll(&p, 1, -1) <= 0 || !(p.revents & (POLLHUP | POLLERR)))
        ;
    _exit(1);
    return unused;
}

int main(int argc, char **argv)
{
    struct dl_error err = {0};
    struct keyring_service k = {0};
    char done[sizeof(err.text) + 64];
    uint64_t seconds;
    int rc;

    if (argc != 6 || !is_verb(argv[1]) || !dl_text_number(argv[5], 1, 86400, &seconds) ||
        isatty(STDOUT_FILENO)) {
        fputs("ddlogs-keyring serves ddlogs and libddlogs; use: ddlogs key status|set|delete\n",
              stderr);
        return 64;
    }
    /* Should all else fail: nobody waits that long for an answer. */
    alarm((unsigned)seconds);
    g_thread_unref(g_thread_new("asker", end_with_asker, NULL));
    k.integration = argv[2];
    k.site = argv[3];
    k.unlock = strcmp(argv[4], DL_KEYRING_ASK) == 0;
    rc = dl_secret_harden_process(&err);
    if (rc == 0)
        rc = run(argv[1], &k, &err);
    keyring_service_close(&k);
    if (rc < 0)
        dl_text_format(done, sizeof(done), "%s %s", dl_error_info(err.code)->id, err.text);
    else
        dl_text_copy(done, sizeof(done), DL_KEYRING_OK);
    return say_flat(DL_KEYRING_WORD_DONE, done) == 0 && rc == 0 ? 0 : 1;
}
