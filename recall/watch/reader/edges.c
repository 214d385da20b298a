/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/edges.h"

#include "protocol/reader.h"

/* Measured on rendered pages of known text; see docs/HACKING.md. */
#define EDGE_CONTRAST 24
#define RULE_ACROSS_PX 28 /* longer edges are rules and borders, not letters */
#define RULE_DOWN_PX 26

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

/* A run of so many edges has one at every so manieth pixel: only those are looked at. */
static void
drop_rules_across(uint8_t *flags, int width)
{
    for (int x = RULE_ACROSS_PX - 1; x < width; x += RULE_ACROSS_PX) {
        int start = x;
        int end = x;

        while (start > 0 && (flags[start - 1] & READER_EDGES_DOWN))
            start--;
        while (end < width && (flags[end] & READER_EDGES_DOWN))
            end++;
        for (int i = start; end - start >= RULE_ACROSS_PX && i < end; i++)
            flags[i] &= READER_EDGES_BARRIER;
        x = MAX(x, end / RULE_ACROSS_PX * RULE_ACROSS_PX - 1);
    }
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

void
reader_edges_find(const ReaderPage *page, ReaderEdges *self)
{
    self->width = page->width;
    self->height = page->height;
    self->flags = g_malloc((size_t)page->width * page->height);
    for (int y = 0; y < page->height; y++)
        mark_row(page, y, self->flags + (size_t)page->width * y);
    drop_rules_down(self);
    for (int y = 0; y < page->height; y++)
        drop_rules_across(self->flags + (size_t)page->width * y, page->width);
}
