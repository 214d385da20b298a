/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-node.h"
#include "recall/watch/a11y-ranges.h"
#include "recall/watch/a11y-text.h"

/* Where the words stand in a line: asked of the application once per line, a few words at a time;
 * between these, the widths that letters usually have are good enough. */

#define RECALL_A11Y_STOPS_N_KEPT_MAX 8192
#define RECALL_A11Y_STOPS_N_STRETCHES_MAX                                                          \
    640 /* asked in one reading: other lines wait for the next */

/* A part of one line of a node without anything embedded in it. */
typedef struct {
    RecallA11yNode *node; /* borrowed */
    unsigned index;       /* of @node among those asked about */
    int start_chars;      /* of @text in the node's */
    char *text;           /* not empty; may begin and end with spaces */
    BaseRect box;         /* as node->box; just around @text with its spaces */
    GArray *stops;        /* of RecallA11yStop, within @text; NULL: none */
    gboolean is_guess;    /* the application did not lay it out: @box is the whole node's */
} RecallA11yLine;

/* Returns: (transfer full): an empty list of lines that frees what they hold */
GArray *recall_a11y_lines_new(void);

typedef struct RecallA11yStops RecallA11yStops;

RecallA11yStops *recall_a11y_stops_new(RecallA11yRangesWay way);
void recall_a11y_stops_free(RecallA11yStops *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallA11yStops, recall_a11y_stops_free)

/* Sets the stops of those of @lines (of RecallA11yLine) that touch @view and need some. */
void recall_a11y_stops_find(RecallA11yStops *self,
                            RecallA11yLink *link,
                            GArray *lines,
                            const BaseRect *view);
