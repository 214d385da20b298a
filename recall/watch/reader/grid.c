/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/grid.h"

#include <string.h>
#include <xxhash.h>

#define INK_CONTRAST 24    /* darker than the ground by more */
#define CROSSED_SHARE 0.12 /* of the crossings that chance would put on the cells' borders */
#define EXPECTED_MIN 40    /* crossings that chance would put there: fewer tell nothing */
#define N_LEVELS 3         /* greys that a key tells apart, besides the ground */
#define RIM_LEVEL 1

void
reader_columns_init(ReaderColumns *self, int width)
{
    self->width = width;
    self->crossings = g_new0(uint32_t, width);
    self->n_crossings = 0;
}

void
reader_columns_clear(ReaderColumns *self)
{
    g_clear_pointer(&self->crossings, g_free);
}

/* Half of the way to the darkest ink: the rims of smooth letters touch in every second cell. */
static int
find_limit(const ReaderCrop *line)
{
    size_t n = (size_t)line->width * line->height;
    uint8_t darkest = 255;

    for (size_t i = 0; i < n; i++)
        darkest = MIN(darkest, line->grey[i]);
    return MIN((line->ground + darkest) / 2, line->ground - INK_CONTRAST);
}

/* Written so that the compiler makes it work on many pixels at once. */
static void
add_crossings(const uint8_t *restrict grey, uint8_t *restrict crossings, int n, uint8_t limit)
{
    for (int i = 1; i < n; i++)
        crossings[i] += (grey[i] < limit) & (grey[i - 1] < limit);
}

void
reader_columns_add(ReaderColumns *self, const ReaderCrop *line, int x)
{
    g_autofree uint8_t *crossings = g_malloc0(line->width); /* a line is lower than 256 */
    int limit = MAX(find_limit(line), 0);

    for (int row = 0; row < line->height; row++)
        add_crossings(line->grey + (size_t)line->width * row, crossings, line->width, limit);
    for (int i = 0; i < line->width; i++) {
        self->crossings[x + i] += crossings[i];
        self->n_crossings += crossings[i];
    }
}

static uint64_t
count_crossed(const ReaderColumns *self, int pitch, int phase)
{
    uint64_t n = 0;

    for (int x = phase; x < self->width; x += pitch)
        n += self->crossings[x];
    return n;
}

gboolean
reader_columns_is_clear(const ReaderColumns *self, const ReaderGrid *grid)
{
    return count_crossed(self, grid->pitch, grid->phase) <
           CROSSED_SHARE * self->n_crossings / grid->pitch;
}

static ReaderGrid
fit(const ReaderColumns *self, int pitch)
{
    ReaderGrid grid = {pitch, 0};
    uint64_t least = UINT64_MAX;

    for (int phase = 0; phase < pitch; phase++) {
        uint64_t n = count_crossed(self, pitch, phase);

        if (n < least) {
            least = n;
            grid.phase = phase;
        }
    }
    return grid;
}

ReaderGrid
reader_columns_find_grid(const ReaderColumns *self)
{
    for (int pitch = READER_GRID_PITCH_MIN_PX; pitch <= READER_GRID_PITCH_MAX_PX; pitch++) {
        ReaderGrid grid = fit(self, pitch);

        if (self->n_crossings >= (uint64_t)EXPECTED_MIN * pitch &&
            reader_columns_is_clear(self, &grid))
            return grid;
    }
    return (ReaderGrid){0, 0};
}

ReaderGrid
reader_columns_find_wide_grid(const ReaderColumns *self)
{
    ReaderGrid grid = reader_columns_find_grid(self);
    ReaderGrid wide = grid;

    while (grid.pitch > 0 && 2 * grid.pitch <= READER_GRID_PITCH_MAX_PX) {
        grid = fit(self, 2 * grid.pitch);
        if (reader_columns_is_clear(self, &grid))
            wide = grid;
    }
    return wide;
}

/* A cell while it is measured; a part of a cell at the crop's edge counts as one. */
typedef struct {
    int left; /* crop columns */
    int right;
    int start;  /* column where its ink begins */
    int top;    /* rows of its ink */
    int bottom; /* exclusive; 0: empty */
    int ground;
    int depth; /* the greatest distance from @ground */
} Cell;

/* Within a selection or under a cursor a cell has a ground of its own. */
static int
find_ground(const ReaderCrop *line, const Cell *cell)
{
    unsigned counts[256] = {0};
    int commonest = line->ground;

    for (int y = 0; y < line->height; y++)
        for (int x = cell->left; x < cell->right; x++)
            counts[line->grey[(size_t)line->width * y + x]]++;
    for (int i = 0; i < 256; i++)
        if (counts[i] > counts[commonest])
            commonest = i;
    return commonest;
}

static int
get_depth(const ReaderCrop *line, const Cell *cell, int x, int y)
{
    return abs(cell->ground - line->grey[(size_t)line->width * y + x]);
}

/* The faint rim of a wide letter reaches into the cells beside it: it does not count there. */
static int
get_level(const ReaderCrop *line, const Cell *cell, int x, int y)
{
    int level = (get_depth(line, cell, x, y) * N_LEVELS + cell->depth / 2) / cell->depth;

    return level <= RIM_LEVEL && (x == cell->left || x == cell->right - 1) ? 0 : level;
}

static void
measure(const ReaderCrop *line, Cell *cell)
{
    gboolean has_core = FALSE;

    cell->ground = find_ground(line, cell);
    cell->start = cell->right;
    cell->top = line->height;
    cell->bottom = 0;
    cell->depth = INK_CONTRAST;
    for (int y = 0; y < line->height; y++)
        for (int x = cell->left; x < cell->right; x++)
            cell->depth = MAX(cell->depth, get_depth(line, cell, x, y));
    if (cell->depth == INK_CONTRAST)
        return;
    for (int y = 0; y < line->height; y++)
        for (int x = cell->left; x < cell->right; x++)
            if (get_level(line, cell, x, y) > 0) {
                cell->start = MIN(cell->start, x);
                cell->top = MIN(cell->top, y);
                cell->bottom = y + 1;
                has_core |= x > cell->left && x < cell->right - 1;
            }
    if (!has_core) /* rims of the letters beside it, on an empty cell however deep they are */
        cell->bottom = 0;
}

/* The row on which most letters end. */
static int
find_base(const Cell *cells, unsigned n_cells, int height)
{
    g_autofree unsigned *counts = g_new0(unsigned, height + 1);
    int base = height;

    for (unsigned i = 0; i < n_cells; i++)
        if (cells[i].bottom > 0)
            counts[cells[i].bottom]++;
    for (int y = height; y >= 0; y--)
        if (counts[y] > counts[base])
            base = y;
    return base;
}

/* Where in its cell the ink begins does not matter: the cells of two pages may begin elsewhere. */
static uint64_t
make_key(const ReaderCrop *line, const ReaderGrid *grid, const Cell *cell, int base)
{
    uint8_t levels[READER_GRID_PITCH_MAX_PX];
    int32_t head[] = {grid->pitch, cell->bottom - base, cell->bottom - cell->top};
    XXH64_hash_t key = XXH3_64bits(head, sizeof head);

    if (cell->bottom == 0)
        return 0;
    for (int y = cell->top; y < cell->bottom; y++) {
        memset(levels, 0, sizeof levels);
        for (int x = cell->start; x < cell->right; x++)
            levels[x - cell->start] = get_level(line, cell, x, y);
        key = XXH3_64bits_withSeed(levels, grid->pitch, key);
    }
    return MAX(key, 1);
}

ReaderCells *
reader_cells_new(const ReaderGrid *grid, const ReaderCrop *line, int x)
{
    ReaderCells *self = g_new0(ReaderCells, 1);
    int offset = (x - grid->phase) % grid->pitch;
    unsigned n_cells;
    g_autofree Cell *cells = NULL;
    int base;

    self->grid = *grid;
    self->height = line->height;
    self->x = -(offset < 0 ? offset + grid->pitch : offset);
    n_cells = (line->width - self->x + grid->pitch - 1) / grid->pitch;
    self->keys = g_array_sized_new(FALSE, TRUE, sizeof(uint64_t), n_cells);
    cells = g_new0(Cell, n_cells);
    for (unsigned i = 0; i < n_cells; i++) {
        int left = self->x + (int)i * grid->pitch;

        cells[i].left = MAX(left, 0);
        cells[i].right = MIN(left + grid->pitch, line->width);
        measure(line, &cells[i]);
    }
    base = find_base(cells, n_cells, line->height);
    for (unsigned i = 0; i < n_cells; i++) {
        uint64_t key = make_key(line, grid, &cells[i], base);

        g_array_append_val(self->keys, key);
    }
    return self;
}

void
reader_cells_free(ReaderCells *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->keys);
    g_free(self);
}

int
reader_cells_column(const ReaderCells *self, unsigned cell)
{
    return self->x + (int)cell * self->grid.pitch;
}

gboolean
reader_cells_next_token(const ReaderCells *self, unsigned start, ReaderToken *out)
{
    const uint64_t *keys = (const uint64_t *)(void *)self->keys->data;

    while (start < self->keys->len && keys[start] == 0)
        start++;
    out->start = start;
    out->end = start;
    while (out->end < self->keys->len && keys[out->end] != 0)
        out->end++;
    return out->end > out->start;
}
