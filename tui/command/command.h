/* The one table of commands. Each command is one file, command/NAME.c. */
#ifndef DL_TUI_COMMAND_COMMAND_H
#define DL_TUI_COMMAND_COMMAND_H

#include "command/option.h"

struct dl_key;

/* What main() prepared before the command. */
struct program {
    const struct command *command; /* NULL: none was named */
    struct options options;
    struct dl_key *environment_key;    /* DD_API_KEY, taken out of the environment; or NULL */
    struct dl_error environment_error; /* why what DD_API_KEY holds is no key; DL_OK: it is none */
};

struct command {
    const char *name, *words;            /* "key", "status|set|delete" */
    const char *summary;                 /* one line for the list */
    const char *details;                 /* paragraphs for --help, or NULL */
    const enum option_id *accepted;      /* ended by OPTION_COUNT */
    bool bears_environment;              /* it runs although DD_API_KEY holds what is no key */
    int (*run)(struct program *program); /* returns the exit code */
};

extern const struct command *const commands[]; /* NULL-terminated, in the order of --help */

/* One declaration a command; its definition is command/NAME.c. */
extern const struct command command_setup;
extern const struct command command_demo;
extern const struct command command_help;
extern const struct command command_test;
extern const struct command command_doctor;
extern const struct command command_status;
extern const struct command command_config;
extern const struct command command_reset;
extern const struct command command_intake;
extern const struct command command_send;
extern const struct command command_spool;
extern const struct command command_key;
extern const struct command command_report;
extern const struct command command_pipeline;
extern const struct command command_integration;

/* The command with this name, or NULL. */
const struct command *command_find(const char *name);

/* -DL_E_USAGE for a time of no seconds, where that would be no time to do anything. */
int command_check_timeout(const struct program *program, struct dl_error *err);

bool command_accepts(const struct command *command, enum option_id option);

/* Prints the list of commands, or one command's help, on standard output. */
void command_print_help(const struct command *command);

/* Prints "ddlogs: CODE: text" and the next steps on standard error, and with --json one object on
 * standard output; returns the exit code of the error. Every command fails through here. */
int command_fail(const struct program *program, const struct dl_error *err);

/* The same for a command that takes no word, or none more, and was given this one. */
int command_refuse_word(const struct program *program, const char *word);

#endif
