/* samples TESTS COUNT: so many lines of logs, the samples of the tests in turn. A sample
 * of several lines is written as one: JSON without them, other text as the message of an object. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "pipeline/suite.h"

#define LINE_MAX_BYTES (1024 * 1024)

static void die(const char *what)
{
    fprintf(stderr, "samples: %s\n", what);
    exit(1);
}

static void add_line(struct dl_buffer *out, struct dl_text sample)
{
    bool lines = memchr(sample.at, '\n', sample.len), json = sample.len && *sample.at == '{';
    int rc = lines && !json ? dl_buffer_text(out, "{\"message\":\"") : 0;

    if (rc == 0 && lines && !json)
        rc = dl_json_escape(out, sample.at, sample.len);
    else if (rc == 0)
        rc = dl_buffer_add(out, sample.at, sample.len);
    if (rc == 0 && lines && !json)
        rc = dl_buffer_text(out, "\"}");
    for (size_t i = 0; i < out->len; i++)
        if (out->data[i] == '\n')
            out->data[i] = ' ';
    if (rc < 0 || dl_buffer_char(out, '\n') < 0)
        die("a sample is too long");
}

int main(int argc, char **argv)
{
    struct dl_buffer text, line;
    struct dl_suite *suite = NULL;
    struct dl_error err = {0};
    size_t count;

    if (argc != 3)
        die("use: samples TESTS COUNT");
    dl_buffer_init(&text, DL_PIPELINE_BYTES_MAX);
    dl_buffer_init(&line, LINE_MAX_BYTES);
    if (dl_file_read(argv[1], true, &text, &err) < 0 ||
        dl_suite_read(&suite, dl_buffer_string(&text), text.len, &err) < 0)
        die(err.text);
    count = strtoul(argv[2], NULL, 10);
    for (size_t i = 0; i < count && dl_suite_count(suite); i++) {
        dl_buffer_clear(&line);
        add_line(&line, dl_suite_sample(suite, i % dl_suite_count(suite)));
        fwrite(line.data, 1, line.len, stdout);
    }
    dl_suite_free(suite);
    dl_buffer_free(&line);
    dl_buffer_free(&text);
    return fflush(stdout) == 0 ? 0 : 1;
}
