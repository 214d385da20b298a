/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Tables that are shown as text, each row one line: as editors and terminals show what psql, mysql,
 * `column -t`, Markdown and files of comma-separated values say. Used by policies/detect-words.c
 * only. */

/**
 * policy_detect_table_look_at:
 * @text: row by row
 * @at: where what may be the head of a column of passwords begins
 * @out_has_values: whether it is one, or the name of a value beside it
 *
 * Masks what stands below it, or beside it where each row tells of one thing.
 *
 * Returns: the end of its line, which need not be looked at again
 */
size_t policy_detect_table_look_at(PolicyDetectText *text, size_t at, gboolean *out_has_values);

/* When no head was found: masks what stands in the same column of rows like those of the last
 * table, if most of it is of letters and digits. */
void policy_detect_table_look_again(PolicyDetectText *text);

/* @memory: (nullable): what is looked at next follows on what was */
void policy_detect_table_begin_view(PolicyDetectMemory *memory);
