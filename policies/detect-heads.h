/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-cells.h"

/* What the first line of a table says of its columns. Used by
 * policies/detect-tables.c and policies/detect-inserts.c only. */

typedef struct {
    PolicyCellsFormat format;
    PolicyCells cells;
    uint64_t columns;   /* of passwords, bitwise */
    gboolean is_spaced; /* behind its commas */
    gboolean is_guess;  /* it depends on what stands below it */
} PolicyTableHead;

/**
 * policy_detect_head_read:
 * @start, @end: of the line in the joined text
 * @has_rule: below it; without one "password | lovelace" is a record and no head
 * @out: unspecified on failure
 *
 * Returns: whether the line is the head of a table with passwords
 */
gboolean policy_detect_head_read(const PolicyDetectText *text,
                                 size_t start,
                                 size_t end,
                                 gboolean has_rule,
                                 PolicyTableHead *out);

/* Whether @cell says that passwords stand below or beside it. */
gboolean policy_detect_head_is_password(const PolicyDetectText *text, const PolicyCell *cell);

/* Whether it does where it is known to name a column. */
gboolean policy_detect_head_may_be_password(const PolicyDetectText *text, const PolicyCell *cell);

/* Whether a blank stands behind a comma. */
gboolean policy_detect_head_is_spaced(const PolicyDetectText *text, const PolicyCells *cells);
