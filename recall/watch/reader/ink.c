/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/ink.h"

#define RIM_MIN 8        /* darker than the ground: less is not of a letter, */
#define CONTRAST_MIN 24  /* nor is what is nowhere darker */
#define FAINT_SHARE 0.75 /* of the line's darkest ink: what has less is made darker */

/* Returns: how much darker than the ground the column is at its darkest */
static int
find_depth(const ReaderCrop *line, int x)
{
    int darkest = line->ground;

    for (int y = 0; y < line->height; y++)
        darkest = MIN(darkest, line->grey[(size_t)line->width * y + x]);
    return line->ground - darkest;
}

static void
darken(ReaderCrop *line, int start, int end, int from, int to)
{
    for (int y = 0; y < line->height; y++) {
        uint8_t *grey = line->grey + (size_t)line->width * y;

        for (int x = start; x < end; x++)
            if (grey[x] < line->ground)
                grey[x] = line->ground - (line->ground - grey[x]) * to / from;
    }
}

void
reader_ink_level(ReaderCrop *line)
{
    g_autofree int *depths = g_new(int, line->width);
    int most = 0;
    int end;

    for (int x = 0; x < line->width; x++) {
        depths[x] = find_depth(line, x);
        most = MAX(most, depths[x]);
    }
    for (int start = 0; start < line->width; start = end + 1) {
        int depth = 0;

        for (end = start; end < line->width && depths[end] >= RIM_MIN; end++)
            depth = MAX(depth, depths[end]);
        if (depth >= CONTRAST_MIN && depth < FAINT_SHARE * most)
            darken(line, start, end, depth, most);
    }
}
