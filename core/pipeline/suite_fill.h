/* Results that a file of tests leaves blank, filled in. */
#ifndef DL_PIPELINE_SUITE_FILL_H
#define DL_PIPELINE_SUITE_FILL_H

#include "pipeline/suite.h"

/* Where a test has its result, or where one goes. */
struct dl_result_spot {
    size_t from, to; /* bytes that it takes the place of */
    size_t column;   /* of its key, in a test that is written key below key */
    bool given;      /* there is a result */
    bool flow;       /* the test is written as in JSON */
    bool keyed;      /* the key is there */
};

/* One spot for each test of the text, which reads as a suite; *count becomes how many, at most
 * `most`. -DL_E_VALUE: it cannot be read. */
int dl_result_spots(struct dl_result_spot *spots, size_t most, size_t *count, struct dl_text text,
                    struct dl_error *err);

/* Appends the text of the suite with what the pipeline makes of each sample whose result is blank;
 * every other byte stands as it was. *filled becomes how many there were. -DL_E_LIMIT, -DL_E_VALUE
 * with the line. */
int dl_suite_fill(struct dl_buffer *out, struct dl_text text, const struct dl_suite *suite,
                  const struct dl_pipeline *pipeline, struct dl_arena *arena, size_t *filled,
                  struct dl_error *err);

#endif
