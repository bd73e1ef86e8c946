#include "screen/color.h"

#define DEFAULT (-1)

/* Foreground and background are chosen together to be read on a dark and on a light terminal:
 * middle tones on the terminal's own background, or both given. */
static const struct {
    attr_t mono;
    short eight, eight_back;
    attr_t eight_attributes;
    short many, many_back;
    attr_t many_attributes;
} looks[STYLE_COUNT] = {
    [STYLE_PLAIN] = {A_NORMAL, DEFAULT, DEFAULT, A_NORMAL, DEFAULT, DEFAULT, A_NORMAL},
    [STYLE_BAR] = {A_REVERSE, COLOR_WHITE, COLOR_BLUE, A_NORMAL, 189, 60, A_NORMAL},
    [STYLE_BAR_TITLE] = {A_REVERSE | A_BOLD, COLOR_WHITE, COLOR_BLUE, A_BOLD, 231, 60, A_BOLD},
    [STYLE_RULE] = {A_NORMAL, DEFAULT, DEFAULT, A_NORMAL, 243, DEFAULT, A_NORMAL},
    [STYLE_RULE_DONE] = {A_BOLD, COLOR_MAGENTA, DEFAULT, A_BOLD, 98, DEFAULT, A_NORMAL},
    [STYLE_QUESTION] = {A_BOLD, DEFAULT, DEFAULT, A_BOLD, DEFAULT, DEFAULT, A_BOLD},
    [STYLE_DIM] = {A_NORMAL, DEFAULT, DEFAULT, A_NORMAL, 245, DEFAULT, A_NORMAL},
    [STYLE_NAME] = {A_BOLD, DEFAULT, DEFAULT, A_BOLD, DEFAULT, DEFAULT, A_BOLD},
    [STYLE_CURSOR] = {A_REVERSE, COLOR_WHITE, COLOR_BLUE, A_BOLD, 231, 61, A_BOLD},
    [STYLE_CURSOR_OFF] = {A_BOLD, COLOR_MAGENTA, DEFAULT, A_BOLD, 98, DEFAULT, A_BOLD},
    [STYLE_LABEL] = {A_NORMAL, DEFAULT, DEFAULT, A_NORMAL, DEFAULT, DEFAULT, A_NORMAL},
    [STYLE_ENTRY] = {A_UNDERLINE, DEFAULT, DEFAULT, A_UNDERLINE, 252, 238, A_NORMAL},
    [STYLE_ENTRY_ON] = {A_UNDERLINE | A_BOLD, DEFAULT, DEFAULT, A_UNDERLINE | A_BOLD, 231, 238,
                        A_NORMAL},
    [STYLE_OK] = {A_BOLD, COLOR_GREEN, DEFAULT, A_BOLD, 35, DEFAULT, A_BOLD},
    [STYLE_WARN] = {A_BOLD, COLOR_YELLOW, DEFAULT, A_BOLD, 172, DEFAULT, A_BOLD},
    [STYLE_FAIL] = {A_REVERSE | A_BOLD, COLOR_RED, DEFAULT, A_BOLD, 167, DEFAULT, A_BOLD},
    [STYLE_INFO] = {A_BOLD, COLOR_CYAN, DEFAULT, A_BOLD, 67, DEFAULT, A_BOLD},
    [STYLE_RUN] = {A_BOLD, COLOR_CYAN, DEFAULT, A_BOLD, 67, DEFAULT, A_BOLD},
    [STYLE_WAIT] = {A_NORMAL, DEFAULT, DEFAULT, A_NORMAL, 245, DEFAULT, A_NORMAL},
    [STYLE_LINK] = {A_UNDERLINE, COLOR_CYAN, DEFAULT, A_NORMAL, 68, DEFAULT, A_UNDERLINE},
    [STYLE_ADDED] = {A_BOLD, COLOR_GREEN, DEFAULT, A_NORMAL, 35, DEFAULT, A_NORMAL},
    [STYLE_REMOVED] = {A_NORMAL, COLOR_RED, DEFAULT, A_NORMAL, 167, DEFAULT, A_NORMAL},
    [STYLE_KEY] = {A_BOLD, COLOR_MAGENTA, DEFAULT, A_BOLD, 98, DEFAULT, A_BOLD},
    [STYLE_KEY_ON] = {A_REVERSE, COLOR_WHITE, COLOR_BLUE, A_BOLD, 231, 61, A_BOLD},
};

static enum { MONO, EIGHT, MANY } depth;

void color_start(bool wanted)
{
    depth = MONO;
    if (!wanted || !has_colors() || start_color() == ERR || COLORS < 8 ||
        COLOR_PAIRS <= STYLE_COUNT || use_default_colors() == ERR)
        return;
    depth = COLORS >= 256 ? MANY : EIGHT;
    for (short i = 0; i < STYLE_COUNT; i++) {
        bool many = depth == MANY;
        if (init_pair((short)(i + 1), many ? looks[i].many : looks[i].eight,
                      many ? looks[i].many_back : looks[i].eight_back) == ERR) {
            depth = MONO;
            return;
        }
    }
}

attr_t color_attributes(enum style style)
{
    return depth == MANY    ? looks[style].many_attributes
           : depth == EIGHT ? looks[style].eight_attributes
                            : looks[style].mono;
}

short color_pair(enum style style)
{
    return depth == MONO ? 0 : (short)(style + 1);
}
