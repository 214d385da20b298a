/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/cursor.h"

#include "recall/watch/reader/greys.h"

#include <stdlib.h>
#include <string.h>

#define CONTRAST_MIN 24
#define GROUND_MAX 4 /* so far from the ground's grey it is the ground itself */
#define WIDTH_MIN_PX 5
#define WIDTH_MAX_PX 24
#define SHAPE_MIN 1.5  /* times as high as wide: no 口, */
#define SHAPE_MAX 2.4  /* and no bar */
#define SIDE_SHARE 0.7 /* of a side's pixels: a letter may touch it */

typedef struct {
    ReaderPage *page;
    int ground;
} Job;

static uint8_t *
pixel_at(const Job *job, int x, int y)
{
    return job->page->grey + (size_t)job->page->width * y + x;
}

static gboolean
is_ink(const Job *job, int x, int y)
{
    return abs(*pixel_at(job, x, y) - job->ground) > CONTRAST_MIN;
}

static int
find_commonest(const Job *job, const BaseRect *box)
{
    uint32_t counts[READER_GREYS_N] = {0};

    for (int y = box->y; y < box->y + box->height; y++)
        reader_greys_count(pixel_at(job, box->x, y), box->width, counts);
    return reader_greys_commonest(counts);
}

static unsigned
count_ink(const Job *job, int x, int y, int n_px)
{
    unsigned n = 0;

    for (int i = 0; i < n_px; i++)
        n += is_ink(job, x + i, y);
    return n;
}

/* Whether ink goes from column to column, and no farther. */
static gboolean
is_run(const Job *job, int x, int y, int n_px)
{
    return (x == 0 || !is_ink(job, x - 1, y)) &&
           (x + n_px == job->page->width || !is_ink(job, x + n_px, y)) && is_ink(job, x, y) &&
           is_ink(job, x + n_px - 1, y) && count_ink(job, x, y, n_px) >= SIDE_SHARE * n_px;
}

/* Whether a cell may end before that row. */
static gboolean
is_beyond(const Job *job, int x, int y, int n_px)
{
    int n = 0;

    if (y < 0 || y >= job->page->height)
        return TRUE;
    for (int i = 0; i < n_px; i++)
        n += abs(*pixel_at(job, x + i, y) - job->ground) <= GROUND_MAX;
    return 2 * n >= n_px;
}

static gboolean
has_sides(const Job *job, const BaseRect *box)
{
    int n_left = 0;
    int n_right = 0;

    for (int y = box->y; y < box->y + box->height; y++) {
        n_left += is_ink(job, box->x, y);
        n_right += is_ink(job, box->x + box->width - 1, y);
    }
    return MIN(n_left, n_right) >= SIDE_SHARE * box->height;
}

/* @box: in: place and width of its upper side; out: its height. Returns: FALSE when there is none
 */
static gboolean
find_height(const Job *job, BaseRect *box)
{
    int most = MIN((int)(SHAPE_MAX * box->width), job->page->height - box->y);

    for (box->height = most; box->height >= SHAPE_MIN * box->width; box->height--)
        if (is_run(job, box->x, box->y + box->height - 1, box->width) &&
            is_beyond(job, box->x, box->y + box->height, box->width))
            return has_sides(job, box);
    return FALSE;
}

/* @ground: of the cell */
static void
turn(const Job *job, const BaseRect *box, int ground)
{
    gboolean is_light = job->ground >= 128;

    for (int y = box->y; y < box->y + box->height; y++)
        for (int x = box->x; x < box->x + box->width; x++) {
            uint8_t *grey = pixel_at(job, x, y);
            int ink = abs(*grey - ground);

            *grey = CLAMP(is_light ? job->ground - ink : job->ground + ink, 0, 255);
        }
}

static void
drop_frame(const Job *job, const BaseRect *box)
{
    int bottom = box->y + box->height - 1;

    memset(pixel_at(job, box->x, box->y), job->ground, box->width);
    memset(pixel_at(job, box->x, bottom), job->ground, box->width);
    for (int y = box->y; y <= bottom; y++) {
        *pixel_at(job, box->x, y) = job->ground;
        *pixel_at(job, box->x + box->width - 1, y) = job->ground;
    }
}

/* A frame is as thin as can be, and no letter reaches to it above and below. */
static gboolean
is_frame(const Job *job, const BaseRect *box)
{
    return count_ink(job, box->x + 1, box->y + 1, box->width - 2) == 0 &&
           count_ink(job, box->x + 1, box->y + box->height - 2, box->width - 2) == 0;
}

/* Above its letter a block is of one grey from corner to corner, which hardly any B is. */
static gboolean
is_block(const Job *job, const BaseRect *box, int ground)
{
    int right = box->x + box->width - 1;
    int bottom = box->y + box->height - 1;

    for (int x = box->x; x <= right; x++)
        if (abs(*pixel_at(job, x, box->y) - ground) > GROUND_MAX)
            return FALSE;
    return abs(ground - job->ground) > CONTRAST_MIN &&
           abs(*pixel_at(job, box->x, bottom) - ground) <= GROUND_MAX &&
           abs(*pixel_at(job, right, bottom) - ground) <= GROUND_MAX;
}

static void
lift(const Job *job, BaseRect *box)
{
    int ground;

    if (!is_beyond(job, box->x, box->y - 1, box->width) || !find_height(job, box))
        return;
    ground = find_commonest(job, box);
    if (is_block(job, box, ground))
        turn(job, box, ground);
    else if (is_frame(job, box))
        drop_frame(job, box);
}

/* Returns: the first column from @x on that is not of the ground's very grey */
static int
skip_ground(const Job *job, int x, int y)
{
    const uint8_t *grey = pixel_at(job, 0, y);
    uint64_t ground = job->ground * G_GUINT64_CONSTANT(0x0101010101010101);
    uint64_t eight;

    for (; x + 8 <= job->page->width; x += 8) {
        memcpy(&eight, grey + x, sizeof eight);
        if (eight != ground)
            break;
    }
    while (x < job->page->width && grey[x] == job->ground)
        x++;
    return x;
}

static void
lift_in_row(const Job *job, int y)
{
    for (int x = skip_ground(job, 0, y); x < job->page->width; x = skip_ground(job, x, y)) {
        BaseRect box = {x, y, 0, 0};

        while (x < job->page->width && is_ink(job, x, y))
            x++;
        box.width = x - box.x;
        if (box.width >= WIDTH_MIN_PX && box.width <= WIDTH_MAX_PX)
            lift(job, &box);
        x += box.width == 0;
    }
}

void
reader_cursor_lift(ReaderPage *page)
{
    BaseRect all = {0, 0, page->width, page->height};
    Job job = {page, 0};

    job.ground = find_commonest(&job, &all);
    for (int y = 0; y < page->height; y++)
        lift_in_row(&job, y);
}
