/* What a piece of the screen is; screen/color.c says how it looks. Every meaning also stands there
 * as a word or a sign: a style only repeats it. */
#ifndef DL_TUI_WIDGET_STYLE_H
#define DL_TUI_WIDGET_STYLE_H

enum style {
    STYLE_PLAIN,
    STYLE_BAR,        /* title bar */
    STYLE_BAR_TITLE,  /* the title in it */
    STYLE_RULE,       /* lines between the parts */
    STYLE_RULE_DONE,  /* the share of the rule that stands for the steps done */
    STYLE_QUESTION,   /* what is asked */
    STYLE_DIM,        /* help, hints, origins, times */
    STYLE_NAME,       /* name of a list entry, label of a row */
    STYLE_CURSOR,     /* the list entry that has the focus */
    STYLE_CURSOR_OFF, /* the chosen entry of a list that has not */
    STYLE_LABEL,      /* label of a field */
    STYLE_ENTRY,      /* content of a field */
    STYLE_ENTRY_ON,   /* content of the field that has the focus */
    STYLE_OK,
    STYLE_WARN,
    STYLE_FAIL,
    STYLE_INFO,
    STYLE_RUN,
    STYLE_WAIT,
    STYLE_LINK, /* URLs, ids, commands: to be copied */
    STYLE_ADDED,
    STYLE_REMOVED,
    STYLE_KEY,    /* a key in the footer */
    STYLE_KEY_ON, /* the one that has the focus */
    STYLE_COUNT
};

#endif
