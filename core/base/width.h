/* Columns of a code point on a terminal: 0 for combining marks, 2 for wide, else 1.
 * Own small table because the C library's answer depends on the locale.
 * Source of the ranges: Unicode 14.0 EastAsianWidth.txt (W, F) and DerivedGeneralCategory.txt (Mn,
 * Me). */
#ifndef DL_BASE_WIDTH_H
#define DL_BASE_WIDTH_H

#include <stddef.h>
#include <stdint.h>

size_t dl_width(uint32_t code);

#endif
