/* What the doctor finds out about this machine, without the network. */
#ifndef DL_CHECK_MACHINE_H
#define DL_CHECK_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "check/doctor.h"

/* Whether the environment's value of a property stands in front of another one of the file, and the
 * sentence that says so. saved NULL: no. */
bool dl_machine_override(const struct dl_config *saved, const struct dl_config *config,
                         enum dl_property property, const char *path, char *to, size_t size);

/* Each fills in the report of its stage; they are quick and do not fail. */
void dl_machine_config(struct dl_stage_report *report, const struct dl_doctor_options *options);
void dl_machine_source(struct dl_stage_report *report, const struct dl_doctor_options *options);
void dl_machine_state(struct dl_stage_report *report, const struct dl_doctor_options *options);

/* By what was found out for the configuration's own site; row NULL: it is not among them. */
void dl_machine_plan(struct dl_stage_report *report, const struct dl_doctor_options *options,
                     const struct dl_doctor_row *row);

#endif
