/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-read.h"

/* A spreadsheet: only the cells in view are asked, by row and column. */

#define RECALL_A11Y_SHEET_N_CELLS_MAX 3000
#define RECALL_A11Y_SHEET_SIDE_MAX 400 /* rows, or columns, in view */
#define RECALL_A11Y_SHEET_N_PANES_MAX 4

/* Reads the sheet in front of the document at @path: of a split or frozen view, one pane. */
void recall_a11y_read_sheet(RecallA11yReading *reading,
                            const char *path,
                            const RecallA11yManner *manner);

/* "AB12" is row 11 and column 27. FALSE: it is no such name. */
gboolean recall_a11y_parse_cell_name(const char *name, int *out_row, int *out_column);
