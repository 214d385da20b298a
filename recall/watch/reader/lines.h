/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

/* Where there are lines of text on a page. Pure, about 10 ms a megapixel. */

#define READER_LINE_HEIGHT_MIN_PX 5
#define READER_LINE_HEIGHT_MAX_PX 90
#define READER_LINE_WIDTH_MAX_PX 4000 /* wider ones are read in parts */

/* In heights of a line: parts of it that are farther apart are lines of their own. */
#define READER_LINES_GAP 1.5
#define READER_LINES_GAP_SPREAD 4.0 /* where letters stand wide apart (spread.h) */

/* @open_edges: of ProtocolReaderEdges: lines that touch these edges are cut and left out, unless
 * there is no other line
 * @gap_heights: READER_LINES_GAP or READER_LINES_GAP_SPREAD
 * Returns: (transfer full): of BaseRect, from top to bottom; only lines with a pixel of
 *   PROTOCOL_READER_MARK_WANTED; at most PROTOCOL_READER_N_LINES_MAX */
GArray *reader_lines_find(const ReaderPage *page, unsigned open_edges, double gap_heights);
