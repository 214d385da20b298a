/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-read.h"

/* At which side of its cell a text of Calc stands. */
typedef enum {
    RECALL_A11Y_CELL_LEFT,
    RECALL_A11Y_CELL_CENTER,
    RECALL_A11Y_CELL_RIGHT,
} RecallA11yCellAlign;

/* Asks when it is not known of @cell, or @cell changed since the last reading; left when nobody
 * answers. */
RecallA11yCellAlign recall_a11y_align_find(RecallA11yReading *reading, const RecallA11yNode *cell);
