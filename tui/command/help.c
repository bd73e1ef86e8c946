/* ddlogs help: the list of commands, one command, or one error code. */
#include <stdio.h>

#include "command/command.h"

static void print_lines(const char *head, const char *lines)
{
    printf("\n%s\n", head);
    while (*lines) {
        size_t len = 0;

        while (lines[len] && lines[len] != '\n')
            len++;
        printf("  %.*s\n", (int)len, lines);
        lines += len + (lines[len] == '\n');
    }
}

static int run(struct program *program)
{
    const struct dl_error_info *info;
    const struct command *command;
    struct dl_error err;
    const char *word;

    if (program->options.word_count == 0) {
        command_print_help(NULL);
        return 0;
    }
    word = program->options.words[0];
    command = command_find(word);
    if (command) {
        command_print_help(command);
        return 0;
    }
    info = dl_error_find(word);
    if (!info) {
        dl_error_set(&err, DL_E_USAGE, "there is no command and no code \"%.40s\"", word);
        return command_fail(program, &err);
    }
    printf("%s: %s (exit code %d)\n", info->id, info->title, info->exit_code);
    print_lines("Likely causes:", info->causes);
    print_lines("Next steps:", info->next);
    return 0;
}

static const enum option_id accepted[] = {OPTION_COUNT};

const struct command command_help = {
    .name = "help",
    .words = "[COMMAND|CODE]",
    .summary = "explain a command or an error code",
    .accepted = accepted,
    .run = run,
};
