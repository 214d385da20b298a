/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

/* A terminal gives each letter as much room as its font's widest sign wants: with a Chinese font
 * that is twice what the letters need, and they stand so wide apart that neither the words nor the
 * characters are read. Pure. */

/* The gaps between the letters of lines. */
typedef struct {
    unsigned n;
    unsigned n_wide; /* of them */
} ReaderGaps;

/* Adds those of @line. */
void reader_spread_count(const ReaderCrop *line, ReaderGaps *gaps);

/* Whether most letters stand so wide apart. FALSE where there are too few to tell. Icons in a row
 * may as well, but in no grid. */
gboolean reader_spread_is_wide(const ReaderGaps *gaps);

/* Moves them together, words keep their distance.
 * @out_columns: (transfer full): for each column of the new crop, and one beyond, that of @line
 * Returns: (transfer full) */
ReaderCrop *reader_spread_close(const ReaderCrop *line, int **out_columns);
