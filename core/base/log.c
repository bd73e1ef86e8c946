#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LINE_MAX_BYTES 4096

static dl_log_sink *log_sink;
static void *log_context;
static dl_log_filter *log_filter;

void dl_log_set_sink(dl_log_sink *sink, void *context)
{
    log_sink = sink;
    log_context = context;
}

void dl_log_set_filter(dl_log_filter *filter)
{
    log_filter = filter;
}

void dl_log_scrub(char *to, size_t size, const char *text, size_t len)
{
    struct dl_buffer raw, clean;

    if (!size)
        return;
    /* Redaction sees the bytes before they are cut or cleaned, so that neither hides a secret from
     * it; and again afterwards, because cleaning may join what was apart. */
    dl_buffer_init(&raw, len * 3 + 256);
    dl_buffer_init(&clean, len * 9 + 1024);
    if (dl_buffer_add(&raw, text, len) < 0 || (log_filter && log_filter(&raw) < 0) ||
        dl_text_clean(&clean, raw.data ? raw.data : "", raw.len) < 0 ||
        (log_filter && log_filter(&clean) < 0))
        dl_text_copy(to, size, "(withheld)");
    else
        dl_text_copy(to, size, dl_buffer_string(&clean));
    if (raw.data)
        explicit_bzero(raw.data, raw.size);
    dl_buffer_free(&raw);
    dl_buffer_free(&clean);
}

void dl_log(enum dl_log_level level, const char *format, ...)
{
    char line[LINE_MAX_BYTES], clean[LINE_MAX_BYTES];
    va_list args;

    if (!log_sink)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    dl_log_scrub(clean, sizeof clean, line, strlen(line));
    explicit_bzero(line, sizeof line);
    log_sink(log_context, level, clean);
}
