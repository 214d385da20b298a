/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/edges.h"

#include "protocol/reader.h"

/* Measured on rendered pages of known text; see docs/HACKING.md. */
#define EDGE_CONTRAST 24
#define RULE_ACROSS_PX 28 /* longer edges are rules and borders, not letters */
#define RULE_DOWN_PX 26
#define SIDE_MIN_PX 8    /* of a frame around a word, whose sides are shorter than rules */
#define STROKE_SHARE 0.7 /* of a side: at its ends it meets the rules */
#define STROKE_MAX_PX 3  /* of a frame; a ground has but one edge */

void
reader_edges_clear(ReaderEdges *self)
{
    g_clear_pointer(&self->flags, g_free);
}

/* Written so that the compiler makes it work on many pixels at once. */
static inline uint8_t
differs(uint8_t a, uint8_t b)
{
    return (uint8_t)(a > b ? a - b : b - a) > EDGE_CONTRAST;
}

static inline uint8_t
is_open(uint8_t mark)
{
    return mark != PROTOCOL_READER_MARK_IGNORED;
}

static void
mark_row(const ReaderPage *page, int y, uint8_t *restrict flags)
{
    const uint8_t *grey = page->grey + (size_t)page->width * y;
    const uint8_t *marks = page->marks + (size_t)page->width * y;
    const uint8_t *below = y + 1 < page->height ? grey + page->width : grey;
    const uint8_t *marks_below = y + 1 < page->height ? marks + page->width : marks;
    int last = page->width - 1;

    for (int x = 0; x < last; x++) {
        uint8_t across = differs(grey[x], grey[x + 1]) & is_open(marks[x + 1]);
        uint8_t down = differs(grey[x], below[x]) & is_open(marks_below[x]);

        flags[x] = is_open(marks[x])
                       ? (uint8_t)(across * READER_EDGES_ACROSS | down * READER_EDGES_DOWN)
                       : READER_EDGES_BARRIER;
    }
    flags[last] = is_open(marks[last]) ? differs(grey[last], below[last]) *
                                             is_open(marks_below[last]) * READER_EDGES_DOWN
                                       : READER_EDGES_BARRIER;
}

/* A run of so many edges has one at every so manieth pixel: only those are looked at.
 * @out_end: in: of the last one, or 0. Returns: FALSE when there is no further one */
static gboolean
next_rule_across(const uint8_t *flags, int width, int *out_start, int *out_end)
{
    int x = (*out_end + 1) / RULE_ACROSS_PX * RULE_ACROSS_PX + RULE_ACROSS_PX - 1;

    for (; x < width; x += RULE_ACROSS_PX) {
        int start = x;
        int end = x;

        while (start > 0 && (flags[start - 1] & READER_EDGES_DOWN))
            start--;
        while (end < width && (flags[end] & READER_EDGES_DOWN))
            end++;
        if (end - start >= RULE_ACROSS_PX) {
            *out_start = start;
            *out_end = end;
            return TRUE;
        }
        x = MAX(x, end / RULE_ACROSS_PX * RULE_ACROSS_PX - 1);
    }
    return FALSE;
}

static void
drop_rules_across(uint8_t *flags, int width)
{
    int start = 0;
    int end = 0;

    while (next_rule_across(flags, width, &start, &end))
        for (int i = start; i < end; i++)
            flags[i] &= READER_EDGES_BARRIER;
}

/* Where a rule crosses another one it differs from what is below, not from what is beside. */
static gboolean
is_edge(const ReaderEdges *self, int x, int y)
{
    return (self->flags[(size_t)self->width * y + x] & (READER_EDGES_ACROSS | READER_EDGES_DOWN)) !=
           0;
}

static void
drop_rule_down(ReaderEdges *self, int x, int y)
{
    int start = y;
    int end = y;

    while (start > 0 && is_edge(self, x, start - 1))
        start--;
    while (end < self->height && is_edge(self, x, end))
        end++;
    for (int i = start; end - start >= RULE_DOWN_PX && i < end; i++)
        self->flags[(size_t)self->width * i + x] = READER_EDGES_BARRIER;
}

static void
drop_rules_down(ReaderEdges *self)
{
    for (int y = RULE_DOWN_PX - 1; y < self->height; y += RULE_DOWN_PX)
        for (int x = 0; x < self->width; x++)
            if (is_edge(self, x, y))
                drop_rule_down(self, x, y);
}

/* Whether the stroke ends again at once: what is filled beyond it is a ground, not framed. */
static gboolean
is_stroke(const ReaderEdges *self, int x, int y)
{
    const uint8_t *flags = self->flags + (size_t)self->width * y;

    for (int i = MAX(x - STROKE_MAX_PX, 0); i <= MIN(x + STROKE_MAX_PX, self->width - 1); i++)
        if (i != x && (flags[i] & (READER_EDGES_ACROSS | READER_EDGES_BARRIER)))
            return TRUE;
    return FALSE;
}

static gboolean
is_rule_across(const ReaderEdges *self, int start, int end, int y)
{
    if (start < 0 || end > self->width)
        return FALSE;
    for (int x = start; x < end; x++)
        if (!(self->flags[(size_t)self->width * y + x] & READER_EDGES_DOWN))
            return FALSE;
    return TRUE;
}

/* @y: of a rule at whose end the column is; @inwards: 1 when the rule goes right from it, else -1.
 */
static void
drop_side(ReaderEdges *self, int x, int y, int inwards)
{
    int bottom = y;
    int n_strokes = 0;

    if (x < 0 || x >= self->width)
        return;
    for (; bottom + 1 < self->height && is_edge(self, x, bottom + 1); bottom++)
        n_strokes += is_stroke(self, x, bottom + 1);
    if (bottom - y < SIDE_MIN_PX || n_strokes < STROKE_SHARE * (bottom - y) ||
        !is_rule_across(self, inwards > 0 ? x + 1 : x - RULE_ACROSS_PX,
                        inwards > 0 ? x + 1 + RULE_ACROSS_PX : x, bottom))
        return;
    for (int i = y + 1; i <= bottom; i++)
        self->flags[(size_t)self->width * i + x] = READER_EDGES_BARRIER;
}

/* A button, an entry: its sides are no higher than letters may be, but they go from rule to rule.
 */
static void
drop_sides(ReaderEdges *self)
{
    for (int y = 0; y < self->height; y++) {
        int start = 0;
        int end = 0;

        while (next_rule_across(self->flags + (size_t)self->width * y, self->width, &start, &end)) {
            drop_side(self, start - 1, y, 1);
            drop_side(self, end - 1, y, -1);
        }
    }
}

void
reader_edges_find(const ReaderPage *page, ReaderEdges *self)
{
    self->width = page->width;
    self->height = page->height;
    self->flags = g_malloc((size_t)page->width * page->height);
    for (int y = 0; y < page->height; y++)
        mark_row(page, y, self->flags + (size_t)page->width * y);
    drop_rules_down(self);
    drop_sides(self);
    for (int y = 0; y < page->height; y++)
        drop_rules_across(self->flags + (size_t)page->width * y, page->width);
}
