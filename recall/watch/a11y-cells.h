/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-read.h"

/* The cells of a sheet that are in view, and where their texts stand. */
typedef struct {
    int row;
    int column;
    int n_rows;
    int n_columns;
    RecallA11yNode **cells; /* by row and column */
    BaseRect *columns;      /* box of a cell of each column; only x and width count */
    BaseRect *rows;
} RecallA11yCells;

/* @cell: (nullable) */
gboolean recall_a11y_cell_is_filled(const RecallA11yNode *cell);

/* Adds what is shown of their texts inside @view (root pixels), and leaves to others what nobody
 * tells as it is drawn. */
void recall_a11y_cells_add(RecallA11yReading *reading,
                           const RecallA11yCells *range,
                           const BaseRect *view,
                           const RecallA11yManner *manner);
