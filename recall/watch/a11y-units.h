/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* A line that an application told, cut to what is kept or left as a whole, with the place of each:
 * by what was measured of the line, and by the widths that letters usually have. Pure. */

#define RECALL_A11Y_EM 1000 /* units of widths */

/* Where a line's characters were measured to stand: between two of these they are spread by the
 * widths that letters usually have. */
typedef struct {
    uint32_t at_bytes;
    int x; /* from the left of the line's box, in pixels */
} RecallA11yStop;

/* What is kept or left as a whole: a word, or one character of CJK. */
typedef struct {
    const char *start;
    const char *end;
    int left; /* pixels from the line's left */
    int right;
    gboolean is_cjk;
} RecallA11yUnit;

/* @line: UTF-8; the units point into it
 * @width_px: of the whole line
 * @stops: (nullable): of RecallA11yStop, ascending; the ends of @line need none
 * @is_fixed: set in a font of fixed width
 * Returns: (transfer full): of RecallA11yUnit, in the order of @line */
GArray *
recall_a11y_units_split(const char *line, int width_px, const GArray *stops, gboolean is_fixed);

/* Whether it takes no room and parts no word; and whether it parts words: controls, spaces,
 * placeholders, and the private use where icon fonts live. */
gboolean recall_a11y_units_is_mark(gunichar c);

/* How many of the first @n_chars of @text there are up to the last that is no mark; all when all
 * are marks. Firefox tells a range that ends with a mark to end with its first character. */
int recall_a11y_units_trim_marks(const char *text, int n_chars);
gboolean recall_a11y_units_is_gap(gunichar c);

/* Usual widths, by RECALL_A11Y_EM. */
int recall_a11y_units_get_width(gunichar c, gboolean is_fixed);
int64_t recall_a11y_units_measure(const char *start, const char *end, gboolean is_fixed);
