/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/grid.h"

/* The letters of the terminals' fonts, learned from what the engine reads in them: each reading is
 * a vote. A line of known letters needs no engine, and a letter that it misreads now and then is
 * outvoted. Holds shapes, no text. One thread. */

#define READER_GLYPHS_N_MAX 8192

typedef struct ReaderGlyphs ReaderGlyphs;

ReaderGlyphs *reader_glyphs_new(void);
void reader_glyphs_free(ReaderGlyphs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderGlyphs, reader_glyphs_free)

/* @words: of ReaderWord in the pixels of the crop that @cells was made of: what the engine read
 * Returns: how many letters it read as others than they were known as */
unsigned reader_glyphs_learn(ReaderGlyphs *self, const ReaderCells *cells, const GArray *words);

/* Returns: (transfer full): of ReaderWord; NULL when a letter is not known, or the line has none */
GArray *reader_glyphs_read(ReaderGlyphs *self, const ReaderCells *cells);

/* Makes one word of what was read of each token, of known letters where they are. */
void reader_glyphs_correct(ReaderGlyphs *self, const ReaderCells *cells, GArray *words);

/* Whether all its letters are known. */
gboolean
reader_glyphs_knows(const ReaderGlyphs *self, const ReaderCells *cells, const ReaderToken *token);

/* How many of the cells hold a letter that is known. */
unsigned reader_glyphs_count_known(const ReaderGlyphs *self, const ReaderCells *cells);

/* The pitch that was learned from last, or 0. */
int reader_glyphs_pitch(const ReaderGlyphs *self);
