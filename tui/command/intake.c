/* ddlogs intake: the local intake in the foreground, until it is told to stop. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "command/command.h"
#include "command/pipeline_data.h"
#include "intake/fault.h"
#include "intake/intake.h"

enum { PEM_MAX = 256 * 1024, KEY_FILE_MAX = 1024 };

/* Text read from files for the intake, and wiped as soon as it has started. */
struct inputs {
    struct dl_buffer key, certificate, private_key;
};

static void print_line(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "%s\n", line);
}

/* A file's text without the blanks around it. */
static int read_trimmed(struct dl_buffer *out, const char *path, struct dl_error *err)
{
    const char *text;
    size_t len;
    int rc;

    rc = dl_file_read(path, true, out, err);
    if (rc < 0)
        return rc;
    text = dl_buffer_string(out);
    len = out->len;
    dl_text_trim(&text, &len);
    if (len == 0)
        return dl_error_set(err, DL_E_KEY_FILE, "the file %s is empty", path);
    memmove(out->data, text, len);
    out->data[len] = '\0';
    out->len = len;
    return 0;
}

static int read_inputs(struct inputs *in, const struct options *o, struct dl_error *err)
{
    int rc = 0;

    dl_buffer_init(&in->key, KEY_FILE_MAX);
    dl_buffer_init(&in->certificate, PEM_MAX);
    dl_buffer_init(&in->private_key, PEM_MAX);
    if (!o->tls_cert != !o->tls_key)
        return dl_error_set(err, DL_E_USAGE, "--tls-cert and --tls-key belong together");
    if (o->intake_key_file && o->intake_key_hash)
        return dl_error_set(err, DL_E_USAGE, "give --api-key-file or --api-key-hash, not both");
    if (o->port > 65535)
        return dl_error_set(err, DL_E_USAGE, "--port takes a number from 0 to 65535");
    if (o->intake_key_file)
        rc = read_trimmed(&in->key, o->intake_key_file, err);
    if (rc == 0 && o->tls_cert)
        rc = dl_file_read(o->tls_cert, true, &in->certificate, err);
    if (rc == 0 && o->tls_key)
        rc = dl_file_read(o->tls_key, true, &in->private_key, err);
    return rc;
}

static void wipe(struct dl_buffer *b)
{
    if (b->data)
        explicit_bzero(b->data, b->size);
    dl_buffer_free(b);
}

static int start(struct dl_intake **out, const struct options *o, struct dl_error *err)
{
    const char *faults[OPTION_LIST_MAX + 1] = {0};
    struct inputs in;
    int rc = read_inputs(&in, o, err);

    memcpy(faults, o->faults.items, o->faults.count * sizeof *faults);
    struct dl_intake_options options = {
        .port = o->port > 0 ? (uint16_t)o->port : 0,
        .api_key = o->intake_key_file ? dl_buffer_string(&in.key) : NULL,
        .api_key_hash = o->intake_key_hash,
        .certificate = o->tls_cert ? dl_buffer_string(&in.certificate) : NULL,
        .private_key = o->tls_key ? dl_buffer_string(&in.private_key) : NULL,
        .pipeline = o->pipeline,
        .record = o->record,
        .faults = faults,
        .seed = o->seed > 0 ? (uint64_t)o->seed : 0,
        .log = o->quiet ? NULL : print_line,
    };
    if (rc == 0)
        rc = dl_intake_start(out, &options, err);
    wipe(&in.key);
    wipe(&in.certificate);
    wipe(&in.private_key);
    return rc;
}

static int write_port(const struct options *o, uint16_t port, struct dl_error *err)
{
    char text[16];

    if (!o->port_file)
        return 0;
    dl_text_format(text, sizeof text, "%u\n", port);
    return dl_file_replace(o->port_file, text, strlen(text), false, err);
}

static void print_address(const struct options *o, uint16_t port)
{
    printf("Listening on %s://127.0.0.1:%u\n", o->tls_cert ? "https" : "http", port);
    if (!o->quiet && o->tls_cert)
        printf("Set-up with it: ddlogs setup --connect-to 127.0.0.1:%u --ca-file CA.pem\n", port);
    else if (!o->quiet)
        printf("Set-up with it: ddlogs setup --endpoint http://127.0.0.1:%u\n", port);
    fflush(stdout);
}

static void print_json(const struct dl_intake_stats *s)
{
    struct dl_buffer out;
    struct dl_json w;

    dl_buffer_init(&out, 4096);
    dl_json_begin(&w, &out, 0);
    dl_json_object(&w);
    dl_json_member_integer(&w, "schema", 1);
    dl_json_member(&w, "command", "intake");
    dl_json_member_bool(&w, "ok", true);
    dl_json_member_integer(&w, "exit_code", 0);
    dl_json_member_integer(&w, "requests", (int64_t)s->requests);
    dl_json_member_integer(&w, "accepted_requests", (int64_t)s->accepted_requests);
    dl_json_member_integer(&w, "logs", (int64_t)s->logs);
    dl_json_member_integer(&w, "bytes", (int64_t)s->bytes);
    dl_json_member_integer(&w, "wire_bytes", (int64_t)s->wire_bytes);
    dl_json_member_integer(&w, "truncated", (int64_t)s->truncated);
    dl_json_object_end(&w);
    if (dl_json_end(&w) == 0)
        puts(dl_buffer_string(&out));
    dl_buffer_free(&out);
}

static void print_summary(const struct options *o, const struct dl_intake_stats *s)
{
    if (!o->quiet)
        printf("%llu requests, %llu accepted, %llu logs, %llu bytes (%llu on the wire)\n",
               (unsigned long long)s->requests, (unsigned long long)s->accepted_requests,
               (unsigned long long)s->logs, (unsigned long long)s->bytes,
               (unsigned long long)s->wire_bytes);
    if (o->json)
        print_json(s);
}

static int run(struct program *program)
{
    const struct options *o = &program->options;
    struct dl_intake *intake = NULL;
    struct dl_intake_stats stats;
    struct dl_error err;
    sigset_t signals;
    int number, rc;

    if (o->word_count > 0)
        return command_refuse_word(program, o->words[0]);
    /* blocked before the intake's threads begin, so that they come to sigwait alone */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    rc = o->pipeline ? pipeline_data_load(o, &err) : 0;
    if (rc == 0)
        rc = start(&intake, o, &err);
    if (rc == 0) {
        print_address(o, dl_intake_port(intake));
        rc = write_port(o, dl_intake_port(intake), &err);
    }
    if (rc < 0) {
        dl_intake_stop(intake);
        return command_fail(program, &err);
    }
    sigwait(&signals, &number);
    dl_intake_stats(intake, &stats);
    dl_intake_stop(intake);
    print_summary(o, &stats);
    return 0;
}

#define VALUE_NONE(value) ""
#define VALUE_NUMBER(value) "=" value
#define VALUE_NUMBER_OR_NONE(value) "[=" value "]"
#define VALUE_TIME(value) "=" value
#define VALUE_TEXT(value) "=" value
#define FAULT_HELP(symbol, name, value, type, least, most, help)                                   \
    "  " name VALUE_##type(value) "\n      " help "\n"

static const char details[] =
    "Answers on 127.0.0.1 as Datadog's log intake and key check do, until Ctrl-C.\n"
    "Without --api-key-file or --api-key-hash every key of 32 hexadecimal digits is accepted.\n"
    "The hash is SALT:SHA256 in hexadecimal, the sum taken over the salt's bytes and the key.\n"
    "With --pipeline the record shows what the Log Explorer would show of each log, and \"ddlogs\n"
    "setup\" and \"ddlogs test\" with this intake as --endpoint print it of their test logs.\n"
    "\n"
    "Faults, --fault KIND[=VALUE][@[HOST]/PATH][*COUNT][:PERCENT%]:\n" DL_INTAKE_FAULT_TABLE(
        FAULT_HELP) "Several work together. @ limits one to a path (and host), * to the first "
                    "COUNT "
                    "requests it meets,\n: to a share of them, drawn from --seed.\n"
                    "Example: --fault status=503@/api/v2/logs*2 --fault retry-after=5*2";

static const enum option_id accepted[] = {OPTION_ID_port,
                                          OPTION_ID_port_file,
                                          OPTION_ID_intake_key_file,
                                          OPTION_ID_intake_key_hash,
                                          OPTION_ID_tls_cert,
                                          OPTION_ID_tls_key,
                                          OPTION_ID_record,
                                          OPTION_ID_pipeline,
                                          OPTION_ID_user_agents,
                                          OPTION_ID_geoip,
                                          OPTION_ID_faults,
                                          OPTION_ID_seed,
                                          OPTION_ID_quiet,
                                          OPTION_ID_json,
                                          OPTION_COUNT};

const struct command command_intake = {
    .name = "intake",
    .summary = "run a local intake, for trying out and for tests",
    .details = details,
    .accepted = accepted,
    .run = run,
};
