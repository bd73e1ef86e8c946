#include "command/command.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

const struct command *const commands[] = {
    &command_intake,
    &command_help,
    NULL,
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
        printf("  %-8s %s\n", (*c)->name, (*c)->summary);
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

static void print_next(const char *steps)
{
    while (*steps) {
        size_t len = strcspn(steps, "\n");

        fprintf(stderr, "  next: %.*s\n", (int)len, steps);
        steps += len + (steps[len] == '\n');
    }
}

static void print_json(const struct program *program, const struct dl_error_info *info,
                       const struct dl_error *err)
{
    struct dl_buffer out;
    struct dl_json w;

    dl_buffer_init(&out, 64 * 1024);
    dl_json_begin(&w, &out, 0);
    dl_json_object(&w);
    dl_json_member_integer(&w, "schema", 1);
    dl_json_member(&w, "command", program->command ? program->command->name : "");
    dl_json_member_bool(&w, "ok", false);
    dl_json_member_integer(&w, "exit_code", info->exit_code);
    dl_json_member(&w, "code", info->id);
    dl_json_member(&w, "message", err->text);
    dl_json_object_end(&w);
    if (dl_json_end(&w) == 0)
        puts(dl_buffer_string(&out));
    dl_buffer_free(&out);
}

int command_fail(const struct program *program, const struct dl_error *err)
{
    const struct dl_error_info *info = dl_error_info(err->code);

    fprintf(stderr, "ddlogs: %s: %s\n", info->id, *err->text ? err->text : info->title);
    print_next(info->next);
    if (program->options.json)
        print_json(program, info, err);
    return info->exit_code;
}
