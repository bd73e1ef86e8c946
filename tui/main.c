/* ddlogs: hardens the process, finds the command, parses its options, runs it. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "check/check.h"
#include "command/command.h"
#include "command/result.h"
#include "config.h"
#include "identity/tag.h"
#include "secret/key_source.h"
#include "secret/redact.h"

/* A standard descriptor that the caller closed would be given to the next file or connection, and
 * messages would go there. A null device opened the wrong way round takes the place: reading and
 * writing fail as before. */
static void fill_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_NOCTTY);
}

/* What was printed but did not arrive is a failure. Where the command failed, its code stays. */
static int finish(const struct program *program, int rc)
{
    struct result result = {.command = program->command ? program->command->name : ""};
    struct dl_error err;
    int number;

    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return rc;
    number = errno;
    if (rc != 0)
        return rc;
    if (number)
        dl_error_set_errno(&err, DL_E_IO, number, "standard output cannot be written");
    else
        dl_error_set(&err, DL_E_IO, "standard output could not be written");
    return result_fail(&result, false, &err);
}

/* A program that reads the object gets it for a command line that cannot be read too. */
static bool asks_for_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

static int unknown_command(struct program *program, const char *word)
{
    const char *names[64];
    char shown[64];
    struct dl_error err;
    size_t count = 0;
    const char *nearest;

    for (; commands[count] && count < 63; count++)
        names[count] = commands[count]->name;
    names[count] = NULL;
    nearest = dl_text_nearest(word, names);
    dl_text_show(shown, sizeof shown, word, strlen(word));
    if (nearest)
        dl_error_set(&err, DL_E_USAGE, "there is no command \"%s\"; did you mean %s?", shown,
                     nearest);
    else
        dl_error_set(&err, DL_E_USAGE, "there is no command \"%s\"", shown);
    return command_fail(program, &err);
}

static void print_version(void)
{
    printf("%s (%s)\n", PACKAGE_STRING, dl_http_library_version());
}

static int run(struct program *program, int argc, char **argv)
{
    bool json = asks_for_json(argc, argv);
    struct dl_error err;
    int rc;

    rc = options_parse(&program->options, argc, argv, program->command->accepted, &err);
    if (rc < 0) {
        program->options.json = json;
        return command_fail(program, &err);
    }
    if (program->options.help) {
        command_print_help(program->command);
        return 0;
    }
    if (program->options.version) {
        print_version();
        return 0;
    }
    /* out of the environment before any child could inherit it */
    rc = dl_key_take_environment(&program->environment_key, &program->environment_error);
    /* what is no key must not keep anybody from reading the help */
    if (rc < 0 && command_accepts(program->command, OPTION_ID_api_key_fd) &&
        !program->command->bears_environment)
        return command_fail(program, &program->environment_error);
    return program->command->run(program);
}

int main(int argc, char **argv)
{
    struct program program = {0};
    const char *word = argc > 1 ? argv[1] : NULL;
    struct dl_error err;
    int rc;

    fill_standard_descriptors();
    /* LC_CTYPE alone: numbers and dates keep one form everywhere */
    setlocale(LC_CTYPE, "");
    if (dl_secret_harden_process(&err) < 0)
        return command_fail(&program, &err);
    dl_redact_install();
    if (word && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
        command_print_help(NULL);
        return finish(&program, 0);
    }
    if (word && (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)) {
        print_version();
        return finish(&program, 0);
    }
    if (!word)
        word = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? "setup" : "help";
    program.command = command_find(word);
    if (!program.command) {
        program.options.json = asks_for_json(argc, argv);
        return unknown_command(&program, word);
    }
    /* options_parse skips argv[0], so the command's own name takes its place */
    rc = run(&program, argc > 1 ? argc - 1 : argc, argc > 1 ? argv + 1 : argv);
    dl_key_free(program.environment_key);
    return finish(&program, rc);
}
