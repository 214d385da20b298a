/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-units.h"
#include "recall/watch/text.h"

/* From lines that an application told to runs of what was shown. Pure. */

#define RECALL_A11Y_TEXT_ONE_LINE_MAX_PX 26 /* two lines of readable text need more */
#define RECALL_A11Y_TEXT_EM_PX 15           /* the usual size of labels in toolkits */

/* Where a label's text stands in its box, where only the box is known. */
typedef enum {
    RECALL_A11Y_ALIGN_FILL, /* the box is just around the text */
    RECALL_A11Y_ALIGN_START,
    RECALL_A11Y_ALIGN_CENTER,
} RecallA11yAlign;

/**
 * recall_a11y_text_add_line:
 * @raw: as the application told it: anything
 * @box: window pixels, just around @raw
 * @is_fixed: set in a font of fixed width
 * @stops: (nullable): of RecallA11yStop, ascending; the ends of @raw need none
 * @shown: window pixels that were to be read
 *
 * Adds a run for each unbroken row of words that lie inside @shown, with a box for each word, and
 * counts the line's box inside @shown as covered.
 */
void recall_a11y_text_add_line(RecallText *self,
                               const char *raw,
                               const BaseRect *box,
                               const GArray *stops,
                               gboolean is_fixed,
                               const pixman_region32_t *shown);

/* Adds a text of which only the box around all of its lines is known. */
void recall_a11y_text_add_block(RecallText *self,
                                const char *raw,
                                const BaseRect *box,
                                const pixman_region32_t *shown);

/* Adds a cell's figure, which stands alone on one line somewhere in @box, if all of @box is in
 * @shown. @width_px: as in RecallRun. Returns: whether it is */
gboolean recall_a11y_text_add_cell(RecallText *self,
                                   const char *raw,
                                   int width_px,
                                   const BaseRect *box,
                                   const pixman_region32_t *shown);

/* Gives the runs since the @first the room in which they stand alone, in one line, if all of it is
 * in
 * @shown and they begin the line. */
void recall_a11y_text_give_room(RecallText *self,
                                unsigned first,
                                const BaseRect *room,
                                const pixman_region32_t *shown);

/* Counts @box as covered though it holds no text of its own. */
void recall_a11y_text_cover(RecallText *self, const BaseRect *box, const pixman_region32_t *shown);

/* Whether letters as high as @box would not fit into it, and do not go down in it either. */
gboolean recall_a11y_text_is_several_lines(const char *raw, const BaseRect *box);

/* How wide @raw is in a font of @em_px pixels, proportional. */
int recall_a11y_text_measure_px(const char *raw, int em_px);

/**
 * recall_a11y_text_place:
 * @box: of the whole label; @indent_px: from its left, for an icon or a check mark
 * @em_px: how large the letters are: RECALL_A11Y_TEXT_EM_PX where the desktop is not scaled
 *
 * Returns: the likely box of the text in it, not larger than @box
 */
BaseRect recall_a11y_text_place(const char *raw,
                                const BaseRect *box,
                                RecallA11yAlign align,
                                int indent_px,
                                int em_px);

/* Whether texts of one font with so many characters and so wide were set in one of fixed width.
 * FALSE as well when there are too few to tell. */
gboolean recall_a11y_text_is_fixed(const int *n_chars, const int *widths_px, unsigned n);
