/* IPv4 and IPv6 apart: which addresses DNS gives, and whether they can be connected to. What works
 * "sometimes" is often one family of two. */
#include <arpa/inet.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/internal.h"

#define FAMILY_MS 5000 /* each of look-up and dial */

/* Where an address leads. RFC 1918, 3927, 4193, 4291, 6598. */
static const char *scope4(uint32_t ip)
{
    if (ip >> 24 == 127)
        return "this machine";
    if (ip >> 24 == 10 || ip >> 20 == 0xac1 || ip >> 16 == 0xc0a8 || ip >> 22 == 0x64400000 >> 22)
        return "private";
    return ip >> 16 == 0xa9fe ? "link-local" : "public";
}

static const char *scope6(const struct in6_addr *ip)
{
    if (IN6_IS_ADDR_LOOPBACK(ip))
        return "this machine";
    if ((ip->s6_addr[0] & 0xfe) == 0xfc)
        return "private";
    return IN6_IS_ADDR_LINKLOCAL(ip) ? "link-local" : "public";
}

const char *dl_family_scope(const char *address)
{
    struct in_addr ip;
    struct in6_addr ip6;

    if (inet_pton(AF_INET, address, &ip) == 1)
        return scope4(ntohl(ip.s_addr));
    return inet_pton(AF_INET6, address, &ip6) == 1 ? scope6(&ip6) : "";
}

static const char *name(const struct dl_family *f)
{
    return f->family == DL_HTTP_IPV4 ? "IPv4" : "IPv6";
}

static void over(struct dl_family *f, enum dl_code code, const char *outcome)
{
    f->over = true;
    f->code = code;
    dl_text_copy(f->outcome, sizeof f->outcome, outcome);
}

static void start(struct dl_family *f, dl_http_done *done)
{
    const struct dl_check *check = f->check;
    struct dl_http_request request = {.method = f->dialling ? DL_HTTP_DIAL : DL_HTTP_LOOKUP,
                                      .family = f->family};
    const char *host = f->dialling ? f->first : check->peer.host;
    bool v6 = strchr(host, ':') != NULL;
    struct dl_error err = {0};
    char url[400];

    request.connect_timeout_ms = request.timeout_ms = 2 * FAMILY_MS; /* our deadline comes first */
    dl_text_format(url, sizeof url, "https://%s%s%s:%d", v6 ? "[" : "", host, v6 ? "]" : "",
                   check->peer.port);
    request.url = url;
    f->deadline = dl_clock_ms() + FAMILY_MS;
    if (dl_http_start(&f->transfer, check->http, &request, done, f, &err) < 0)
        over(f, err.code, err.text);
}

static void dialled(void *context, const struct dl_http_answer *answer)
{
    struct dl_family *f = context;
    char text[128];

    f->transfer = NULL;
    if (answer->code == DL_OK) {
        dl_text_format(text, sizeof text, "%s connected in %lld ms", f->first,
                       (long long)(answer->connect_ms > 0 ? answer->connect_ms : 0));
        over(f, DL_OK, text);
        return;
    }
    dl_text_format(text, sizeof text, "%s %s", f->first,
                   answer->code == DL_E_NET_REFUSED   ? "refuses"
                   : answer->code == DL_E_NET_UNREACH ? "has no route from here"
                                                      : "does not answer");
    over(f, answer->code, text);
}

/* Every address with where it leads. */
static void list(struct dl_family *f, const struct dl_http_answer *answer)
{
    size_t len = 0;

    f->count = answer->address_count;
    dl_text_copy(f->first, sizeof f->first, answer->addresses[0]);
    for (size_t i = 0; i < answer->address_count; i++) {
        const char *address = answer->addresses[i];

        dl_text_format(f->list + len, sizeof f->list - len, "%s%s (%s)", i ? ", " : "", address,
                       dl_family_scope(address));
        len = strlen(f->list);
    }
}

static void looked_up(void *context, const struct dl_http_answer *answer)
{
    struct dl_family *f = context;

    f->transfer = NULL;
    if (answer->code != DL_OK || !answer->address_count) {
        over(f, DL_OK, "no address");
        return;
    }
    list(f, answer);
    f->dialling = true; /* by the next step */
}

void dl_family_begin(struct dl_check *check)
{
    check->families_told = !check->options.families || check->peer.literal;
    for (int i = 0; i < 2 && !check->families_told; i++) {
        struct dl_family *f = &check->families[i];

        *f = (struct dl_family){.check = check, .family = i ? DL_HTTP_IPV6 : DL_HTTP_IPV4};
        start(f, looked_up);
    }
}

void dl_family_end(struct dl_check *check)
{
    for (int i = 0; i < 2; i++) {
        if (check->families[i].transfer)
            dl_http_cancel(check->http, check->families[i].transfer);
        check->families[i].transfer = NULL;
    }
}

static void late(struct dl_family *f)
{
    char text[128];

    dl_http_cancel(f->check->http, f->transfer);
    f->transfer = NULL;
    if (f->dialling) {
        dl_text_format(text, sizeof text, "%s does not answer in %d s", f->first, FAMILY_MS / 1000);
        over(f, DL_E_NET_TIMEOUT, text);
    } else {
        over(f, DL_OK, "no answer of the DNS server");
    }
}

/* One family of two that has addresses and a route, and cannot be connected to. */
static const struct dl_family *broken(const struct dl_check *check)
{
    for (int i = 0; i < 2; i++) {
        const struct dl_family *f = &check->families[i];

        if (f->count && f->code != DL_OK && f->code != DL_E_NET_UNREACH &&
            check->families[!i].code == DL_OK && check->families[!i].count)
            return f;
    }
    return NULL;
}

static void tell(struct dl_check *check)
{
    struct dl_stage_report *dns = &check->reports[DL_STAGE_DNS],
                           *tcp = &check->reports[DL_STAGE_TCP];
    const struct dl_family *bad = broken(check);

    check->families_told = true;
    for (int i = 0; i < 2; i++) {
        const struct dl_family *f = &check->families[i];

        dl_stage_evidence(dns, i ? "AAAA" : "A", "%s", f->count ? f->list : f->outcome);
        dl_stage_evidence(tcp, name(f), "%s", f->outcome);
    }
    if (check->options.resolver)
        dl_stage_evidence(dns, "resolver", "%s", check->options.resolver);
    if (bad && tcp->result == DL_RESULT_PASS) {
        struct dl_error err = {0};

        dl_error_set(
            &err, DL_E_NET_FAMILY,
            "%s; but %s by %s, so that connections are slow to begin, or fail now and then",
            tcp->message, bad->outcome, name(bad));
        dl_stage_put_error(tcp, DL_RESULT_WARN, tcp->ms, &err);
    }
    if (check->options.changed)
        check->options.changed(check->options.context);
}

int dl_family_step(struct dl_check *check)
{
    bool all_over = true;
    int wait = -1;

    if (check->families_told)
        return -1;
    for (int i = 0; i < 2; i++) {
        struct dl_family *f = &check->families[i];

        if (!f->over && f->dialling && !f->transfer)
            start(f, dialled);
        if (!f->over && f->transfer && dl_clock_ms() >= f->deadline)
            late(f);
        if (!f->over) {
            int left = (int)(f->deadline - dl_clock_ms());

            all_over = false;
            wait = wait < 0 || left < wait ? left : wait;
        }
    }
    if (all_over && check->current > DL_STAGE_TCP)
        tell(check);
    return all_over ? -1 : wait > 0 ? wait : 0;
}
