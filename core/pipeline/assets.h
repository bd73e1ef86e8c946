/* The files of log assets: a pipeline and its tests, found by their names. */
#ifndef DL_PIPELINE_ASSETS_H
#define DL_PIPELINE_ASSETS_H

#include <limits.h>

#include "base/error.h"

#define DL_ASSETS_DEPTH_MAX 16

struct dl_asset_pair {
    char pipeline[PATH_MAX], tests[PATH_MAX]; /* tests "": there are none */
};

/* Calls for every pair below a folder, in order of their names: NAME.yaml with NAME_tests.yaml or
 * NAME_test.yaml, pipeline.yaml with tests.yaml. path may be a pipeline's file itself. each returns
 * 0 to go on; what else it returns ends the walk and is returned. -DL_E_IO: the path cannot be
 * read. */
int dl_assets_find(const char *path, int (*each)(void *context, const struct dl_asset_pair *pair),
                   void *context, struct dl_error *err);

#endif
