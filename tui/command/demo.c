/* ddlogs demo: the ordinary wizard against a local intake, in folders that go away. */
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "command/command.h"
#include "command/wizard.h"
#include "intake/intake.h"
#include "secret/key.h"

#define MANIFEST DL_PKGDATADIR "/demo/acme_widget/manifest.json"

struct demo {
    char key[33]; /* made up by chance for this run: no secret */
    char folder[PATH_MAX], config[PATH_MAX];
    char endpoint[64];
    pid_t child;
    int hold; /* closed: the intake ends and the folder goes */
};

static int make_key(struct demo *demo, struct dl_error *err)
{
    unsigned char bytes[16];

    if (dl_clock_random(bytes, sizeof bytes) < 0)
        return dl_error_set(err, DL_E_INTERNAL, "no random bytes for the sample key");
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(demo->key + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

/* The child: the intake, until the other end of the pipe closes for whatever reason. It also
 * removes the folder, so that this happens even if the wizard is killed. */
static _Noreturn void serve(const struct demo *demo, int port_fd, int hold_fd)
{
    struct dl_intake_options options = {.api_key = demo->key};
    struct dl_intake *intake = NULL;
    unsigned port = 0;
    char byte;

    /* Ctrl-C at the terminal is for the wizard */
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTSTP, SIG_IGN);
    if (dl_intake_start(&intake, &options, NULL) == 0)
        port = dl_intake_port(intake);
    ssize_t told = write(port_fd, &port, sizeof port);
    close(port_fd);
    while (told > 0 && read(hold_fd, &byte, 1) > 0)
        continue;
    dl_intake_stop(intake);
    (void)nftw(demo->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    _exit(0);
}

static int start_intake(struct demo *demo, struct dl_error *err)
{
    int port_pipe[2], hold_pipe[2];
    unsigned port = 0;

    if (pipe2(port_pipe, O_CLOEXEC) != 0)
        return dl_error_set(err, DL_E_INTERNAL, "no pipe for the demo");
    if (pipe2(hold_pipe, O_CLOEXEC) != 0) {
        close(port_pipe[0]);
        close(port_pipe[1]);
        return dl_error_set(err, DL_E_INTERNAL, "no pipe for the demo");
    }
    demo->child = fork();
    if (demo->child == 0) {
        close(port_pipe[0]);
        close(hold_pipe[1]);
        serve(demo, port_pipe[1], hold_pipe[0]);
    }
    close(port_pipe[1]);
    close(hold_pipe[0]);
    demo->hold = hold_pipe[1];
    if (demo->child < 0 || read(port_pipe[0], &port, sizeof port) != sizeof port)
        port = 0;
    close(port_pipe[0]);
    if (port == 0)
        return dl_error_set(err, DL_E_INTERNAL, "the local intake cannot be started");
    (void)dl_text_format(demo->endpoint, sizeof demo->endpoint, "http://127.0.0.1:%u", port);
    return 0;
}

static int begin(struct demo *demo, struct dl_error *err)
{
    const char *base = getenv("TMPDIR");
    int rc = make_key(demo, err);

    if (rc != 0)
        return rc;
    if (base == NULL || base[0] != '/' ||
        !dl_text_format(demo->folder, sizeof demo->folder, "%s/ddlogs-demo-XXXXXX", base))
        (void)dl_text_copy(demo->folder, sizeof demo->folder, "/tmp/ddlogs-demo-XXXXXX");
    if (mkdtemp(demo->folder) == NULL) {
        demo->folder[0] = '\0';
        return dl_error_set(err, DL_E_IO, "no temporary folder for the demo");
    }
    rc = dl_path_join(demo->config, sizeof demo->config, demo->folder, "acme_widget/config.json");
    if (rc == 0)
        rc = start_intake(demo, err);
    if (rc != 0 && demo->child <= 0)
        (void)rmdir(demo->folder);
    return rc;
}

static void end(const struct demo *demo)
{
    if (demo->hold >= 0)
        close(demo->hold);
    if (demo->child > 0)
        waitpid(demo->child, NULL, 0);
}

static void announce(const struct program *program, const struct demo *demo)
{
    FILE *out = program->options.json ? stderr : stdout;

    if (program->options.quiet)
        return;
    fprintf(out,
            "This is a demo: a local intake at %s, folders that go away, nothing leaves this "
            "machine.\nSample API key (made up for this run, no secret): %s\n",
            demo->endpoint, demo->key);
    fflush(out);
}

static int run_wizard(struct program *program, struct demo *demo)
{
    struct options *o = &program->options;
    struct dl_key *key = NULL;
    struct dl_error err = {0};
    bool person = wizard_has_person(program);

    /* a real key has no place here */
    dl_key_free(program->environment_key);
    program->environment_key = NULL;
    o->manifest = MANIFEST;
    o->endpoint = demo->endpoint;
    o->api_endpoint = demo->endpoint;
    o->key_store = "session";
    o->config = demo->config;
    if (!person) {
        if (o->site == NULL)
            o->site = "us1";
        if (dl_key_new(&key, demo->key, strlen(demo->key), &err) != 0)
            return command_fail(program, &err);
    }
    announce(program, demo);
    return wizard_run(program, "ddlogs demo", demo->key, key);
}

static int run(struct program *program)
{
    struct demo demo = {.hold = -1};
    struct dl_error err = {0};
    int code;

    if (program->options.word_count > 0)
        return command_refuse_word(program, program->options.words[0]);
    code = begin(&demo, &err) == 0 ? run_wizard(program, &demo) : command_fail(program, &err);
    end(&demo);
    return code;
}

static const enum option_id accepted[] = {
    OPTION_ID_site,  OPTION_ID_tags,     OPTION_ID_tags_in, OPTION_ID_env,   OPTION_ID_version_tag,
    OPTION_ID_plain, OPTION_ID_no_input, OPTION_ID_json,    OPTION_ID_ascii, OPTION_ID_color,
    OPTION_ID_quiet, OPTION_ID_dry_run,  OPTION_ID_timeout, OPTION_COUNT};

const struct command command_demo = {
    .name = "demo",
    .summary = "try the wizard against a local intake; nothing leaves the machine",
    .details = "Starts a local intake on a free port of 127.0.0.1, shows a made-up API key for\n"
               "pasting, and runs the ordinary wizard in folders that are removed at the end.\n"
               "Without a terminal or with --no-input it answers by itself.",
    .accepted = accepted,
    .run = run,
};
