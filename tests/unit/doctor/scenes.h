/* Hand-made tables of a doctor, for the tests of its page. */
#ifndef DL_TESTS_SCENES_H
#define DL_TESTS_SCENES_H

#include "check/doctor.h"

struct scene {
    struct dl_doctor_table table;
    struct dl_stage_report machine[DL_STAGE_COUNT];
    struct dl_stage_report sites[DL_SITE_COUNT][DL_STAGE_COUNT];
};

/* What a scene is about. */
enum scene_kind {
    SCENE_WAITING,   /* nothing has begun */
    SCENE_HALF,      /* some sites are done, some run, some wait */
    SCENE_HEALTHY,   /* all is well */
    SCENE_BROKEN,    /* US3: expired certificate, EU1: unknown key, AP2: no answer */
    SCENE_BLACKHOLE, /* no site answers */
    SCENE_WARNINGS,  /* clock, proxy variable */
    SCENE_MACHINE,   /* all is well but the configuration */
    SCENE_COUNT
};

#define SCENE_STAGES DL_STAGES_DOCTOR
#define SCENE_ALL_STAGES (DL_STAGES_DOCTOR | DL_STAGES_SEND | DL_STAGES_DEEP)

/* The kind with this name ("half"), or SCENE_COUNT. */
enum scene_kind scene_named(const char *name);

/* Fills a table with these stages: all sites, or `only`. */
void scene_make(struct scene *scene, enum scene_kind kind, unsigned stages,
                const struct dl_site *only);

/* The report of a site's stage, to be changed. */
struct dl_stage_report *scene_report(struct scene *scene, size_t row, enum dl_stage stage);

/* The next stage of a waiting or running row passes. False when all are settled. */
bool scene_advance(struct scene *scene);

#endif
