/* What commands print: rows and cards of stages for people, one JSON object for programs.
 * Used by test, setup --no-input, send and command_fail; docs/schema.json describes the object. */
#ifndef DL_TUI_COMMAND_RESULT_H
#define DL_TUI_COMMAND_RESULT_H

#include <stdio.h>

#include "check/check.h"
#include "identity/site.h"

#define RESULT_WARNINGS_MAX 16

struct result_warning {
    enum dl_code code;
    char text[512];
};

/* A number in the object: {"accepted", 10}. */
struct result_counter {
    const char *name;
    uint64_t value;
};

/* All pointers are the caller's; what is NULL is left out. */
struct result {
    const char *command;
    const struct dl_error *error; /* NULL or DL_OK: the command succeeded */
    bool is_check; /* "site", "stages", "accepted", "test_id" and "config" are there in any case */
    const struct dl_site *site;            /* NULL: none was chosen */
    const struct dl_check *check;          /* NULL: it did not come to that */
    const struct dl_stage_report *report;  /* of a doctor: the stage that failed, or NULL */
    const char *config;                    /* path of the configuration, NULL: none */
    const char *change;                    /* setup: "created", "changed", "unchanged", "none" */
    const struct result_counter *counters; /* send: what became of the logs */
    size_t counter_count;
    void (*more)(struct dl_json *w, const void *context); /* a command's own members, or NULL */
    const void *more_context;
    struct result_warning warnings[RESULT_WARNINGS_MAX];
    size_t warning_count;
};

/* Exit code of the result by the table of errors. */
int result_exit_code(const struct result *result);

/* The object, one line, on standard output. Call it last: it is the last line. */
void result_print_json(const struct result *result);

/* "ddlogs: CODE: sentence" and the next steps on standard error. */
void result_complain(const struct result *result);

/* The end of a command that failed: complaint, object where --json is given, exit code. */
int result_fail(struct result *result, bool json, const struct dl_error *error);

/* The end of a command either way (rc below 0: it failed): as result_fail, else the object where
 * --json is given. Returns the exit code. */
int result_end(struct result *result, bool json, int rc, const struct dl_error *error);

void result_warn(struct result *result, enum dl_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "OK    DNS         http-intake... -> 10.1.2.3      9 ms" */
void result_print_row(FILE *to, const struct dl_stage_report *report);

/* What a stage found out, one "  name: value" a line. */
void result_print_evidence(FILE *to, const struct dl_stage_report *report);

/* Sentence, evidence, causes, next steps and code of a failed (or warned) stage. */
void result_print_card(FILE *to, const struct dl_stage_report *report);

/* What the Log Explorer would show of test logs, if the intake told it. */
void result_print_shown(FILE *to, const struct dl_check *check);

/* How many logs were accepted and where to see them. */
void result_print_accepted(FILE *to, const struct dl_check *check,
                           const struct dl_integration *integration,
                           const struct dl_config *config);

/* Lines of a table's text ("a\nb"), each behind `prefix`. */
void result_print_lines(FILE *to, const char *prefix, const char *lines);

#endif
