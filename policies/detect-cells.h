/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Lines of a table that is shown as text, parted into cells. Used by policies/detect-tables.c
 * only. */

#define POLICY_CELLS_N_MAX 64 /* of one row */

/* What stands between the cells of a row. */
typedef enum {
    POLICY_CELLS_RULED,  /* | or a drawn line */
    POLICY_CELLS_COMMAS, /* or semicolons; a cell may be quoted */
    POLICY_CELLS_WIDE,   /* more than one blank, or as RULED: OCR leaves some lines out */
    POLICY_CELLS_BLANKS, /* one blank: each word is a cell; likewise */
} PolicyCellsFormat;
#define POLICY_CELLS_N_FORMATS 4

/* Without quotes and without the blanks at its ends. */
typedef struct {
    size_t start; /* in the joined text */
    size_t end;
    int left; /* as boxes of runs; not set in COMMAS, nor when empty */
    int right;
    gboolean is_quoted;
} PolicyCell;

typedef struct {
    PolicyCell all[POLICY_CELLS_N_MAX];
    unsigned n; /* 0: too many, or not of that format */
    int letter_width;
} PolicyCells;

/* @start, @end: of the line in the joined text; a row that goes on in the next line is one line */
void policy_detect_cells_split(const PolicyDetectText *text,
                               size_t start,
                               size_t end,
                               PolicyCellsFormat format,
                               PolicyCells *out);

/* Whether there is nothing in the line but what stands between rows. */
gboolean policy_detect_cells_is_rule(const PolicyDetectText *text, size_t start, size_t end);
