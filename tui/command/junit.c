#include "command/junit.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"

#define JUNIT_MAX ((size_t)64 * 1024 * 1024)

void junit_init(struct junit *j)
{
    j->status = 0;
    dl_buffer_init(&j->out, JUNIT_MAX);
}

void junit_free(struct junit *j)
{
    dl_buffer_free(&j->out);
}

static void raw(struct junit *j, const char *words)
{
    if (j->status == 0)
        j->status = dl_buffer_text(&j->out, words);
}

/* U+FFFE and U+FFFF are characters of UTF-8 and none of XML. */
static bool is_xml(uint32_t code)
{
    return code >= 0x20 && code != 0xfffe && code != 0xffff;
}

static void character(struct junit *j, const char *at, size_t n, uint32_t code)
{
    static const struct {
        uint32_t code;
        const char *text;
    } names[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code) {
            raw(j, names[i].text);
            return;
        }
    if (is_xml(code) && j->status == 0)
        j->status = dl_buffer_add(&j->out, at, n);
}

void junit_text(struct junit *j, const char *text, size_t len)
{
    struct dl_buffer clean;
    uint32_t code = 0;
    size_t n;

    dl_buffer_init(&clean, JUNIT_MAX);
    j->status = j->status ? j->status : dl_text_clean(&clean, text, len);
    for (size_t at = 0; at < clean.len && j->status == 0; at += n ? n : 1) {
        n = dl_utf8_decode(clean.data + at, clean.len - at, &code);
        character(j, clean.data + at, n, code);
    }
    dl_buffer_free(&clean);
}

static void string(struct junit *j, const char *text)
{
    junit_text(j, text, strlen(text));
}

void junit_suite(struct junit *j, const char *name, const struct junit_counts *counts,
                 const struct junit *cases)
{
    raw(j, "  <testsuite name=\"");
    string(j, name);
    if (j->status == 0)
        j->status =
            dl_buffer_format(&j->out, "\" tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\">\n",
                             counts->tests, counts->failures, counts->skipped);
    j->status = j->status ? j->status : cases->status;
    if (j->status == 0)
        j->status = dl_buffer_add(&j->out, dl_buffer_string(&cases->out), cases->out.len);
    raw(j, "  </testsuite>\n");
}

void junit_case(struct junit *j, const char *suite, const char *name, int64_t ms)
{
    raw(j, "    <testcase classname=\"ddlogs.");
    string(j, suite);
    raw(j, "\" name=\"");
    string(j, name);
    if (ms >= 0 && j->status == 0)
        j->status = dl_buffer_format(&j->out, "\" time=\"%lld.%03lld", (long long)(ms / 1000),
                                     (long long)(ms % 1000));
    raw(j, "\">");
}

void junit_case_end(struct junit *j)
{
    raw(j, "</testcase>\n");
}

void junit_output(struct junit *j, const char *text)
{
    raw(j, "<system-out>");
    string(j, text);
    raw(j, "</system-out>");
}

void junit_skipped(struct junit *j, const char *message)
{
    raw(j, "<skipped message=\"");
    string(j, message);
    raw(j, "\"/>");
}

void junit_failure(struct junit *j, const char *type, const char *message)
{
    raw(j, "<failure type=\"");
    string(j, type);
    raw(j, "\" message=\"");
    string(j, message);
    raw(j, "\">");
}

void junit_line_end(struct junit *j)
{
    raw(j, "\n");
}

void junit_failure_end(struct junit *j)
{
    raw(j, "</failure>");
}

int junit_write(const struct junit *j, const char *path, struct dl_error *err)
{
    struct junit document;
    int rc;

    junit_init(&document);
    document.status = j->status;
    raw(&document, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    raw(&document, dl_buffer_string(&j->out));
    raw(&document, "</testsuites>\n");
    if (document.status < 0)
        rc = dl_error_set(err, (enum dl_code) - document.status, "the findings do not fit into %s",
                          path);
    else
        rc = dl_file_replace_shared(path, document.out.data, document.out.len, err);
    junit_free(&document);
    return rc;
}
