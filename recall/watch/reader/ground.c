/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/ground.h"

#include "recall/watch/reader/greys.h"

#include <stdlib.h>
#include <string.h>

/* Measured on xterm in eight fonts; see docs/HACKING.md. Areas are shares of a square as high as
 * the line. */
#define N_CANDIDATES 4
#define APART_MIN 8      /* greys between two grounds */
#define AREA_MIN 0.35    /* of a part, less what is not of its ground */
#define AREA_BETWEEN 0.3 /* of another ground: it parts them */
#define ROW_SHARE 0.75   /* of a row that shows the ground, */
#define ROWS_SHARE 0.6   /* from the first to the last of which it is so high, at least */
#define SIDE_HEIGHTS 1.5 /* so far from where it seems to be a side is looked for */
#define FULL_SHARE 0.9   /* of a column without ink */
#define WIDTH_MIN 0.3    /* of a part, in heights of the line: wider than a stroke */
#define GAP_SHARE 0.15   /* of a column: so little of the ground is none, but another line's */
#define RIM_ROWS 3       /* of other lines' grounds, above and below */
#define RIM_SHARE 0.75   /* of a column beside the line's own ground */
#define CONTRAST_MIN 24  /* less is no ink */
#define DEPTH_MAX 4      /* grounds within grounds */

/* Columns of a line, and one ground against another one that lies around it. */
typedef struct {
    ReaderCrop *line;
    int start;
    int end; /* exclusive */
    int around;
    int inside;
} Stretch;

/* A part of a stretch that stands on @inside. */
typedef struct {
    int start;
    int end; /* exclusive */
    int top; /* rows of that ground */
    int bottom;
} Part;

static uint8_t *
pixel_at(const Stretch *self, int x, int y)
{
    return self->line->grey + (size_t)self->line->width * y + x;
}

static void
count_greys(const Stretch *self, uint32_t *counts)
{
    for (int y = 0; y < self->line->height; y++)
        reader_greys_count(pixel_at(self, self->start, y), self->end - self->start, counts);
}

/* Whether a pixel is nearer to the ground inside than to the one around. */
static gboolean
is_inside(const Stretch *self, int x, int y)
{
    int middle = (self->inside + self->around) / 2;
    int grey = *pixel_at(self, x, y);

    return self->inside < self->around ? grey <= middle : grey > middle;
}

/* Written so that the compiler makes it work on many pixels at once. */
static void
add_inside(const uint8_t *restrict grey,
           uint8_t *restrict counts,
           int n,
           uint8_t darkest,
           uint8_t range)
{
    for (int i = 0; i < n; i++)
        counts[i] += (uint8_t)(grey[i] - darkest) <= range;
}

/* Returns: (transfer full): for each column of the line how many of its pixels are inside; a line
 * is lower than 256 */
static uint8_t *
count_columns(const Stretch *self)
{
    uint8_t *restrict counts = g_malloc0(self->line->width);
    int middle = (self->inside + self->around) / 2;
    uint8_t darkest = self->inside < self->around ? 0 : middle + 1;
    uint8_t range = self->inside < self->around ? middle : 255 - darkest;

    for (int y = 0; y < self->line->height; y++)
        add_inside(pixel_at(self, self->start, y), counts + self->start, self->end - self->start,
                   darkest, range);
    return counts;
}

/* Letters take less than half of their ground, so what is inside outweighs the rest over each
 * stretch that is wider than a letter. Returns: the next such one from @x on */
static gboolean
find_core(const Stretch *self, const uint8_t *counts, int x, Part *out)
{
    const int square = self->line->height * self->line->height;
    int best = 0;
    int sum = 0;
    int start = x;

    for (; x < self->end && (best < AREA_MIN * square || sum > best - AREA_BETWEEN * square); x++) {
        int weight = 2 * counts[x] - self->line->height; /* inside less the others */

        if (sum <= 0)
            start = x;
        sum = MAX(sum, 0) + weight;
        if (sum <= best)
            continue;
        best = sum;
        out->start = start;
        out->end = x + 1;
    }
    return best >= AREA_MIN * square;
}

static int
count_inside(const Stretch *self, const Part *part, int y)
{
    int n = 0;

    for (int x = part->start; x < part->end; x++)
        n += is_inside(self, x, y);
    return n;
}

/* Above and below its letters, and between their strokes, a ground fills its rows. Returns: FALSE
 * when hardly any: they are letters */
static gboolean
find_rows(const Stretch *self, Part *part)
{
    part->top = self->line->height;
    part->bottom = 0;
    for (int y = 0; y < self->line->height; y++) {
        if (count_inside(self, part, y) < ROW_SHARE * (part->end - part->start))
            continue;
        part->top = MIN(part->top, y);
        part->bottom = y + 1;
    }
    return part->bottom - part->top >= MAX(2, ROWS_SHARE * self->line->height);
}

/* Returns: how many rows of the column are of the ground; 0 beyond the stretch */
static int
count_rows(const Stretch *self, const Part *part, int x)
{
    int n = 0;

    if (x < self->start || x >= self->end)
        return 0;
    for (int y = part->top; y < part->bottom; y++)
        n += is_inside(self, x, y);
    return n;
}

static gboolean
is_full(const Stretch *self, const Part *part, int x)
{
    return count_rows(self, part, x) >= FULL_SHARE * (part->bottom - part->top);
}

/* Whether a column with ink is of the ground: it is so at the upper end, to which no letter beside
 * it reaches. */
static gboolean
is_framed(const Stretch *self, const Part *part, int x)
{
    return count_rows(self, part, x) > GAP_SHARE * self->line->height &&
           is_inside(self, x, part->top) && is_inside(self, x, part->top + 1);
}

/* @step: outwards. Returns: the last column of the ground, which is somewhere around @x */
static int
find_side(const Stretch *self, const Part *part, int x, int step)
{
    int reach = SIDE_HEIGHTS * self->line->height;
    int full = x;

    for (int i = 0;
         i < reach && full >= self->start && full < self->end && !is_full(self, part, full); i++)
        full -= step;
    if (is_full(self, part, full))
        x = full;
    while (is_framed(self, part, x + step))
        x += step;
    return x;
}

/* A letter that touches a side of the ground belongs to it, one beside it does not. Returns: FALSE
 * when it is no ground */
static gboolean
fit(const Stretch *self, Part *part)
{
    if (!find_rows(self, part))
        return FALSE;
    part->start = find_side(self, part, part->start, -1);
    part->end = find_side(self, part, part->end - 1, 1) + 1;
    return part->end - part->start >= WIDTH_MIN * self->line->height && find_rows(self, part);
}

/* Returns: (transfer full): of Part, from left to right */
static GArray *
find_parts(const Stretch *self)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(Part));
    g_autofree uint8_t *counts = count_columns(self);
    Part part;
    int x = self->start;

    while (find_core(self, counts, x, &part)) {
        int end = part.end;

        if (fit(self, &part) && part.start >= x)
            g_array_append_val(parts, part);
        x = MAX(end, part.end);
    }
    return parts;
}

/* @counts: of its greys; those that were tried are 0 afterwards. Returns: (transfer full): of Part,
 * of the commonest other ground that has any */
static GArray *
find_parts_of_any(Stretch *self, uint32_t *counts)
{
    const unsigned square = self->line->height * self->line->height;
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(Part));

    for (int i = MAX(self->around - APART_MIN, 0); i <= MIN(self->around + APART_MIN, 255); i++)
        counts[i] = 0;
    for (int i = 0; parts->len == 0 && i < N_CANDIDATES; i++) {
        self->inside = reader_greys_commonest(counts);
        if (counts[self->inside] < AREA_MIN * square)
            break;
        counts[self->inside] = 0;
        g_array_unref(parts);
        parts = find_parts(self);
    }
    return parts;
}

static int
find_ground(const Stretch *self)
{
    uint32_t counts[READER_GREYS_N] = {0};

    count_greys(self, counts);
    return reader_greys_commonest(counts);
}

static gboolean
is_ground(const Stretch *self, int x, int y)
{
    return abs(*pixel_at(self, x, y) - self->around) < CONTRAST_MIN;
}

static int
count_others(const Stretch *self, const BaseRect *box)
{
    int n = 0;

    for (int y = box->y; y < box->y + box->height; y++)
        for (int x = box->x; x < box->x + box->width; x++)
            n += !is_ground(self, x, y);
    return n;
}

static void
fill(const Stretch *self, const BaseRect *box)
{
    for (int y = box->y; y < box->y + box->height; y++)
        memset(pixel_at(self, box->x, y), self->around, box->width);
}

/* What lies left or right of the line's own ground, from column @x on. Returns: whether any does */
static gboolean
fill_beside(const Stretch *self, int x, int step)
{
    BaseRect column = {x, 0, 1, self->line->height};
    gboolean is_any = FALSE;

    while (column.x >= self->start && column.x < self->end &&
           count_others(self, &column) >= RIM_SHARE * column.height) {
        fill(self, &column);
        column.x += step;
        is_any = TRUE;
    }
    return is_any;
}

/* Fills the rows from that of @run on, as far as they are of another ground, unless they go on into
 * the line: then it is not beyond it. */
static gboolean
fill_rim(const Stretch *self, BaseRect run, int step)
{
    BaseRect rim = run;
    BaseRect row = run;
    int n = 0;

    for (; n < MIN(RIM_ROWS + 1, self->line->height) && count_others(self, &row) == row.width; n++)
        row.y += step;
    if (n > RIM_ROWS || n == self->line->height || 2 * count_others(self, &row) > row.width)
        return FALSE;
    rim.y = MIN(run.y, row.y - step);
    rim.height = n;
    fill(self, &rim);
    return TRUE;
}

/* Grounds of the lines above or below that reach into this one, from row @y on. Runs longer than a
 * letter. */
static gboolean
fill_beyond(const Stretch *self, int y, int step)
{
    int least = MIN(self->line->height, self->end - self->start);
    gboolean is_any = FALSE;

    for (int x = self->start; x < self->end; x++) {
        BaseRect run = {x, y, 0, 1};

        while (x < self->end && !is_ground(self, x, y))
            x++;
        run.width = x - run.x;
        if (run.width >= least)
            is_any |= fill_rim(self, run, step);
    }
    return is_any;
}

/* Returns: whether the line's own ground ended somewhere */
static gboolean
fill_sides(const Stretch *self)
{
    gboolean is_any = FALSE;

    if (self->start == 0)
        is_any |= fill_beside(self, 0, 1);
    if (self->end == self->line->width)
        is_any |= fill_beside(self, self->end - 1, -1);
    return is_any;
}

/* Dark ink on white, as deep as it can be. */
static void
level_ink(const Stretch *self)
{
    int64_t sum = 0;
    int least = 0;
    int most = 0;

    for (int y = 0; y < self->line->height; y++)
        for (int x = self->start; x < self->end; x++) {
            int ink = *pixel_at(self, x, y) - self->around;

            sum += ink;
            least = MIN(least, ink);
            most = MAX(most, ink);
        }
    most = sum > 0 ? most : least;
    for (int y = 0; y < self->line->height; y++)
        for (int x = self->start; x < self->end; x++) {
            uint8_t *grey = pixel_at(self, x, y);
            int ink = abs(most) < CONTRAST_MIN ? 0 : (*grey - self->around) * 255 / most;

            *grey = 255 - CLAMP(ink, 0, 255);
        }
}

static gboolean level(Stretch *self, int depth);

static void
level_parts(const Stretch *self, const GArray *parts, int depth)
{
    int height = self->line->height;
    int start = self->start;

    for (unsigned i = 0; i <= parts->len; i++) {
        const Part *part = i < parts->len ? &g_array_index(parts, Part, i) : NULL;
        Stretch rest = {self->line, start, part != NULL ? part->start : self->end, self->around, 0};
        Stretch inner;

        if (rest.end > rest.start)
            level(&rest, depth + 1);
        if (part == NULL)
            break;
        inner = (Stretch){self->line, part->start, part->end, 0, 0};
        inner.around = find_ground(&inner);
        fill(&inner, &(BaseRect){part->start, 0, part->end - part->start, part->top});
        fill(&inner, &(BaseRect){part->start, part->bottom, part->end - part->start,
                                 height - part->bottom});
        level(&inner, depth + 1);
        start = part->end;
    }
}

/* Returns: whether there is more than one ground */
static gboolean
level(Stretch *self, int depth)
{
    gboolean is_changed = depth > 0;
    uint32_t counts[READER_GREYS_N] = {0};
    g_autoptr(GArray) parts = NULL;

    count_greys(self, counts);
    if (depth == 0)
        self->around = reader_greys_commonest(counts);
    is_changed |= fill_beyond(self, 0, 1);
    is_changed |= fill_beyond(self, self->line->height - 1, -1);
    parts = depth < DEPTH_MAX ? find_parts_of_any(self, counts) : NULL;
    if (parts != NULL && parts->len > 0) {
        level_parts(self, parts, depth);
        return TRUE;
    }
    is_changed |= fill_sides(self);
    if (is_changed)
        level_ink(self);
    return is_changed;
}

gboolean
reader_ground_level(ReaderCrop *line)
{
    Stretch all = {line, 0, line->width, 0, 0};

    return level(&all, 0);
}
