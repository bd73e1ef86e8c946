#include "doctor/scenes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { US1, US3, US5, EU1, AP1, AP2, UK1, US1_FED, US2_FED };

static const char *const names[SCENE_COUNT] = {
    [SCENE_WAITING] = "waiting", [SCENE_HALF] = "half",           [SCENE_HEALTHY] = "healthy",
    [SCENE_BROKEN] = "broken",   [SCENE_BLACKHOLE] = "blackhole", [SCENE_WARNINGS] = "warnings",
    [SCENE_MACHINE] = "machine",
};

enum scene_kind scene_named(const char *name)
{
    for (int i = 0; i < SCENE_COUNT; i++)
        if (strcmp(names[i], name) == 0)
            return (enum scene_kind)i;
    return SCENE_COUNT;
}

static void __attribute__((format(printf, 3, 4)))
evidence(struct dl_stage_report *report, const char *name, const char *format, ...)
{
    struct dl_evidence *to = &report->evidence[report->evidence_count++];
    va_list args;

    snprintf(to->name, sizeof to->name, "%s", name);
    va_start(args, format);
    vsnprintf(to->value, sizeof to->value, format, args);
    va_end(args);
}

static void __attribute__((format(printf, 4, 5)))
say(struct dl_stage_report *report, enum dl_result result, int64_t ms, const char *format, ...)
{
    va_list args;

    report->result = result;
    report->ms = ms;
    va_start(args, format);
    vsnprintf(report->message, sizeof report->message, format, args);
    va_end(args);
}

static void fail(struct dl_stage_report *report, enum dl_result result, enum dl_code code)
{
    report->result = result;
    report->code = code;
}

/* What a stage says when it passed. */
static void pass(struct dl_stage_report *report, const struct dl_site *site)
{
    const char *host = strchr(site->intake_url, '/') + 2;

    report->evidence_count = 0;
    report->code = DL_OK;
    switch (report->stage) {
    case DL_STAGE_PROXY:
        say(report, DL_RESULT_PASS, 0, "none: neither HTTPS_PROXY nor the configuration names one");
        break;
    case DL_STAGE_DNS:
        say(report, DL_RESULT_PASS, 9, "%s -> 2 addresses", host);
        evidence(report, "host", "%s", host);
        evidence(report, "address", "3.233.158.71");
        evidence(report, "address 2", "3.233.158.72");
        break;
    case DL_STAGE_TCP:
        say(report, DL_RESULT_PASS, 14, "3.233.158.71 port 443");
        evidence(report, "address", "3.233.158.71");
        break;
    case DL_STAGE_TLS:
        say(report, DL_RESULT_PASS, 31, "TLSv1.3, issued by DigiCert Global G2, 211 days left");
        evidence(report, "version", "TLSv1.3");
        evidence(report, "subject", "CN = *.logs.%s", site->site);
        evidence(report, "issuer", "C = US, O = DigiCert Inc, CN = DigiCert Global G2");
        evidence(report, "not_after", "Jun 25 23:59:59 2027 GMT");
        break;
    case DL_STAGE_CLOCK:
        say(report, DL_RESULT_PASS, 0, "right to the second");
        break;
    case DL_STAGE_KEY:
        say(report, DL_RESULT_PASS, 88, "valid for this site");
        evidence(report, "request", "GET %s/api/v1/validate", site->api_url);
        evidence(report, "status", "200");
        break;
    default:
        say(report, DL_RESULT_PASS, 71, "202 Accepted");
        evidence(report, "request", "POST %s/api/v2/logs", site->intake_url);
        evidence(report, "status", "202");
        break;
    }
}

static void skip_after(struct scene *scene, size_t row, enum dl_stage stage)
{
    for (int i = (int)stage + 1; i < DL_STAGE_COUNT; i++)
        if (scene->table.rows[row].reports[i]) {
            struct dl_stage_report *report = &scene->sites[row][i];
            report->evidence_count = 0;
            report->code = DL_OK;
            say(report, DL_RESULT_SKIP, 0, "not tried: %s failed", dl_stage_label(stage));
        }
}

static void expire(struct scene *scene, size_t row)
{
    struct dl_stage_report *report = scene_report(scene, row, DL_STAGE_TLS);

    say(report, DL_RESULT_FAIL, 33,
        "The certificate of http-intake.logs.us3.datadoghq.com expired on Nov 21 2026; the clock "
        "here says Nov 26 2026.");
    fail(report, DL_RESULT_FAIL, DL_E_TLS_TIME);
    report->evidence_count = 0;
    evidence(report, "host", "http-intake.logs.us3.datadoghq.com");
    evidence(report, "subject", "CN = *.logs.us3.datadoghq.com");
    evidence(report, "issuer", "C = US, O = DigiCert Inc, CN = DigiCert Global G2");
    evidence(report, "not_after", "Nov 21 23:59:59 2026 GMT");
    evidence(report, "verify", "10: certificate has expired");
    skip_after(scene, row, DL_STAGE_TLS);
}

static void refuse_key(struct scene *scene, size_t row)
{
    struct dl_stage_report *report = scene_report(scene, row, DL_STAGE_KEY);

    say(report, DL_RESULT_FAIL, 88, "Datadog EU1 does not know this key.");
    fail(report, DL_RESULT_FAIL, DL_E_KEY_403);
    report->evidence_count = 0;
    evidence(report, "request", "GET https://api.datadoghq.eu/api/v1/validate");
    evidence(report, "status", "403");
    evidence(report, "app_url", "https://app.datadoghq.eu");
    evidence(report, "body", "{\"errors\":[\"Forbidden\"]}");
    skip_after(scene, row, DL_STAGE_KEY);
}

static void swallow(struct scene *scene, size_t row)
{
    struct dl_stage_report *report = scene_report(scene, row, DL_STAGE_TCP);
    const char *host = strchr(scene->table.rows[row].site->intake_url, '/') + 2;

    say(report, DL_RESULT_FAIL, 5000, "No answer from %s:443 in 5 s.", host);
    fail(report, DL_RESULT_FAIL, DL_E_NET_TIMEOUT);
    report->evidence_count = 0;
    evidence(report, "host", "%s", host);
    evidence(report, "port", "443");
    evidence(report, "address", "35.74.10.11");
    evidence(report, "address 2", "54.64.221.7");
    skip_after(scene, row, DL_STAGE_TCP);
}

static void set_all(struct scene *scene, enum dl_result result)
{
    for (size_t row = 0; row < scene->table.row_count; row++)
        for (int i = 0; i < DL_STAGE_COUNT; i++)
            if (scene->table.rows[row].reports[i]) {
                struct dl_stage_report *report = &scene->sites[row][i];
                pass(report, scene->table.rows[row].site);
                if (result != DL_RESULT_PASS) {
                    say(report, result, 0, "%s", "");
                    report->evidence_count = 0;
                }
            }
}

static void half(struct scene *scene)
{
    for (size_t row = 0; row < scene->table.row_count; row++) {
        int site = (int)(scene->table.rows[row].site - dl_sites);
        int stages = site < EU1 ? DL_STAGE_COUNT : DL_STAGE_TLS + 3 - site / 2;
        for (int i = 0; i < DL_STAGE_COUNT; i++) {
            struct dl_stage_report *report = &scene->sites[row][i];
            if (!scene->table.rows[row].reports[i])
                continue;
            if (i < stages)
                pass(report, scene->table.rows[row].site);
            else if (i == stages)
                say(report, DL_RESULT_RUN, 2000, "waits for an answer, 2 s of 5 s");
        }
    }
}

static void broken(struct scene *scene)
{
    set_all(scene, DL_RESULT_PASS);
    for (size_t row = 0; row < scene->table.row_count; row++) {
        const struct dl_site *site = scene->table.rows[row].site;
        if (site == &dl_sites[US3])
            expire(scene, row);
        if (site == &dl_sites[EU1])
            refuse_key(scene, row);
        if (site == &dl_sites[AP2])
            swallow(scene, row);
    }
}

static void warnings(struct scene *scene)
{
    set_all(scene, DL_RESULT_PASS);
    for (size_t row = 0; row < scene->table.row_count; row++) {
        struct dl_stage_report *report = scene_report(scene, row, DL_STAGE_CLOCK);
        say(report, DL_RESULT_WARN, 0, "6 minutes behind that of Datadog");
        fail(report, DL_RESULT_WARN, DL_E_CLOCK);
    }
    say(&scene->machine[DL_STAGE_SOURCE], DL_RESULT_WARN, 1,
        "DD_API_KEY in the environment wins over the keyring");
    fail(&scene->machine[DL_STAGE_SOURCE], DL_RESULT_WARN, DL_E_ENV_OVERRIDE);
}

static void machine(struct scene *scene, bool waits)
{
    static const struct {
        enum dl_stage stage;
        const char *message;
    } stages[] = {
        {DL_STAGE_CONFIG, "/home/ada/.config/ddlogs/acme-shop/config.json: 9 settings, verified"},
        {DL_STAGE_SOURCE, "keyring \"Login\", unlocked"},
        {DL_STAGE_STATE, "spool empty; nothing was dropped since Nov 2"},
        {DL_STAGE_PLAN, "would send at once, zstd, batches of 5 MB"},
    };

    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        struct dl_stage_report *report = &scene->machine[stages[i].stage];
        report->stage = stages[i].stage;
        say(report, waits ? DL_RESULT_WAIT : DL_RESULT_PASS, 1, "%s",
            waits ? "" : stages[i].message);
        scene->table.machine[stages[i].stage] = report;
    }
}

static void break_machine(struct scene *scene)
{
    struct dl_stage_report *report = &scene->machine[DL_STAGE_CONFIG];

    say(report, DL_RESULT_FAIL, 1,
        "config.json, line 7, column 3: \"stie\" is no setting; \"site\" is");
    fail(report, DL_RESULT_FAIL, DL_E_CFG_PARSE);
    evidence(report, "path", "/home/ada/.config/ddlogs/acme-shop/config.json");
}

void scene_make(struct scene *scene, enum scene_kind kind, unsigned stages,
                const struct dl_site *only)
{
    struct dl_doctor_table *table = &scene->table;

    memset(scene, 0, sizeof *scene);
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        if (only && only != &dl_sites[i])
            continue;
        struct dl_doctor_row *row = &table->rows[table->row_count];
        row->site = &dl_sites[i];
        row->name = dl_sites[i].name;
        for (int stage = 0; stage < DL_STAGE_COUNT; stage++) {
            scene->sites[table->row_count][stage].stage = (enum dl_stage)stage;
            if (stages & DL_STAGE_BIT(stage))
                row->reports[stage] = &scene->sites[table->row_count][stage];
        }
        table->row_count++;
    }
    machine(scene, kind == SCENE_WAITING);
    set_all(scene, kind == SCENE_WAITING || kind == SCENE_HALF ? DL_RESULT_WAIT : DL_RESULT_PASS);
    if (kind == SCENE_HALF)
        half(scene);
    if (kind == SCENE_BROKEN)
        broken(scene);
    if (kind == SCENE_WARNINGS)
        warnings(scene);
    if (kind == SCENE_MACHINE)
        break_machine(scene);
    for (size_t row = 0; kind == SCENE_BLACKHOLE && row < table->row_count; row++)
        swallow(scene, row);
}

struct dl_stage_report *scene_report(struct scene *scene, size_t row, enum dl_stage stage)
{
    return &scene->sites[row][stage];
}

bool scene_advance(struct scene *scene)
{
    for (int stage = 0; stage < DL_STAGE_COUNT; stage++)
        for (size_t row = 0; row < scene->table.row_count; row++) {
            struct dl_stage_report *report = &scene->sites[row][stage];
            if (!scene->table.rows[row].reports[stage] || report->result > DL_RESULT_RUN)
                continue;
            pass(report, scene->table.rows[row].site);
            return true;
        }
    return false;
}
