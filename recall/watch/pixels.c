/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/pixels.h"

#include "recall/watch/region.h"

#include <string.h>

#define PAINT 0xB0 /* each colour of what is painted over */
#define INK_MIN 24 /* summed over the colours */

struct RecallPixels {
    uint32_t width_px;
    uint32_t height_px;
    size_t stride;
    uint8_t *pixels;
    gboolean is_held;
    gboolean shows_held; /* the look in place, where there are two */
    unsigned n_columns;
    unsigned n_rows;
    uint8_t **others; /* of each block the look that is not in place, or NULL: there is one */
    unsigned n_others;
};

RecallPixels *
recall_pixels_new(uint32_t width_px, uint32_t height_px)
{
    RecallPixels *self = g_new0(RecallPixels, 1);

    self->width_px = width_px;
    self->height_px = height_px;
    self->stride = (size_t)width_px * 4;
    self->pixels = g_malloc0(self->stride * height_px);
    self->n_columns = (width_px + RECALL_PIXELS_BLOCK_WIDTH_PX - 1) / RECALL_PIXELS_BLOCK_WIDTH_PX;
    self->n_rows = (height_px + RECALL_PIXELS_BLOCK_HEIGHT_PX - 1) / RECALL_PIXELS_BLOCK_HEIGHT_PX;
    self->others = g_new0(uint8_t *, (size_t)self->n_columns * self->n_rows);
    return self;
}

static void
clear_others(RecallPixels *self)
{
    for (size_t i = 0; self->n_others > 0 && i < (size_t)self->n_columns * self->n_rows; i++) {
        self->n_others -= self->others[i] != NULL;
        g_clear_pointer(&self->others[i], g_free);
    }
}

void
recall_pixels_free(RecallPixels *self)
{
    if (self == NULL)
        return;
    clear_others(self);
    g_free(self->others);
    g_free(self->pixels);
    g_free(self);
}

/* --- two looks --- */

static uint8_t *
get_at(const RecallPixels *self, int x, int y)
{
    return self->pixels + (size_t)y * self->stride + (size_t)x * 4;
}

static BaseRect
get_block_rect(const RecallPixels *self, size_t index)
{
    int x = (int)(index % self->n_columns) * RECALL_PIXELS_BLOCK_WIDTH_PX;
    int y = (int)(index / self->n_columns) * RECALL_PIXELS_BLOCK_HEIGHT_PX;

    return (BaseRect){x, y, MIN(RECALL_PIXELS_BLOCK_WIDTH_PX, (int)self->width_px - x),
                      MIN(RECALL_PIXELS_BLOCK_HEIGHT_PX, (int)self->height_px - y)};
}

static void
exchange(RecallPixels *self, size_t index)
{
    uint8_t row[RECALL_PIXELS_BLOCK_WIDTH_PX * 4];
    BaseRect block = get_block_rect(self, index);
    size_t n_bytes = (size_t)block.width * 4;

    for (int y = 0; y < block.height; y++) {
        uint8_t *in_place = get_at(self, block.x, block.y + y);
        uint8_t *other = self->others[index] + (size_t)y * n_bytes;

        memcpy(row, in_place, n_bytes);
        memcpy(in_place, other, n_bytes);
        memcpy(other, row, n_bytes);
    }
}

static void
show(RecallPixels *self, gboolean shows_held)
{
    unsigned n_left = self->shows_held == shows_held ? 0 : self->n_others;

    for (size_t i = 0; n_left > 0; i++) {
        if (self->others[i] == NULL)
            continue;
        exchange(self, i);
        n_left--;
    }
    self->shows_held = shows_held;
}

/* The block is about to look otherwise. */
static void
keep_held(RecallPixels *self, const BaseRect *part)
{
    size_t index = (size_t)(part->y / RECALL_PIXELS_BLOCK_HEIGHT_PX) * self->n_columns +
                   (size_t)(part->x / RECALL_PIXELS_BLOCK_WIDTH_PX);
    BaseRect block = get_block_rect(self, index);
    size_t n_bytes = (size_t)block.width * 4;

    if (!self->is_held || self->others[index] != NULL)
        return;
    self->others[index] = g_malloc(n_bytes * (size_t)block.height);
    self->n_others++;
    for (int y = 0; y < block.height; y++)
        memcpy(self->others[index] + (size_t)y * n_bytes, get_at(self, block.x, block.y + y),
               n_bytes);
}

void
recall_pixels_hold(RecallPixels *self)
{
    recall_pixels_release(self);
    self->is_held = TRUE;
}

void
recall_pixels_release(RecallPixels *self)
{
    show(self, FALSE);
    clear_others(self);
    self->is_held = FALSE;
}

uint8_t *
recall_pixels_get_held(RecallPixels *self)
{
    show(self, self->is_held);
    return self->pixels;
}

const uint8_t *
recall_pixels_get_now(RecallPixels *self)
{
    show(self, FALSE);
    return self->pixels;
}

size_t
recall_pixels_get_stride(const RecallPixels *self)
{
    return self->stride;
}

/* --- putting --- */

/* The X of B G R X is undefined in the source and zero here. */
static uint32_t
get_pixel(const uint8_t *row, int i)
{
    uint32_t pixel;

    memcpy(&pixel, row + (size_t)i * 4, 4);
    return pixel & GUINT32_TO_LE(0xFFFFFF);
}

static gboolean
differs(const uint8_t *a, const uint8_t *b, int n_pixels)
{
    uint32_t all = 0;

    for (int i = 0; i < n_pixels; i++)
        all |= get_pixel(a, i) ^ get_pixel(b, i);
    return all != 0;
}

/* The rows differ. @out_start, @out_end: around where, in pixels */
static void
copy_row(uint8_t *to, const uint8_t *from, int n_pixels, int *out_start, int *out_end)
{
    int start = 0;
    int end = n_pixels;

    while (get_pixel(to, start) == get_pixel(from, start))
        start++;
    while (get_pixel(to, end - 1) == get_pixel(from, end - 1))
        end--;
    for (int i = start; i < end; i++) {
        uint32_t pixel = get_pixel(from, i);

        memcpy(to + (size_t)i * 4, &pixel, 4);
    }
    *out_start = start;
    *out_end = end;
}

/* Most rows that are put are as they were: those are not written. */
BaseRect
recall_pixels_put(RecallPixels *self, const BaseRect *part, const uint8_t *pixels, size_t stride)
{
    BaseRect all = {0};

    show(self, FALSE);
    for (int y = 0; y < part->height; y++) {
        uint8_t *to = get_at(self, part->x, part->y + y);
        const uint8_t *from = pixels + (size_t)y * stride;
        int start;
        int end;

        if (!differs(to, from, part->width))
            continue;
        keep_held(self, part);
        copy_row(to, from, part->width, &start, &end);
        base_rect_union(&all, &(BaseRect){part->x + start, part->y + y, end - start, 1}, &all);
    }
    return all;
}

/* --- painting --- */

/* The rows of @region's boxes, one after the other, from the held look to @before or back. */
static void
copy_region(RecallPixels *self, const pixman_region32_t *region, uint8_t *before, gboolean is_back)
{
    int n_boxes;
    const pixman_box32_t *boxes = pixman_region32_rectangles((pixman_region32_t *)region, &n_boxes);

    show(self, self->is_held);
    for (int i = 0; i < n_boxes; i++) {
        size_t n_bytes = (size_t)(boxes[i].x2 - boxes[i].x1) * 4;

        for (int y = boxes[i].y1; y < boxes[i].y2; y++) {
            uint8_t *row = get_at(self, boxes[i].x1, y);

            memcpy(is_back ? row : before, is_back ? before : row, n_bytes);
            if (!is_back)
                memset(row, PAINT, n_bytes);
            before += n_bytes;
        }
    }
}

uint8_t *
recall_pixels_paint(RecallPixels *self, const pixman_region32_t *region)
{
    uint8_t *before = g_malloc((size_t)recall_region_area_px(region) * 4);

    copy_region(self, region, before, FALSE);
    return before;
}

void
recall_pixels_unpaint(RecallPixels *self, const pixman_region32_t *region, uint8_t *before)
{
    copy_region(self, region, before, TRUE);
    g_free(before);
}

/* --- ink --- */

static gboolean
stands_out(const uint8_t *pixel, const uint8_t *ground)
{
    if (memcmp(pixel, ground, 4) == 0)
        return FALSE;
    return ABS(pixel[0] - ground[0]) + ABS(pixel[1] - ground[1]) + ABS(pixel[2] - ground[2]) >
           INK_MIN;
}

gboolean
recall_pixels_has_ink(RecallPixels *self, const BaseRect *rect)
{
    const uint8_t *ground = get_at(self, rect->x, rect->y);

    show(self, self->is_held);
    for (int y = 0; y < rect->height; y++) {
        for (int x = 0; x < rect->width; x++) {
            if (stands_out(ground + (size_t)y * self->stride + (size_t)x * 4, ground))
                return TRUE;
        }
    }
    return FALSE;
}

void
recall_pixels_find_ink(RecallPixels *self, const BaseRect *rect, gboolean *columns)
{
    const uint8_t *top = get_at(self, rect->x, rect->y);

    show(self, self->is_held);
    for (int y = 1; y < rect->height; y++) {
        for (int x = 0; x < rect->width; x++)
            columns[x] |=
                stands_out(top + (size_t)y * self->stride + (size_t)x * 4, top + (size_t)x * 4);
    }
}
