/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

/* A terminal gives each letter as much room as its font's widest sign wants: with a Chinese font
 * that is twice what the letters need, and they stand so wide apart that neither the words nor the
 * characters are read. Pure. */

/* Whether the letters of most of @lines, of BaseRect on @page, stand so wide apart. FALSE where
 * there are too few to tell. */
gboolean reader_spread_is_wide(const ReaderPage *page, const GArray *lines);

/* Moves them together, words keep their distance.
 * @out_columns: (transfer full): for each column of the new crop, and one beyond, that of @line
 * Returns: (transfer full) */
ReaderCrop *reader_spread_close(const ReaderCrop *line, int **out_columns);
