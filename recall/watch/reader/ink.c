/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/ink.h"

#define RIM_MIN 8        /* darker than the ground: less is not of a letter, */
#define CONTRAST_MIN 24  /* nor is what is nowhere darker */
#define FAINT_SHARE 0.75 /* of the line's darkest ink: what has less is made darker */

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
    g_autofree uint8_t *darkest = reader_crop_darkest(line);
    int most = 0;
    int end;

    for (int x = 0; x < line->width; x++)
        most = MAX(most, line->ground - darkest[x]);
    for (int start = 0; start < line->width; start = end + 1) {
        int depth = 0;

        for (end = start; end < line->width && line->ground - darkest[end] >= RIM_MIN; end++)
            depth = MAX(depth, line->ground - darkest[end]);
        if (depth >= CONTRAST_MIN && depth < FAINT_SHARE * most)
            darken(line, start, end, depth, most);
    }
}
