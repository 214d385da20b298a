/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-read.h"

/* What a browser's window shows. Its tree follows the screen with a delay, longer when the machine
 * is busy: after a new page, or a change of much of it, the tree is looked at until it rests. */

#define RECALL_A11Y_PAGE_N_LOOKS_MAX 8 /* 1.8 s in all */

typedef struct {
    GPtrArray *nodes; /* of the page, SHOWING; of the whole window where that comes in one */
    GPtrArray *own;   /* of the window beside the page */
    RecallA11yNode *document; /* borrowed; NULL: there is no page */
} RecallA11yPage;

void recall_a11y_page_clear(RecallA11yPage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RecallA11yPage, recall_a11y_page_clear)

/* How a page stood when it was last read; kept between readings. */
typedef struct RecallA11yPageView RecallA11yPageView;
void recall_a11y_page_view_free(RecallA11yPageView *self);

/* Fills an empty page. */
typedef void (*RecallA11yLook)(RecallA11yReading *reading, RecallA11yPage *out_page);

/* Looks until what is seen is as the screen is now. */
void
recall_a11y_page_settle(RecallA11yReading *reading, RecallA11yLook look, RecallA11yPage *out_page);

/* The largest document among @nodes that shows in the window: the page, not a frame in it or a
 * panel. */
RecallA11yNode *recall_a11y_find_document(RecallA11yReading *reading, GPtrArray *nodes);
