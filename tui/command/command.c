#include "command/command.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/result.h"
#include "identity/tag.h"

const struct command *const commands[] = {
    &command_setup,    &command_demo,        &command_intake, &command_test,
    &command_doctor,   &command_report,      &command_status, &command_config,
    &command_send,     &command_spool,       &command_key,    &command_reset,
    &command_pipeline, &command_integration, &command_help,   NULL,
};

const struct command *command_find(const char *name)
{
    for (const struct command *const *c = commands; *c; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

static void print_list(void)
{
    puts("Usage: ddlogs COMMAND [OPTION...]\n"
         "Sends a product's logs to Datadog: set-up, tests, delivery.\n");
    for (const struct command *const *c = commands; *c; c++)
        printf("  %-11s %s\n", (*c)->name, (*c)->summary);
    puts("\n\"ddlogs COMMAND --help\" shows a command's options; ddlogs(1) tells all.\n"
         "Without a command, in a terminal: ddlogs setup.");
}

static void print_option(const struct option_info *option)
{
    char left[48], letter[8] = "    ";

    if (option->letter)
        dl_text_format(letter, sizeof letter, "-%c, ", option->letter);
    dl_text_format(left, sizeof left, "%s--%s%s%s", letter, option->name,
                   *option->argument ? " " : "", option->argument);
    printf("  %-30s %s\n", left, option->help);
}

void command_print_help(const struct command *command)
{
    if (!command) {
        print_list();
        return;
    }
    printf("Usage: ddlogs %s%s%s [OPTION...]\n%s\n", command->name, command->words ? " " : "",
           command->words ? command->words : "", command->summary);
    if (command->details)
        printf("\n%s\n", command->details);
    puts("\nOptions:");
    for (const enum option_id *id = command->accepted; *id != OPTION_COUNT; id++)
        print_option(&option_table[*id]);
    print_option(&option_table[OPTION_ID_help]);
}

int command_fail(const struct program *program, const struct dl_error *err)
{
    struct result result = {.command = program->command ? program->command->name : ""};

    return result_fail(&result, program->options.json, err);
}

int command_refuse_word(const struct program *program, const char *word)
{
    const struct command *command = program->command;
    char shown[64];
    struct dl_error err;

    dl_text_show(shown, sizeof shown, word, strlen(word));
    dl_error_set(&err, DL_E_USAGE,
                 command->words ? "%s takes one word, and \"%s\" is one more"
                                : "%s takes no word, but there is \"%s\"",
                 command->name, shown);
    return command_fail(program, &err);
}

bool command_accepts(const struct command *command, enum option_id option)
{
    for (const enum option_id *id = command->accepted; *id != OPTION_COUNT; id++)
        if (*id == option)
            return true;
    return false;
}

int command_check_timeout(const struct program *program, struct dl_error *err)
{
    return program->options.timeout == 0
               ? dl_error_set(err, DL_E_USAGE, "--timeout takes at least 1 second")
               : 0;
}
