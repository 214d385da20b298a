/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-heads.h"

/* The rows below the head of a table of lines. Used by policies/detect-tables.c only. */

#define POLICY_TABLE_N_ROWS_MAX 1000 /* of one table; further down nothing is looked for */

/* Segments that stand in one row, or some of them. */
typedef struct {
    unsigned first;
    unsigned end;
} PolicyLine;

PolicyLine policy_detect_line_get(const PolicyDetectText *text, unsigned segment);
size_t policy_detect_line_start(const PolicyDetectText *text, const PolicyLine *line);
size_t policy_detect_line_end(const PolicyDetectText *text, const PolicyLine *line);
gboolean policy_detect_line_is_above_rule(const PolicyDetectText *text, const PolicyLine *line);

/* Where the values of a column of passwords stand. */
typedef struct {
    int left;
    int right;
    gboolean is_seen; /* else it is not known yet */
} PolicyTablePlace;

typedef struct {
    PolicyTableHead head;
    PolicyTablePlace places[POLICY_CELLS_N_MAX];
    int left; /* of what belongs to the table */
    int right;
} PolicyTable;

/**
 * policy_detect_rows_read:
 * @table: learns where the values stand
 * @last: what is above the first row
 * @next: the segment that the first row begins with
 * @values: of PolicyCell: the passwords are added
 *
 * Returns: the segment behind the last row, or @next
 */
unsigned policy_detect_rows_read(const PolicyDetectText *text,
                                 PolicyTable *table,
                                 const PolicyLine *last,
                                 unsigned next,
                                 GArray *values);

/* Whether a word of it is of letters and digits. */
gboolean policy_detect_cell_is_random(const PolicyDetectText *text, const PolicyCell *cell);

/* Whether it may be a password at all. */
gboolean policy_detect_cell_is_value(const PolicyDetectText *text, const PolicyCell *cell);
