/* ddlogs setup: the wizard, or the same from options. */
#include "command/command.h"
#include "command/wizard.h"

static int run(struct program *program)
{
    if (program->options.word_count > 0)
        return command_refuse_word(program, program->options.words[0]);
    return wizard_run(program, "ddlogs setup", NULL, NULL);
}

static const enum option_id accepted[] = {
    OPTIONS_OF_SESSION, OPTIONS_OF_SENDING, OPTION_ID_unlock,     OPTION_ID_only,
    OPTION_ID_no_input, OPTION_ID_dry_run,  OPTION_ID_check_only, OPTION_ID_save_anyway,
    OPTION_ID_json,     OPTION_ID_plain,    OPTION_ID_ascii,      OPTION_ID_color,
    OPTION_ID_timeout,  OPTION_ID_quiet,    OPTION_COUNT};

const struct command command_setup = {
    .name = "setup",
    .summary = "set up the delivery of logs, step by step",
    .details =
        "Asks for site, API key and tags, proves with test logs that they are accepted, and\n"
        "writes the configuration. Every question has an option; with --no-input nothing\n"
        "is asked and what is missing is an error. A failed test saves nothing, unless\n"
        "--save-anyway is given.",
    .accepted = accepted,
    .run = run,
};
