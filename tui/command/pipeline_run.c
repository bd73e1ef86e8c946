/* ddlogs pipeline run: logs through a pipeline, one JSON object a line out. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "command/pipeline.h"
#include "pipeline/explorer.h"
#include "send/lines.h"

#define OUTPUT_MAX (2 * DL_PIPELINE_LOG_MAX)

struct flow {
    struct dl_explorer *explorer;
    struct dl_buffer out;
    struct result_counter counters[3]; /* logs, not taken by the filter, longer than LINES_MAX */
};

static int one(struct flow *flow, const char *line, size_t len, struct dl_error *err)
{
    int rc;

    flow->counters[0].value++;
    dl_buffer_clear(&flow->out);
    rc = dl_explorer_add(flow->explorer, &flow->out, line, len, err);
    if (rc == 0)
        rc = dl_buffer_char(&flow->out, '\n');
    if (rc < 0)
        return dl_error_prefix(err, "log %llu", (unsigned long long)flow->counters[0].value), rc;
    flow->counters[1].value += !dl_explorer_took(flow->explorer);
    if (fwrite(flow->out.data, 1, flow->out.len, stdout) != flow->out.len)
        return dl_error_set(err, DL_E_IO, "standard output cannot be written: %s", strerror(errno));
    return 0;
}

static int all(struct flow *flow, int fd, struct dl_error *err)
{
    struct lines lines = {0};
    const char *line;
    size_t len;
    int more = 1, rc = lines_init(&lines, err);

    while (rc == 0 && more > 0) {
        more = lines_fill(&lines, fd, err);
        rc = more < 0 ? more : 0;
        while (rc == 0 && lines_next(&lines, &line, &len))
            if (len)
                rc = one(flow, line, len, err);
    }
    flow->counters[2].value = lines.cut;
    lines_free(&lines);
    return rc;
}

/* Beside the logs, which are the output: what was not read whole. */
static void tell_cut(const struct flow *flow)
{
    unsigned long long cut = flow->counters[2].value;

    if (cut)
        fprintf(stderr, "ddlogs: %llu %s longer than %d MB; the start of each was read alone\n",
                cut, cut == 1 ? "line was" : "lines were", LINES_MAX >> 20);
}

int pipeline_run(struct pipeline_job *job)
{
    const char *path = job->program->options.input;
    struct flow flow = {.counters = {{"logs", 0}, {"not_taken", 0}, {"cut", 0}}};
    struct dl_error err = {0};
    int fd = STDIN_FILENO, rc = 0, code;

    if (job->word_count != 1)
        rc = dl_error_set(&err, DL_E_USAGE, "pipeline run takes one pipeline");
    if (rc == 0)
        rc = dl_explorer_open(&flow.explorer, job->words[0], &err);
    if (rc == 0 && path) {
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            rc = dl_error_set(&err, DL_E_IO, "%s cannot be read: %s", path, strerror(errno));
    }
    dl_buffer_init(&flow.out, OUTPUT_MAX);
    if (rc == 0)
        rc = all(&flow, fd, &err);
    if (rc == 0 && fflush(stdout) != 0)
        rc = dl_error_set(&err, DL_E_IO, "standard output cannot be written: %s", strerror(errno));
    job->result.counters = flow.counters;
    job->result.counter_count = 3;
    tell_cut(&flow);
    code = result_end(&job->result, job->program->options.json, rc, &err);
    if (fd > STDIN_FILENO)
        close(fd);
    dl_explorer_close(flow.explorer);
    dl_buffer_free(&flow.out);
    return code;
}
