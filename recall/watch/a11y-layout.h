/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-stops.h"

/* Where the lines of a node's text stand. Asked of the application once per text and size of box:
 * a paragraph that scrolls keeps its lines. */

#define RECALL_A11Y_LAYOUT_N_KEPT_MAX 4096
#define RECALL_A11Y_LAYOUT_N_LINES_MAX 256 /* of one node, or of one paragraph of a view */

/* What a node's box says about its text. */
typedef enum {
    RECALL_A11Y_SHAPE_TIGHT, /* just around the text: of one line when it is low */
    RECALL_A11Y_SHAPE_BLOCK, /* a block with room beside the text */
    RECALL_A11Y_SHAPE_VIEW,  /* a window onto text that scrolls under it, perhaps much text */
} RecallA11yShape;

typedef struct RecallA11yLayout RecallA11yLayout;

RecallA11yLayout *recall_a11y_layout_new(RecallA11yRangesWay way);
void recall_a11y_layout_free(RecallA11yLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallA11yLayout, recall_a11y_layout_free)

/**
 * recall_a11y_layout_find_lines:
 * @nodes: of RecallA11yNode with boxes, and, but for SHAPE_VIEW, with texts
 * @view: like the boxes: what lies outside is of no interest
 * @lines: of RecallA11yLine, appended to in the order of @nodes
 */
void recall_a11y_layout_find_lines(RecallA11yLayout *self,
                                   RecallA11yLink *link,
                                   GPtrArray *nodes,
                                   RecallA11yShape shape,
                                   const BaseRect *view,
                                   GArray *lines);
