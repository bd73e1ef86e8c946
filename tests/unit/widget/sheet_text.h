/* What a sheet looks like, as text: rows ended by line ends, blanks at their ends left out. */
#ifndef DL_TESTS_SHEET_TEXT_H
#define DL_TESTS_SHEET_TEXT_H

#include "widget/sheet.h"

/* Valid until the next call. Only for characters one column wide. */
const char *sheet_shown(const struct sheet *sheet);

#endif
