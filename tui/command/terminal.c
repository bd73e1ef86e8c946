#include "command/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "identity/tag.h"

static bool is_set(const char *value)
{
    return value != NULL && value[0] != '\0' && strcmp(value, "0") != 0;
}

static bool knows_terminal(void)
{
    const char *term = getenv("TERM");

    return is_set(term) && strcmp(term, "dumb") != 0 && strcmp(term, "unknown") != 0;
}

enum terminal_front terminal_front(const struct program *program)
{
    const struct options *o = &program->options;

    if (o->no_input)
        return TERMINAL_FLAGS;
    if (o->plain)
        return TERMINAL_PLAIN;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || o->json)
        return TERMINAL_FLAGS;
    return is_set(getenv("ACCESSIBLE")) || !knows_terminal() ? TERMINAL_PLAIN : TERMINAL_SCREEN;
}

int terminal_screen(struct screen_options *out, const struct program *program, struct dl_error *err)
{
    const char *word = program->options.color;
    char shown[64];

    *out = (struct screen_options){.ascii = program->options.ascii, .color = SCREEN_COLOR_AUTO};
    if (word == NULL || strcmp(word, "auto") == 0)
        return 0;
    if (strcmp(word, "always") != 0 && strcmp(word, "never") != 0) {
        dl_text_show(shown, sizeof shown, word, strlen(word));
        return dl_error_set(err, DL_E_USAGE, "--color takes auto, always or never, not \"%s\"",
                            shown);
    }
    out->color = word[0] == 'a' ? SCREEN_COLOR_ALWAYS : SCREEN_COLOR_NEVER;
    return 0;
}
