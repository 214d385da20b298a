/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Tables that are shown as text, each row one line: as editors and terminals show what psql, mysql,
 * `column -t`, Markdown and files of comma-separated values say. Used by policies/detect-words.c
 * only. */

#define POLICY_TABLE_N_ROWS_MAX 1000 /* of one table; further down nothing is looked for */

/**
 * policy_detect_table_look_at:
 * @text: row by row
 * @at: where what may be the head of a column of passwords begins
 *
 * Masks what stands below it, or beside it where each row tells of one thing.
 *
 * Returns: the end of its line, which need not be looked at again
 */
size_t policy_detect_table_look_at(PolicyDetectText *text, size_t at);
