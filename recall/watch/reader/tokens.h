/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/glyphs.h"

/* The words of a terminal's line before they are read, and which of them the engine is to read.
 * Arrays are of ReaderToken, from left to right. Pure. */

/* Returns: (transfer full) */
GArray *reader_tokens_find(const ReaderCells *cells);

unsigned reader_tokens_count_cells(const GArray *self);

/**
 * reader_tokens_choose:
 * @first: index of one of them
 * @n_cells_min: for the engine to see how high letters are
 *
 * Returns: (transfer full): those with letters that are not known, and as many others, from the
 *   @first on, round about, as it takes to have so many cells
 */
GArray *reader_tokens_choose(const GArray *self,
                             const ReaderGlyphs *glyphs,
                             const ReaderCells *cells,
                             unsigned first,
                             unsigned n_cells_min);

/* Returns: (transfer full): from the first to the last cell of each run of words that are not
 * known, with the word before and after it: halves of Chinese characters may look like letters */
GArray *reader_tokens_find_stretches(const GArray *self,
                                     const ReaderGlyphs *glyphs,
                                     const ReaderCells *cells);
