/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

/* A terminal's letters stand in cells of whole pixels, so that the same letter is the same pixels
 * everywhere. Finds the cells and gives each a key. Pure. */

#define READER_GRID_PITCH_MIN_PX 5
#define READER_GRID_PITCH_MAX_PX 24

typedef struct {
    int pitch; /* width of a cell in pixels; 0: there is no grid */
    int phase; /* page column modulo @pitch at which cells begin */
} ReaderGrid;

/* What is known of a page's columns, to find its grid. */
typedef struct {
    int width;
    uint32_t *crossings; /* rows in which ink goes on from column x - 1 to x */
    uint64_t n_crossings;
} ReaderColumns;

void reader_columns_init(ReaderColumns *self, int width);
void reader_columns_clear(ReaderColumns *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReaderColumns, reader_columns_clear)

/* @x: page column of the crop's left edge */
void reader_columns_add(ReaderColumns *self, const ReaderCrop *line, int x);

/* Returns: the grid that no letter crosses; pitch 0 when there is none or too little to tell */
ReaderGrid reader_columns_find_grid(const ReaderColumns *self);

/* Likewise, of letters that stand wide apart (spread.h): half of their cell is empty, so the grid
 * with cells of half the width is clear as well, but not the one that is meant. */
ReaderGrid reader_columns_find_wide_grid(const ReaderColumns *self);

/* Whether hardly a letter crosses the borders of this grid. Of neighbouring phases several may be
 * clear where a page has few different letters. */
gboolean reader_columns_is_clear(const ReaderColumns *self, const ReaderGrid *grid);

/* A line's cells. */
typedef struct {
    ReaderGrid grid;
    int x;        /* crop column where the first cell begins, may be negative */
    int height;   /* of the crop */
    GArray *keys; /* of uint64_t: the same pixels at the same height above the base line are the
                   * same key; 0 for an empty cell */
} ReaderCells;

/* Letters without an empty cell between them. */
typedef struct {
    unsigned start; /* cells */
    unsigned end;
} ReaderToken;

/* @x: page column of the crop's left edge */
ReaderCells *reader_cells_new(const ReaderGrid *grid, const ReaderCrop *line, int x);
void reader_cells_free(ReaderCells *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderCells, reader_cells_free)

/* Returns: the crop's column where the cell begins; of the first and last one perhaps beyond it */
int reader_cells_column(const ReaderCells *self, unsigned cell);

/* The first token from cell @start on. Returns: FALSE when there is none */
gboolean reader_cells_next_token(const ReaderCells *self, unsigned start, ReaderToken *out);
