/* Shows hand-made views of every screen of the wizard through the ncurses front end, and writes
 * down the events it gets, so that drawing and keys are tested without machine, network or keyring.
 *   gallery [--ascii] [--never] [--log FILE] [PAGE]
 * Enter shows the next page, Esc the one before. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "screen/screen.h"

#define LOGS_URL "https://app.datadoghq.eu/logs"
#define KEYS_URL "https://app.datadoghq.eu/organization-settings/api-keys"

/* What a person changes on a page. */
static struct {
    size_t page, cursor, focus, scroll;
    unsigned visit;
    char text[VIEW_FIELDS_MAX][256];
    size_t key_length;
    bool filled, help, over;
} now;

static struct view *view;

static void head(const char *title, int step, const char *corner, const char *question,
                 const char *help)
{
    view->program = "ddlogs setup";
    view->title = title;
    view->step = step;
    view->steps = 6;
    view->corner = corner;
    view->question = question;
    view->help = help;
}

static struct view_field *field(const char *label)
{
    return view_field(view, label, now.text[view->field_count]);
}

static void usual_keys(void)
{
    view_key(view, "Enter", "next", false);
    view_key(view, "Esc", "back", false);
    view_key(view, "?", "help", false);
    view_key(view, "Ctrl-C", "quit", false);
}

static void preflight(void)
{
    head("Before we start", 0, "", "One thing needs your attention before the set-up.", NULL);
    view_line(view, VIEW_OK, "Terminal xterm-256color, 80x24, UTF-8.");
    view_line(view, VIEW_WARN,
              "DD_SITE=datadoghq.com in your shell wins over what you save: unset it in "
              "~/.profile, or choose US1.");
    view_line(view, VIEW_OK, "Keyring \"Login\" is there and unlocked.");
    view_line(view, VIEW_OK, "No proxy; CA file /etc/ssl/certs/ca-certificates.crt.");
    usual_keys();
}

static void site(void)
{
    static const char *const rows[][3] = {
        {"US1", "app.datadoghq.com", "US"},       {"US3", "us3.datadoghq.com", "US"},
        {"US5", "us5.datadoghq.com", "US"},       {"EU1", "app.datadoghq.eu", "Germany"},
        {"AP1", "ap1.datadoghq.com", "Japan"},    {"AP2", "ap2.datadoghq.com", "Australia"},
        {"UK1", "uk1.datadoghq.com", "UK"},       {"US1-FED", "app.ddog-gov.com", "US gov"},
        {"US2-FED", "us2.ddog-gov.com", "US gov"}};

    head("Datadog site", 1, "", "Which Datadog site is your organization on?",
         "It is in the address of your Datadog page.");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        view_item(view, rows[i][0], rows[i][1], rows[i][2]);
    view->columns = true;
    field("Or paste its URL")->hint = "https://acme.us5.datadoghq.com/logs";
    view_line(view, VIEW_OK, "datadoghq.eu answers: DNS, TCP and TLS in 54 ms.");
    view_line(view, VIEW_PLAIN,
              "Now: EU1 (from DD_SITE). Not sure? Press ? to see where your "
              "browser shows it.");
    usual_keys();
}

static void key_page(bool refused)
{
    head("API key", 2, "EU1 datadoghq.eu", "Paste an API key (not an application key).",
         "Create one here:");
    view_whole(view, KEYS_URL);
    struct view_field *f = field("API key");
    f->secret = true;
    f->filled = now.filled || refused;
    f->hint = "hidden; paste is fine";
    view_line(view, VIEW_PLAIN, "");
    if (refused) {
        view_line(view, VIEW_FAIL, "Datadog EU1 does not know this key.");
        view_line(view, VIEW_PLAIN, "403 Forbidden from api.datadoghq.eu in 88 ms. Likely causes:");
        view_line(view, VIEW_PLAIN, "- The key belongs to another site.");
        view_line(view, VIEW_PLAIN, "- The key was revoked or mistyped.");
        view_line(view, VIEW_PLAIN, "- The key is of another organization.");
        view_line(view, VIEW_PLAIN, "E-KEY-403   ddlogs help E-KEY-403");
        view_key(view, "f", "find my site", true);
        view_key(view, "e", "enter again", true);
        view_key(view, "s", "change site", true);
    } else if (now.filled) {
        view_line(view, now.key_length == 32 ? VIEW_OK : VIEW_WARN,
                  view_text(view, "%zu characters: API keys have 32.", now.key_length));
        view_line(view, VIEW_PLAIN,
                  "Enter checks it with Datadog (it is sent only to "
                  "api.datadoghq.eu).");
    }
    usual_keys();
}

static void key(void)
{
    key_page(false);
}

static void key_refused(void)
{
    key_page(true);
    view->failed = true;
}

static void find(void)
{
    head("Find my site", 2, "EU1 datadoghq.eu", "Shall we look where this key belongs?",
         "This sends the key to 6 other Datadog sites, one after another, stopping at the first "
         "yes. Government sites are left out.");
    view_row(view, VIEW_OK, "EU1", "does not know the key", "88 ms");
    view_row(view, VIEW_RUN, "US1", "asking api.datadoghq.com", "1 s");
    view_row(view, VIEW_WAIT, "US3", "", "");
    view_row(view, VIEW_WAIT, "US5", "", "");
    view_key(view, "y", "yes, look", true);
    view_key(view, "n", "no", true);
    usual_keys();
}

static void store(void)
{
    head("Where to keep the key", 3, "EU1 datadoghq.eu", "Where shall the API key be kept?",
         "It never goes into the configuration.");
    view_item(view, "Keyring \"Login\"", "encrypted, unlocked", "recommended");
    view_item(view, "Do not save", "this run only", "");
    view_item(view, "systemd credential", "for services", "shows how");
    view_item(view, "A file that only you may read", "you make it, we read it", "");
    view_item(view, "DD_API_KEY", "from the environment, for CI", "")->disabled = true;
    usual_keys();
}

static void place(void)
{
    head("systemd credential", 3, "EU1 datadoghq.eu", "What is the credential called?", NULL);
    field("Name")->origin = "default";
    view_line(view, VIEW_INFO, "Make it once, on this machine:");
    view_whole(view, "systemd-creds encrypt --name=ddlogs-key - /etc/ddlogs/key.cred");
    view_line(view, VIEW_PLAIN, "and name it in the unit of the service:");
    view_whole(view, "LoadCredentialEncrypted=ddlogs-key:/etc/ddlogs/key.cred");
    usual_keys();
}

static void tags(void)
{
    head("Tags", 4, "EU1 datadoghq.eu", "Which tags shall every log carry?",
         "source and service come from the integration: acme-shop, shop.");
    field("Environment")->hint = "prod";
    field("Version");
    field("Tags")->hint = "team:web region:eu";
    view_line(view, VIEW_OK, "Team:Web Ops is sent as team:web_ops.");
    view_line(view, VIEW_WARN, "zażółć gęślą jaźń → 日本語 — fine, but “long”…");
    view_line(view, VIEW_PLAIN, "");
    view_line(view, VIEW_PLAIN, "One log then looks like this:");
    view_line(view, VIEW_PLAIN,
              "  {\"ddsource\":\"acme-shop\",\"service\":\"shop\",\"env\":\"prod\",");
    view_line(view, VIEW_PLAIN, "   \"team\":\"web_ops\",\"message\":\"order 4711 paid\"}");
    view_key(view, "Tab", "field", false);
    usual_keys();
}

static void test_rows(enum view_mark log, const char *text, const char *time)
{
    view_row(view, VIEW_OK, "Proxy", "none (NO_PROXY matches)", "0 ms");
    view_row(view, VIEW_OK, "DNS", "http-intake.logs.datadoghq.eu → 2 addresses", "9 ms");
    view_row(view, VIEW_OK, "TCP", "port 443, IPv4", "14 ms");
    view_row(view, VIEW_OK, "TLS", "TLS 1.3, DigiCert, 211 days left, clock ok", "31 ms");
    view_row(view, VIEW_OK, "Key", "valid for this site", "88 ms");
    view_row(view, log, "Send 1 log", text, time);
    view_row(view, VIEW_WAIT, "Send 12", "levels, tags, unicode, a 900 kB line, gzip", "");
    view_row(view, VIEW_SKIP, "zstd", "not asked for", "");
}

static void test(void)
{
    head("Test", 5, "EU1 datadoghq.eu", "Sending test logs with what you entered.", NULL);
    test_rows(VIEW_RUN, "waiting 2 s of 15 s", "2 s");
    view->busy = true;
    view_key(view, "o", "other sites", false);
    view_key(view, "Esc", "cancel (nothing is saved)", false);
    view_key(view, "?", "help", false);
}

static void test_failed(void)
{
    head("Test", 5, "EU1 datadoghq.eu", "The test failed at: Send 1 log.", NULL);
    test_rows(VIEW_FAIL, "403 Forbidden", "71 ms");
    view_line(view, VIEW_PLAIN, "");
    view_line(view, VIEW_FAIL, "The key is valid, but the log intake refuses it.");
    view_line(view, VIEW_PLAIN, "- The key was just created: wait a minute.");
    view_line(view, VIEW_PLAIN, "- A proxy strips the header.");
    view_line(view, VIEW_PLAIN, "- The key is restricted.");
    view_line(view, VIEW_PLAIN, "E-KEY-INTAKE   ddlogs help E-KEY-INTAKE");
    view->failed = true;
    view_key(view, "r", "repeat", true);
    view_key(view, "d", "details", false);
    view_key(view, "a", "save anyway (not verified)", true);
    usual_keys();
}

static void sites(void)
{
    static const char *const names[] = {"US1", "US3", "US5",     "EU1",    "AP1",
                                        "AP2", "UK1", "US1-FED", "US2-FED"};

    head("All sites", 5, "EU1 datadoghq.eu", "Which sites can this machine reach?",
         "Up to TLS, without any key.");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        view_row(view, i == 5 ? VIEW_FAIL : VIEW_OK, names[i],
                 i == 5 ? "the certificate is issued by \"Example Corp TLS Inspection\" and not "
                          "trusted here"
                        : "DNS, TCP, TLS",
                 "54 ms");
    usual_keys();
}

static void review(void)
{
    head("Review and save", 6, "EU1 datadoghq.eu", "This is what will be written.",
         "Nothing is saved yet; 13 test logs were sent.");
    view_whole(view, "/home/ada/.config/ddlogs/acme-shop/config.json");
    view_diff(view, VIEW_REMOVED, "  \"site\": \"us1\",");
    view_diff(view, VIEW_ADDED, "  \"site\": \"eu1\",");
    view_diff(view, VIEW_ADDED, "  \"tags\": [\"env:prod\", \"team:web_ops\"],");
    view_diff(view, VIEW_ADDED, "  \"key\": {\"from\": \"keyring\"}");
    view_line(view, VIEW_PLAIN, "");
    view_line(view, VIEW_OK, "The key goes into the keyring \"Login\".");
    view_line(view, VIEW_PLAIN, "");
    view_line(view, VIEW_PLAIN, "The same in one command:");
    view_whole(view, "ddlogs setup --no-input --site eu1 --tag env:prod --tag team:web_ops "
                     "--key-store keyring --api-key-fd 3");
    view_key(view, "w", "write", true);
    usual_keys();
}

static void result(void)
{
    head("Ready", 6, "EU1 datadoghq.eu", "Ready. 13 test logs were accepted by Datadog EU1 (202).",
         "Accepted means received, not yet indexed. To see them:");
    view_whole(view, LOGS_URL);
    view_whole(view, "source:acme-shop @test.id:7f3c91be-02d14a6e");
    view_line(view, VIEW_PLAIN, "Time range: Past 15 minutes.");
    view_line(view, VIEW_PLAIN, "");
    view_line(view, VIEW_INFO,
              "Not there after some minutes? Exclusion filter, quota, permissions "
              "or clock: ddlogs help not-visible");
    view_line(view, VIEW_PLAIN, "");
    view_line(view, VIEW_PLAIN, "Next:");
    view_whole(view, "  ddlogs status");
    view_whole(view, "  ddlogs test --json");
    view_key(view, "Enter", "done", false);
    view_key(view, "?", "help", false);
}

/* A list longer than the screen, for the filter and numbers of two digits. */
static void integration(void)
{
    head("Integration", 0, "", "Which product's logs shall be sent?",
         "Each was installed by its product.");
    for (int i = 1; i <= 24; i++)
        view_item(view, view_text(view, "acme-%s-%02d", i % 2 ? "shop" : "depot", i),
                  view_text(view, "source acme%02d", i), "");
    view_key(view, "/", "filter", false);
    usual_keys();
}

static void help_page(void)
{
    head("Help", 0, "", "Keys", NULL);
    for (int i = 1; i <= 30; i++)
        view_line(view, VIEW_PLAIN,
                  view_text(view,
                            "Line %d of a help text that is rather long, so "
                            "that it is wrapped somewhere.",
                            i));
    view->help_page = true;
    view_key(view, "PgUp PgDn", "scroll", false);
    view_key(view, "Esc", "back", false);
}

static void (*const pages[])(void) = {preflight, site,   key,    key_refused, find,
                                      store,     place,  tags,   test,        test_failed,
                                      sites,     review, result, integration};
#define PAGE_COUNT (sizeof(pages) / sizeof(pages[0]))

static void build(struct view *to)
{
    view = to;
    view_clear(view);
    if (now.help)
        help_page();
    else
        pages[now.page]();
    view->page = now.visit;
    view->cursor = now.cursor;
    view->focus = now.focus < view->field_count ? now.focus : view->field_count;
    view->scroll = now.scroll;
}

static void go(size_t page)
{
    unsigned visit = now.visit + 1;

    memset(&now, 0, sizeof(now));
    now.visit = visit;
    now.page = page % PAGE_COUNT;
    now.focus = pages[now.page] == site ? VIEW_FIELDS_MAX : 0;
    if (pages[now.page] == key_refused)
        now.focus = VIEW_FIELDS_MAX;
    if (pages[now.page] == site)
        now.cursor = 3;
}

struct gallery {
    struct front *front;
    FILE *log;
    struct view views[2];
    size_t current;
};

/* Writes down what a key was like, never the key. */
static void write_down(FILE *log, const struct setup_event *event)
{
    static const char *const names[] = {"SELECT", "FOCUS",  "TEXT", "KEY",    "NEXT",
                                        "BACK",   "ACTION", "HELP", "SCROLL", "QUIT"};

    if (!log)
        return;
    fprintf(log, "%s %ld", names[event->kind], event->number);
    if (event->text)
        fprintf(log, " \"%s\"", event->text);
    if (event->kind == SETUP_KEY)
        fprintf(log, " %zu", event->key ? dl_key_length(event->key) : 0);
    fputc('\n', log);
    fflush(log);
}

static void on_event(void *loop, const struct setup_event *event)
{
    struct gallery *gallery = loop;

    write_down(gallery->log, event);
    if (event->kind == SETUP_SELECT)
        now.cursor = (size_t)event->number;
    else if (event->kind == SETUP_FOCUS)
        now.focus = (size_t)event->number;
    else if (event->kind == SETUP_TEXT && now.focus < VIEW_FIELDS_MAX)
        dl_text_copy(now.text[now.focus], sizeof(now.text[0]), event->text);
    else if (event->kind == SETUP_SCROLL)
        now.scroll = (size_t)((long)now.scroll + event->number);
    else if (event->kind == SETUP_HELP || (now.help && event->kind == SETUP_BACK))
        now.help = !now.help, now.scroll = 0;
    else if (event->kind == SETUP_NEXT)
        go(now.page + 1);
    else if (event->kind == SETUP_BACK)
        go(now.page + PAGE_COUNT - 1);
    else if (event->kind == SETUP_QUIT)
        now.over = true;
    if (event->kind == SETUP_KEY) {
        now.filled = event->key != NULL;
        now.key_length = event->key ? dl_key_length(event->key) : 0;
        dl_key_free(event->key);
    }
    gallery->current = !gallery->current;
    build(&gallery->views[gallery->current]);
    gallery->front->draw(gallery->front, &gallery->views[gallery->current]);
}

static int signal_pipe[2];

static void on_signal(int number)
{
    unsigned char byte = (unsigned char)number;
    ssize_t n = write(signal_pipe[1], &byte, 1);
    (void)n;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    if (pipe(signal_pipe) < 0)
        exit(1);
    sigemptyset(&action.sa_mask);
    sigaction(SIGWINCH, &action, NULL);
    sigaction(SIGTSTP, &action, NULL);
}

static void run(struct gallery *gallery)
{
    build(&gallery->views[0]);
    gallery->front->draw(gallery->front, &gallery->views[0]);
    while (!now.over) {
        struct pollfd polled[] = {{.fd = gallery->front->fd(gallery->front), .events = POLLIN},
                                  {.fd = signal_pipe[0], .events = POLLIN}};
        if (poll(polled, 2, -1) < 0)
            continue;
        unsigned char number;
        if (polled[1].revents && read(signal_pipe[0], &number, 1) == 1)
            gallery->front->signal(gallery->front, number);
        if (polled[0].revents)
            gallery->front->read(gallery->front, on_event, gallery);
    }
}

int main(int argc, char **argv)
{
    static struct gallery gallery;
    struct screen_options options = {.color = SCREEN_COLOR_AUTO};
    struct dl_error err;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--ascii") == 0)
            options.ascii = true;
        else if (strcmp(argv[i], "--never") == 0)
            options.color = SCREEN_COLOR_NEVER;
        else if (strcmp(argv[i], "--log") == 0 && i + 1 < argc)
            gallery.log = fopen(argv[++i], "a");
        else
            now.page = (size_t)strtoul(argv[i], NULL, 10);
    }
    go(now.page);
    catch_signals();
    if (screen_front_new(&gallery.front, &options, &err) < 0 ||
        gallery.front->open(gallery.front, &err) < 0) {
        printf("%s: %s\n", dl_error_info(err.code)->id, err.text);
        screen_front_free(gallery.front);
        return 1;
    }
    run(&gallery);
    screen_front_free(gallery.front);
    view_clear(&gallery.views[0]);
    view_clear(&gallery.views[1]);
    if (gallery.log)
        fclose(gallery.log);
    puts("gallery: over");
    return 0;
}
