/* Prints docs/errors.md from the error table. tests/meta/docs.bats proves that the file is fresh;
 * "make -C tests/meta errors" writes it. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"

static const char *const kinds[] = {"stays until someone acts", "may pass by itself",
                                    "a warning: nothing is stopped"};

static void print_lines(const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");

        printf("- %.*s\n", (int)len, text);
        text += len + (text[len] == '\n');
    }
}

int main(void)
{
    puts("# Errors and warnings\n\n"
         "Every failure ends with one of these codes; `ddlogs help CODE` prints the same.\n"
         "HOST, PORT, PROXY and APP_URL stand for what was met; the program puts it in.\n"
         "Made from core/base/error_table.h: edit that.\n");
    puts("| code | exit | meaning |\n|---|---|---|");
    for (int code = DL_OK + 1; code < DL_CODE_COUNT; code++) {
        const struct dl_error_info *info = dl_error_info((enum dl_code)code);

        printf("| [%s](#%s) | %d | %s |\n", info->id, info->id, info->exit_code, info->title);
    }
    for (int code = DL_OK + 1; code < DL_CODE_COUNT; code++) {
        const struct dl_error_info *info = dl_error_info((enum dl_code)code);

        printf("\n## %s\n\n%s\nExit code %d; %s.\n\nLikely causes:\n", info->id, info->title,
               info->exit_code, kinds[info->kind]);
        print_lines(info->causes);
        puts("\nNext steps:");
        print_lines(info->next);
    }
    return 0;
}
