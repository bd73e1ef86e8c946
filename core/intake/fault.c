#include "intake/fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum value_type { NONE, NUMBER, NUMBER_OR_NONE, TIME, TEXT };

struct kind {
    const char *name, *value;
    enum value_type type;
    int64_t least, most;
};

static const struct kind kinds[DL_FAULT_COUNT] = {
#define ROW(symbol, name, value, type, least, most, help) {name, value, type, least, most},
    DL_INTAKE_FAULT_TABLE(ROW)
#undef ROW
};

static int find_kind(const char *name, struct dl_error *err)
{
    const char *names[DL_FAULT_COUNT + 1] = {0};

    for (int i = 0; i < DL_FAULT_COUNT; i++) {
        if (strcmp(name, kinds[i].name) == 0)
            return i;
        names[i] = kinds[i].name;
    }
    const char *near = dl_text_nearest(name, names);
    if (near)
        return dl_error_set(err, DL_E_VALUE, "there is no fault \"%s\"; did you mean \"%s\"?", name,
                            near);
    return dl_error_set(err, DL_E_VALUE, "there is no fault \"%s\"; see ddlogs intake --help",
                        name);
}

/* A number with an optional sign; *rest is what follows it. */
static bool read_number(const char *text, int64_t *out, const char **rest)
{
    bool minus = *text == '-';
    char digits[16];
    uint64_t number;
    size_t n;

    text += minus;
    n = strspn(text, "0123456789");
    if (n == 0 || n >= sizeof digits)
        return false;
    memcpy(digits, text, n);
    digits[n] = '\0';
    if (!dl_text_number(digits, 0, INT64_MAX, &number))
        return false;
    *out = minus ? -(int64_t)number : (int64_t)number;
    *rest = text + n;
    return true;
}

static bool read_time(const char *text, int64_t *out, const char **rest)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};

    if (!read_number(text, out, rest))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(*rest, units[i].unit) == 0) {
            *rest = "";
            return !__builtin_mul_overflow(*out, units[i].ms, out);
        }
    return false;
}

static int read_value(struct dl_intake_fault *out, const char *value, struct dl_error *err)
{
    const struct kind *k = &kinds[out->kind];
    const char *rest = "";
    bool good;

    if (!value) {
        if (k->type == NONE || k->type == NUMBER_OR_NONE)
            return 0;
        return dl_error_set(err, DL_E_VALUE, "the fault \"%s\" needs a value: %s=%s", k->name,
                            k->name, k->value);
    }
    if (k->type == NONE)
        return dl_error_set(err, DL_E_VALUE, "the fault \"%s\" takes no value", k->name);
    if (k->type == TEXT) {
        for (const char *c = value; *c; c++)
            if ((unsigned char)*c < 0x20 || *c == 0x7f)
                return dl_error_set(err, DL_E_VALUE,
                                    "the value of the fault \"%s\" has a control character",
                                    k->name);
        dl_text_copy(out->text, sizeof out->text, value);
        return 0;
    }
    good = k->type == TIME ? read_time(value, &out->number, &rest)
                           : read_number(value, &out->number, &rest);
    if (good && !*rest && out->number >= k->least && out->number <= k->most)
        return 0;
    if (k->type == TIME)
        return dl_error_set(err, DL_E_VALUE,
                            "\"%s\" is no time for the fault \"%s\"; write 200ms, 3s, 10m or 2h",
                            value, k->name);
    return dl_error_set(err, DL_E_VALUE,
                        "\"%s\" is no %s for the fault \"%s\"; it must be %lld to %lld", value,
                        k->value, k->name, (long long)k->least, (long long)k->most);
}

/* Takes ":PERCENT%" off the end. */
static int take_share(struct dl_intake_fault *out, char *text, struct dl_error *err)
{
    size_t len = strlen(text);
    char *colon = strrchr(text, ':'), *end;

    if (len == 0 || text[len - 1] != '%' || !colon)
        return 0;
    if (strspn(colon + 1, "0123456789.") != len - (size_t)(colon + 1 - text) - 1)
        return 0;
    out->share = strtod(colon + 1, &end) / 100;
    if (end == colon + 1 || *end != '%' || out->share > 1)
        return dl_error_set(err, DL_E_VALUE, "\"%s\" is no share; write 0%% to 100%%", colon + 1);
    *colon = '\0';
    return 0;
}

/* Takes "*COUNT" off the end. */
static int take_count(struct dl_intake_fault *out, char *text, struct dl_error *err)
{
    char *star = strrchr(text, '*');

    if (!star || !star[1] || star[1 + strspn(star + 1, "0123456789")])
        return 0;
    if (!dl_text_number(star + 1, 1, 1000000000, &out->left))
        return dl_error_set(err, DL_E_VALUE, "\"%s\" is no count; write 1 to 1000000000", star + 1);
    *star = '\0';
    return 0;
}

/* Takes "@[HOST]/PATH" off the end. */
static int take_place(struct dl_intake_fault *out, char *text, struct dl_error *err)
{
    char *at = strrchr(text, '@'), *slash;

    if (!at || !(slash = strchr(at, '/')))
        return 0;
    if (!dl_text_copy(out->path, sizeof out->path, slash))
        return dl_error_set(err, DL_E_VALUE, "the path of the fault is too long");
    *slash = '\0';
    if (!dl_text_copy(out->host, sizeof out->host, at + 1))
        return dl_error_set(err, DL_E_VALUE, "the host of the fault is too long");
    *at = '\0';
    return 0;
}

static int check_text(struct dl_intake_fault *out, struct dl_error *err)
{
    if (out->kind == DL_FAULT_HEADER && !strstr(out->text, ": "))
        return dl_error_set(err, DL_E_VALUE, "the fault \"header\" needs header=NAME: TEXT");
    if (out->kind != DL_FAULT_TLS)
        return 0;
    if (strncmp(out->text, "1.", 2) != 0 || out->text[2] < '0' || out->text[2] > '3' ||
        out->text[3])
        return dl_error_set(err, DL_E_VALUE, "the fault \"tls\" takes 1.0, 1.1, 1.2 or 1.3");
    out->number = out->text[2] - '0';
    return 0;
}

int dl_intake_fault_parse(struct dl_intake_fault *out, const char *text, struct dl_error *err)
{
    struct dl_intake_fault fault = {.left = UINT64_MAX, .share = 1};
    char copy[1536];
    char *value;
    int kind;

    if (!dl_text_copy(copy, sizeof copy, text))
        return dl_error_set(err, DL_E_VALUE, "the fault is longer than %zu characters",
                            sizeof copy - 1);
    if (take_share(&fault, copy, err) < 0 || take_count(&fault, copy, err) < 0 ||
        take_place(&fault, copy, err) < 0)
        return -DL_E_VALUE;
    value = strchr(copy, '=');
    if (value)
        *value++ = '\0';
    kind = find_kind(copy, err);
    if (kind < 0)
        return kind;
    fault.kind = (enum dl_intake_fault_kind)kind;
    if (read_value(&fault, value, err) < 0)
        return -DL_E_VALUE;
    if (value && strlen(value) >= sizeof fault.text)
        return dl_error_set(err, DL_E_VALUE, "the value of the fault \"%s\" is too long", copy);
    *out = fault;
    return check_text(out, err);
}

/* splitmix64: every bit of the input moves every bit of the output. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static bool applies(struct dl_intake_fault *fault, uint64_t draw, const char *host,
                    const char *path)
{
    if (fault->left == 0 || fault->kind == DL_FAULT_TLS)
        return false;
    if (*fault->path && strcmp(fault->path, path) != 0)
        return false;
    if (*fault->host && !dl_ascii_equal(fault->host, host))
        return false;
    if ((double)(draw >> 11) * 0x1p-53 >= fault->share)
        return false;
    if (fault->left != UINT64_MAX)
        fault->left--;
    return true;
}

static void change(struct dl_intake_plan *plan, const struct dl_intake_fault *fault)
{
    switch (fault->kind) {
    case DL_FAULT_STATUS:
        plan->status = (int)fault->number;
        break;
    case DL_FAULT_DELAY:
        plan->delay_ms += fault->number;
        break;
    case DL_FAULT_HANG:
        plan->hang = true;
        break;
    case DL_FAULT_DROP:
        plan->drop = true;
        break;
    case DL_FAULT_CUT:
        plan->request_cut = fault->number;
        break;
    case DL_FAULT_CLOSE:
    case DL_FAULT_RESET:
        plan->answer_cut = fault->number;
        plan->reset = fault->kind == DL_FAULT_RESET;
        break;
    case DL_FAULT_SLOW:
        plan->rate = (uint32_t)fault->number;
        break;
    case DL_FAULT_HTML:
        plan->html = true;
        plan->status = fault->number ? (int)fault->number : 200;
        break;
    case DL_FAULT_REDIRECT:
        plan->redirect = fault->text;
        plan->status = 302;
        break;
    case DL_FAULT_RETRY_AFTER:
        plan->retry_after = fault->text;
        plan->status = plan->status ? plan->status : 429;
        break;
    case DL_FAULT_BODY:
        plan->has_body = true;
        plan->body = fault->text;
        break;
    case DL_FAULT_HEADER:
        plan->header = fault->text;
        break;
    case DL_FAULT_DATE:
        plan->date_ms += fault->number;
        break;
    case DL_FAULT_RUBBISH:
        plan->rubbish = true;
        break;
    case DL_FAULT_ENDLESS:
        plan->endless = true;
        break;
    case DL_FAULT_HEADERS:
        plan->headers = true;
        break;
    case DL_FAULT_CONTINUE:
        plan->continues = (uint32_t)fault->number;
        break;
    case DL_FAULT_BOMB:
        plan->bomb = (uint32_t)fault->number;
        break;
    case DL_FAULT_ECHO_KEY:
        plan->echo_key = true;
        plan->status = 403;
        break;
    case DL_FAULT_POISON:
        plan->poison = fault->text;
        break;
    case DL_FAULT_TLS:
    case DL_FAULT_COUNT:
        break;
    }
}

void dl_intake_fault_plan(struct dl_intake_plan *out, struct dl_intake_fault *faults, size_t count,
                          uint64_t seed, uint64_t request, const char *host, const char *path)
{
    *out = (struct dl_intake_plan){.request_cut = -1, .answer_cut = -1};
    for (size_t i = 0; i < count; i++) {
        uint64_t draw = mix(mix(mix(seed) + i) + request);
        if (applies(&faults[i], draw, host, path)) {
            change(out, &faults[i]);
            out->any = true;
        }
    }
}

bool dl_intake_plan_is_raw(const struct dl_intake_plan *plan)
{
    return plan->answer_cut >= 0 || plan->rate || plan->date_ms || plan->rubbish || plan->endless ||
           plan->headers || plan->continues || plan->bomb || plan->echo_key;
}
