/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

/* Where on a page a pixel differs from the next one, but for rules and borders. Pure. */

enum {
    READER_EDGES_ACROSS = 1, /* differs from the pixel to the right */
    READER_EDGES_DOWN = 2,   /* differs from the pixel below */
    READER_EDGES_BARRIER =
        4, /* no line goes on over it: a border, or PROTOCOL_READER_MARK_IGNORED */
};

typedef struct {
    int width;
    int height;
    uint8_t *flags; /* @width bytes a row */
} ReaderEdges;

/* @self: anything that needs no clearing */
void reader_edges_find(const ReaderPage *page, ReaderEdges *self);
void reader_edges_clear(ReaderEdges *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReaderEdges, reader_edges_clear)
