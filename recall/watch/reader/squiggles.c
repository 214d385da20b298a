/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/squiggles.h"

#define RED_CONTRAST 28 /* redder than green and blue by more */
#define GAP_MAX_PX 4    /* between dots, and between the tops of waves */
#define WIDTH_MIN_PX 10
#define HEIGHT_MAX_PX 4 /* letters are higher */
#define STRAY_SHARE 0.1 /* of the width that may be red above and below */

typedef struct {
    ReaderPage *page;
    const uint8_t *pixels;
    size_t stride;
} Job;

static gboolean
is_red(const Job *job, int x, int y)
{
    const uint8_t *pixel = job->pixels + job->stride * y + 4 * (size_t)x;

    return pixel[2] > MAX(pixel[0], pixel[1]) + RED_CONTRAST;
}

static int
count_red(const Job *job, int start, int end, int y)
{
    int n = 0;

    if (y < 0 || y >= job->page->height)
        return 0;
    for (int x = start; x < end; x++)
        n += is_red(job, x, y);
    return n;
}

/* Returns: the grey nearest to the pixel in a column that is not red; @step: 1 down, -1 up */
static int
find_grey(const Job *job, int x, int y, int step)
{
    const ReaderPage *page = job->page;
    int end = CLAMP(y + step * (HEIGHT_MAX_PX + 1), 0, page->height - 1);

    while (y != end && is_red(job, x, y))
        y += step;
    return page->grey[(size_t)page->width * y + x];
}

/* Between what stands above and below, so that the tail of a letter goes on where it was crossed.
 */
static uint8_t
guess_grey(const Job *job, int x, int y)
{
    return (find_grey(job, x, y, -1) + find_grey(job, x, y, 1)) / 2;
}

/* How many rows are red between the columns, from that one on; no more than are too many. */
static int
count_rows(const Job *job, int start, int end, int y, int step)
{
    int n = 0;

    while (n <= HEIGHT_MAX_PX &&
           count_red(job, start, end, y + step * n) > STRAY_SHARE * (end - start))
        n++;
    return n;
}

static void
erase_stretch(const Job *job, int start, int end, int y)
{
    if (end - start < WIDTH_MIN_PX ||
        count_rows(job, start, end, y, -1) + count_rows(job, start, end, y, 1) - 1 > HEIGHT_MAX_PX)
        return;
    for (int x = start; x < end; x++)
        if (is_red(job, x, y))
            job->page->grey[(size_t)job->page->width * y + x] = guess_grey(job, x, y);
}

static void
erase_row(const Job *job, int y)
{
    int start = -1; /* of the stretch in hand, or -1 */
    int end = 0;

    for (int x = 0; x < job->page->width; x++) {
        if (!is_red(job, x, y))
            continue;
        if (start >= 0 && x - end > GAP_MAX_PX) {
            erase_stretch(job, start, end, y);
            start = -1;
        }
        if (start < 0)
            start = x;
        end = x + 1;
    }
    if (start >= 0)
        erase_stretch(job, start, end, y);
}

/* Most rows have none; the compiler makes this look at many pixels at once. */
static gboolean
has_red(const Job *job, int y)
{
    const uint8_t *row = job->pixels + job->stride * y;
    uint8_t has = 0;

    for (int x = 0; x < job->page->width; x++) {
        uint8_t other = MAX(row[4 * x], row[4 * x + 1]);

        has |= row[4 * x + 2] > other && (uint8_t)(row[4 * x + 2] - other) > RED_CONTRAST;
    }
    return has;
}

void
reader_squiggles_erase(ReaderPage *page, const uint8_t *pixels, size_t stride)
{
    Job job = {page, pixels, stride};

    for (int y = 0; y < page->height; y++)
        if (has_red(&job, y))
            erase_row(&job, y);
}
