/* ddlogs: hardens the process, finds the command, parses its options, runs it. */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "check/check.h"
#include "command/command.h"
#include "config.h"
#include "secret/key_source.h"
#include "secret/redact.h"

static int unknown_command(struct program *program, const char *word)
{
    const char *names[64];
    struct dl_error err;
    size_t count = 0;
    const char *nearest;

    for (; commands[count] && count < 63; count++)
        names[count] = commands[count]->name;
    names[count] = NULL;
    nearest = dl_text_nearest(word, names);
    if (nearest)
        dl_error_set(&err, DL_E_USAGE, "there is no command \"%.40s\"; did you mean %s?", word,
                     nearest);
    else
        dl_error_set(&err, DL_E_USAGE, "there is no command \"%.40s\"", word);
    return command_fail(program, &err);
}

static int run(struct program *program, int argc, char **argv)
{
    struct dl_error err;
    int rc;

    rc = options_parse(&program->options, argc, argv, program->command->accepted, &err);
    if (rc < 0)
        return command_fail(program, &err);
    if (program->options.help) {
        command_print_help(program->command);
        return 0;
    }
    /* out of the environment before any child could inherit it */
    rc = dl_key_take_environment(&program->environment_key, &err);
    if (rc < 0)
        return command_fail(program, &err);
    return program->command->run(program);
}

int main(int argc, char **argv)
{
    struct program program = {0};
    const char *word = argc > 1 ? argv[1] : NULL;
    struct dl_error err;
    int rc;

    /* LC_CTYPE alone: numbers and dates keep one form everywhere */
    setlocale(LC_CTYPE, "");
    if (dl_secret_harden_process(&err) < 0)
        return command_fail(&program, &err);
    dl_redact_install();
    if (word && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
        command_print_help(NULL);
        return 0;
    }
    if (word && (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)) {
        printf("%s (%s)\n", PACKAGE_STRING, dl_http_library_version());
        return 0;
    }
    if (!word)
        word = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? "setup" : "help";
    program.command = command_find(word);
    if (!program.command)
        return unknown_command(&program, word);
    /* options_parse skips argv[0], so the command's own name takes its place */
    rc = run(&program, argc > 1 ? argc - 1 : argc, argc > 1 ? argv + 1 : argv);
    dl_key_free(program.environment_key);
    if (fflush(stdout) != 0 && rc == 0)
        rc = 1;
    return rc;
}
