/* What the files of `ddlogs report` share: one run of the command, and the parts of the report. */
#ifndef DL_TUI_COMMAND_REPORT_H
#define DL_TUI_COMMAND_REPORT_H

#include <limits.h>

#include "check/doctor.h"
#include "check/report.h"
#include "command/command.h"
#include "command/result.h"
#include "command/session.h"

#define REPORT_SECRETS_MAX 64
#define REPORT_LOG_LINES 200
#define REPORT_LOG_BYTES 512 /* most of one line */

/* Values that the environment holds and that are secrets of others than ours: a proxy's password,
 * tokens. While they are here redaction knows them by value, as our own key. */
struct report_secrets {
    const char *folder; /* of the archive */
    struct dl_key *keys[REPORT_SECRETS_MAX];
    size_t count;
};

/* The last lines that the library logged in this run. */
struct report_log {
    char lines[REPORT_LOG_LINES][REPORT_LOG_BYTES];
    size_t count; /* all there were; the oldest are gone */
};

struct report_job {
    struct program *program;
    struct session session;
    bool has_session; /* session.config is there, and session.integration if one was found */
    struct dl_error
        session_error;          /* why there is no integration or no configuration; DL_OK: none */
    bool environment_key_given; /* DD_API_KEY */
    struct dl_key *key;         /* or NULL, and why */
    struct dl_error key_error;
    struct report_secrets secrets;
    struct report_log log;
    struct dl_report *report;
    const struct dl_buffer *findings; /* what another command found out: doctor.json; or NULL */
    struct result result;
    char path[PATH_MAX];
    size_t packed; /* bytes of the archive, 0: not written */
};

/* One file of the report. A failure makes a file that says why. */
struct report_part {
    const char *name;
    const char *what; /* one line for README.txt */
    int (*write)(struct report_job *job, struct dl_buffer *out, struct dl_error *err);
};

/* In the order they are made, ended by a NULL name. */
extern const struct report_part report_parts[];

/* ---- one file each ---- */

int report_doctor(struct report_job *job, struct dl_buffer *out, struct dl_error *err);
/* Its object, of a table. */
int report_doctor_json(const struct dl_doctor_table *table, struct dl_buffer *out,
                       struct dl_error *err);

int report_config(struct report_job *job, struct dl_buffer *out, struct dl_error *err);
int report_manifest(struct report_job *job, struct dl_buffer *out, struct dl_error *err);
int report_versions(struct report_job *job, struct dl_buffer *out, struct dl_error *err);
int report_environment(struct report_job *job, struct dl_buffer *out, struct dl_error *err);
int report_terminal(struct report_job *job, struct dl_buffer *out, struct dl_error *err);
int report_ca(struct report_job *job, struct dl_buffer *out, struct dl_error *err);
int report_keyring(struct report_job *job, struct dl_buffer *out, struct dl_error *err);
int report_spool(struct report_job *job, struct dl_buffer *out, struct dl_error *err);
int report_log(struct report_job *job, struct dl_buffer *out, struct dl_error *err);

/* ---- report.c ---- */

/* A report with what another command found out, while a person looks at its screen: nothing is
 * asked, printed or tried again. It stands in the present folder; path gets its name. */
int report_findings(struct program *program, const struct dl_buffer *findings, char *path,
                    size_t size, struct dl_error *err);

/* ---- report_secrets.c ---- */

/* Makes redaction know what can be told to be a secret: called before all else. */
void report_secrets_find(struct report_secrets *secrets, const char *folder);
void report_secrets_forget(struct report_secrets *secrets);

/* Whether the value of a variable of this name is a secret, whatever it is. */
bool report_name_is_secret(const char *name);

/* ---- report_log.c ---- */

/* From here on the library's log goes into the ring. */
void report_log_begin(struct report_log *log);
void report_log_end(void);

#endif
