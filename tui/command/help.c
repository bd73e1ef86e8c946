/* ddlogs help: the list of commands, one command, one error code, or one topic. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/command.h"
#include "command/result.h"
#include "identity/tag.h"

static const struct topic {
    const char *name, *summary, *text;
} topics[] = {
    {"not-visible", "accepted logs that cannot be seen",
     "Accepted (202) means received, not yet indexed. Wait two minutes, then check in this order:\n"
     "\n"
     "1. The search. In the Log Explorer, search for @test.id:ID (the id that the test printed),\n"
     "   range \"Past 15 minutes\", all indexes. Live Tail is no complete picture.\n"
     "2. The site. Open the address that the test printed: it is the site of the key.\n"
     "3. The organization. The key may belong to another one of yours:\n"
     "   ddlogs test --json | tail -n 1 | jq '.stages[] | select(.stage == \"key\") | .evidence'\n"
     "4. The clock. Logs older than 18 hours, or hours ahead, are dropped without a word.\n"
     "   Compare: date -u\n"
     "5. Exclusion filters and quotas. An index can exclude logs, or have reached its daily "
     "quota:\n"
     "   Logs > Configuration > Indexes.\n"
     "6. Permissions. A restriction query can hide these logs from your user; ask an "
     "administrator.\n"
     "7. Pipelines. A pipeline can change date, status or service of a log.\n"
     "8. Size. Messages are indexed up to 75 kB, other attributes up to 25 kB; longer ones are "
     "cut.\n"
     "   datadog.estimated_usage.logs.drop_count and .truncated_count count both.\n"
     "\n"
     "An API key can prove that logs were accepted; only a person can see that they are indexed."},
};

#define TOPIC_COUNT (sizeof topics / sizeof *topics)

static int print_code(const struct dl_error_info *info)
{
    char step[512];

    printf("%s: %s (exit code %d)\n\nLikely causes:\n", info->id, info->title, info->exit_code);
    result_print_lines(stdout, "  ", info->causes);
    puts("\nNext steps:");
    for (size_t i = 0; dl_error_step(info->code, i, NULL, step, sizeof step); i++)
        printf("  %s\n", step);
    return 0;
}

static void print_all(void)
{
    command_print_help(NULL);
    puts("\nTopics, for \"ddlogs help TOPIC\":");
    for (size_t i = 0; i < TOPIC_COUNT; i++)
        printf("  %-12s %s\n", topics[i].name, topics[i].summary);
    puts("Error codes, such as E-KEY-403: \"ddlogs help CODE\".");
}

/* Code, command and topic live in one space of names; the nearest helps who mistypes. */
static int unknown(const struct program *program, const char *word)
{
    const char *names[DL_CODE_COUNT + 64];
    char shown[64];
    struct dl_error err;
    size_t count = 0;

    for (size_t i = 0; commands[i] && count < 32; i++)
        names[count++] = commands[i]->name;
    for (size_t i = 0; i < TOPIC_COUNT; i++)
        names[count++] = topics[i].name;
    for (int code = DL_OK + 1; code < DL_CODE_COUNT; code++)
        names[count++] = dl_error_info((enum dl_code)code)->id;
    names[count] = NULL;
    const char *nearest = dl_text_nearest(word, names);
    dl_text_show(shown, sizeof shown, word, strlen(word));
    dl_error_set(&err, DL_E_USAGE, "there is no command, code or topic \"%s\"%s%s%s", shown,
                 nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    return command_fail(program, &err);
}

static int run(struct program *program)
{
    const struct options *options = &program->options;
    const char *word = options->word_count ? options->words[0] : NULL;
    const struct dl_error_info *info = word ? dl_error_find(word) : NULL;
    const struct command *command = word ? command_find(word) : NULL;

    if (options->word_count > 1)
        return command_refuse_word(program, options->words[1]);
    if (info)
        return print_code(info);
    for (size_t i = 0; word && i < TOPIC_COUNT; i++) {
        if (dl_ascii_equal(word, topics[i].name)) {
            puts(topics[i].text);
            return 0;
        }
    }
    if (word && !command)
        return unknown(program, word);
    if (command)
        command_print_help(command);
    else
        print_all();
    return 0;
}

static const enum option_id accepted[] = {OPTION_COUNT};

const struct command command_help = {
    .name = "help",
    .words = "[COMMAND|CODE|TOPIC]",
    .summary = "explain a command, an error code or a topic",
    .accepted = accepted,
    .run = run,
};
