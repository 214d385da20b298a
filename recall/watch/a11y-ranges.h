/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"
#include "recall/watch/a11y-link.h"

/* The boxes of many ranges of text, asked at once. */

typedef enum {
    RECALL_A11Y_RANGES_WHOLE, /* the toolkit measures a range in one go */
    RECALL_A11Y_RANGES_ENDS,  /* it measures each character: only the first and last are asked */
} RecallA11yRangesWay;

typedef struct {
    RecallA11yRangesWay way;
    GArray *calls;    /* of RecallA11yCall */
    GByteArray *ends; /* how many calls each range has */
    unsigned next;    /* range to be taken */
    unsigned next_call;
} RecallA11yRanges;

void recall_a11y_ranges_init(RecallA11yRanges *self, RecallA11yRangesWay way);
void recall_a11y_ranges_clear(RecallA11yRanges *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RecallA11yRanges, recall_a11y_ranges_clear)

/* Characters [start, end) of one line of @path's text. @path: kept by the caller */
void recall_a11y_ranges_add(RecallA11yRanges *self, const char *path, int start, int end);

/* Characters [start, end) of @text, whose first is @base of @path's. Firefox tells a range that
 * ends before a child with the child: there only the first and last are asked. */
void recall_a11y_ranges_add_part(RecallA11yRanges *self,
                                 const char *path,
                                 const char *text,
                                 int base,
                                 int start,
                                 int end);

void recall_a11y_ranges_ask(RecallA11yRanges *self, RecallA11yLink *link);

/* Root pixels of the ranges, one for each call, in the order in which they were added; of no size
 * when the application did not tell. */
BaseRect recall_a11y_ranges_take(RecallA11yRanges *self);
