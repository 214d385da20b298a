/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/frame.h"

#include <string.h>
#include <xxhash.h>

#define N_HASHES 4
#define PAINT 0xB0 /* each colour of what is painted over */
#define INK_MIN 24 /* summed over the colours */

/* One block of the grid. */
typedef struct {
    uint64_t hashes[N_HASHES]; /* of what was read last, a ring */
    uint64_t folded_hash;      /* how it looked when the window was hidden, 0: not known */
    uint8_t next_hash;
    uint8_t n_restless; /* moments in a row that it changed without rest */
    uint8_t is_changed; /* in this moment */
    uint8_t is_kept_back;
} Block;

struct RecallFrame {
    uint32_t width_px;
    uint32_t height_px;
    size_t stride;
    uint8_t *pixels;
    pixman_region32_t seen;
    pixman_region32_t changed;     /* pixels, since they were taken */
    pixman_region32_t changed_now; /* in this moment */
    gboolean is_held;
    uint8_t *held_pixels; /* a copy, made when something is put while held; else NULL */
    pixman_region32_t held_seen;
    unsigned n_columns;
    unsigned n_rows;
    Block *blocks;
    unsigned n_kept_back;
    unsigned n_folded; /* blocks with a folded hash */
};

RecallFrame *
recall_frame_new(uint32_t width_px, uint32_t height_px)
{
    RecallFrame *self = g_new0(RecallFrame, 1);

    self->width_px = width_px;
    self->height_px = height_px;
    self->stride = (size_t)width_px * 4;
    pixman_region32_init(&self->seen);
    pixman_region32_init(&self->changed);
    pixman_region32_init(&self->changed_now);
    pixman_region32_init(&self->held_seen);
    self->n_columns = (width_px + RECALL_FRAME_BLOCK_WIDTH_PX - 1) / RECALL_FRAME_BLOCK_WIDTH_PX;
    self->n_rows = (height_px + RECALL_FRAME_BLOCK_HEIGHT_PX - 1) / RECALL_FRAME_BLOCK_HEIGHT_PX;
    self->blocks = g_new0(Block, (size_t)self->n_columns * self->n_rows);
    return self;
}

void
recall_frame_free(RecallFrame *self)
{
    if (self == NULL)
        return;
    pixman_region32_fini(&self->seen);
    pixman_region32_fini(&self->changed);
    pixman_region32_fini(&self->changed_now);
    pixman_region32_fini(&self->held_seen);
    g_free(self->pixels);
    g_free(self->held_pixels);
    g_free(self->blocks);
    g_free(self);
}

void
recall_frame_hold(RecallFrame *self)
{
    recall_frame_release(self);
    self->is_held = self->pixels != NULL;
}

void
recall_frame_release(RecallFrame *self)
{
    self->is_held = FALSE;
    g_clear_pointer(&self->held_pixels, g_free);
    pixman_region32_clear(&self->held_seen);
}

static void
copy_held(RecallFrame *self)
{
    if (!self->is_held || self->held_pixels != NULL)
        return;
    self->held_pixels = g_memdup2(self->pixels, self->stride * self->height_px);
    pixman_region32_copy(&self->held_seen, &self->seen);
}

uint8_t *
recall_frame_get_pixels(RecallFrame *self)
{
    return self->held_pixels != NULL ? self->held_pixels : self->pixels;
}

size_t
recall_frame_get_stride(const RecallFrame *self)
{
    return self->stride;
}

void
recall_frame_get_size(const RecallFrame *self, uint32_t *out_width_px, uint32_t *out_height_px)
{
    *out_width_px = self->width_px;
    *out_height_px = self->height_px;
}

const pixman_region32_t *
recall_frame_get_seen(const RecallFrame *self)
{
    return self->held_pixels != NULL ? &self->held_seen : &self->seen;
}

/* What of @region is inside the frame. */
static void
init_inside(const RecallFrame *self, const pixman_region32_t *region, pixman_region32_t *out_inside)
{
    pixman_region32_init(out_inside);
    pixman_region32_intersect_rect(out_inside, (pixman_region32_t *)region, 0, 0, self->width_px,
                                   self->height_px);
}

/* The rows of @region's boxes, one after the other, from the frame to @before or back. */
static void
copy_region(RecallFrame *self, const pixman_region32_t *region, uint8_t *before, gboolean is_back)
{
    uint8_t *pixels = recall_frame_get_pixels(self);
    int n_boxes;
    const pixman_box32_t *boxes = pixman_region32_rectangles((pixman_region32_t *)region, &n_boxes);

    for (int i = 0; i < n_boxes; i++) {
        size_t n_bytes = (size_t)(boxes[i].x2 - boxes[i].x1) * 4;

        for (int y = boxes[i].y1; y < boxes[i].y2; y++) {
            uint8_t *row = pixels + (size_t)y * self->stride + (size_t)boxes[i].x1 * 4;

            memcpy(is_back ? row : before, is_back ? before : row, n_bytes);
            if (!is_back)
                memset(row, PAINT, n_bytes);
            before += n_bytes;
        }
    }
}

static size_t
count_pixels(const pixman_region32_t *region)
{
    int n_boxes;
    const pixman_box32_t *boxes = pixman_region32_rectangles((pixman_region32_t *)region, &n_boxes);
    size_t n_pixels = 0;

    for (int i = 0; i < n_boxes; i++)
        n_pixels += (size_t)(boxes[i].x2 - boxes[i].x1) * (size_t)(boxes[i].y2 - boxes[i].y1);
    return n_pixels;
}

uint8_t *
recall_frame_paint(RecallFrame *self, const pixman_region32_t *region)
{
    pixman_region32_t inside;
    uint8_t *before = NULL;

    init_inside(self, region, &inside);
    if (recall_frame_get_pixels(self) != NULL && pixman_region32_not_empty(&inside)) {
        before = g_malloc(count_pixels(&inside) * 4);
        copy_region(self, &inside, before, FALSE);
    }
    pixman_region32_fini(&inside);
    return before;
}

void
recall_frame_unpaint(RecallFrame *self, const pixman_region32_t *region, uint8_t *before)
{
    pixman_region32_t inside;

    if (before == NULL)
        return;
    init_inside(self, region, &inside);
    copy_region(self, &inside, before, TRUE);
    pixman_region32_fini(&inside);
    g_free(before);
}

static Block *
get_block(const RecallFrame *self, unsigned column, unsigned row)
{
    return &self->blocks[(size_t)row * self->n_columns + column];
}

static BaseRect
get_block_rect(const RecallFrame *self, unsigned column, unsigned row)
{
    BaseRect frame = {0, 0, self->width_px, self->height_px};
    BaseRect rect = {column * RECALL_FRAME_BLOCK_WIDTH_PX, row * RECALL_FRAME_BLOCK_HEIGHT_PX,
                     RECALL_FRAME_BLOCK_WIDTH_PX, RECALL_FRAME_BLOCK_HEIGHT_PX};

    base_rect_intersect(&rect, &frame, &rect);
    return rect;
}

static gboolean
is_inside(const BaseRect *part, const pixman_region32_t *region)
{
    pixman_box32_t box = {part->x, part->y, part->x + part->width, part->y + part->height};

    return pixman_region32_contains_rectangle((pixman_region32_t *)region, &box) ==
           PIXMAN_REGION_IN;
}

/* The X of B G R X is undefined in the source and zero in the frame. */
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

/* Most rows that are put are as they were: those are not written.
 * @out_start, @out_end: around what differed, in pixels. Returns: FALSE when nothing did */
static gboolean
copy_row(uint8_t *to, const uint8_t *from, int n_pixels, int *out_start, int *out_end)
{
    int start = 0;
    int end = n_pixels;

    if (!differs(to, from, n_pixels))
        return FALSE;
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
    return TRUE;
}

/* Returns: around what differed, empty when nothing did */
static BaseRect
copy_part(RecallFrame *self,
          const BaseRect *part,
          const BaseRect *rect,
          const uint8_t *pixels,
          size_t stride)
{
    BaseRect all = {0};

    for (int y = part->y; y < part->y + part->height; y++) {
        uint8_t *to = self->pixels + (size_t)y * self->stride + (size_t)part->x * 4;
        const uint8_t *from =
            pixels + (size_t)(y - rect->y) * stride + (size_t)(part->x - rect->x) * 4;
        int start;
        int end;

        if (copy_row(to, from, part->width, &start, &end))
            base_rect_union(&all, &(BaseRect){part->x + start, y, end - start, 1}, &all);
    }
    return all;
}

static void
put_part(RecallFrame *self,
         Block *block,
         const BaseRect *part,
         const BaseRect *rect,
         const uint8_t *pixels,
         size_t stride)
{
    BaseRect changed = copy_part(self, part, rect, pixels, stride);

    if (!is_inside(part, &self->seen))
        changed = *part;
    if (base_rect_is_empty(&changed))
        return;
    block->is_changed = TRUE;
    pixman_region32_union_rect(&self->changed_now, &self->changed_now, changed.x, changed.y,
                               (unsigned)changed.width, (unsigned)changed.height);
}

void
recall_frame_put(RecallFrame *self, const BaseRect *rect, const uint8_t *pixels, size_t stride)
{
    unsigned first_column = rect->x / RECALL_FRAME_BLOCK_WIDTH_PX;
    unsigned last_column = (rect->x + rect->width - 1) / RECALL_FRAME_BLOCK_WIDTH_PX;
    unsigned first_row = rect->y / RECALL_FRAME_BLOCK_HEIGHT_PX;
    unsigned last_row = (rect->y + rect->height - 1) / RECALL_FRAME_BLOCK_HEIGHT_PX;

    g_assert(rect->x >= 0 && rect->y >= 0 && !base_rect_is_empty(rect) &&
             rect->x + rect->width <= (int)self->width_px &&
             rect->y + rect->height <= (int)self->height_px);
    if (self->pixels == NULL)
        self->pixels = g_malloc0(self->stride * self->height_px);
    copy_held(self);
    for (unsigned row = first_row; row <= last_row; row++) {
        for (unsigned column = first_column; column <= last_column; column++) {
            BaseRect part = get_block_rect(self, column, row);

            base_rect_intersect(&part, rect, &part);
            put_part(self, get_block(self, column, row), &part, rect, pixels, stride);
        }
    }
    pixman_region32_union_rect(&self->seen, &self->seen, rect->x, rect->y, rect->width,
                               rect->height);
}

static gboolean
stands_out(const uint8_t *pixel, const uint8_t *ground)
{
    if (memcmp(pixel, ground, 4) == 0)
        return FALSE;
    return ABS(pixel[0] - ground[0]) + ABS(pixel[1] - ground[1]) + ABS(pixel[2] - ground[2]) >
           INK_MIN;
}

gboolean
recall_frame_has_ink(RecallFrame *self, const BaseRect *rect)
{
    BaseRect frame = {0, 0, (int)self->width_px, (int)self->height_px};
    BaseRect inside;
    const uint8_t *ground;

    if (!base_rect_intersect(rect, &frame, &inside) ||
        !is_inside(&inside, recall_frame_get_seen(self)))
        return TRUE;
    ground = recall_frame_get_pixels(self) + (size_t)inside.y * self->stride + (size_t)inside.x * 4;
    for (int y = 0; y < inside.height; y++) {
        for (int x = 0; x < inside.width; x++) {
            if (stands_out(ground + (size_t)y * self->stride + (size_t)x * 4, ground))
                return TRUE;
        }
    }
    return FALSE;
}

gboolean
recall_frame_find_ink(RecallFrame *self, const BaseRect *rect, gboolean *columns)
{
    BaseRect frame = {0, 0, (int)self->width_px, (int)self->height_px};
    const uint8_t *top;

    if (!base_rect_contains(&frame, rect) || !is_inside(rect, recall_frame_get_seen(self)))
        return FALSE;
    top = recall_frame_get_pixels(self) + (size_t)rect->y * self->stride + (size_t)rect->x * 4;
    for (int y = 1; y < rect->height; y++) {
        for (int x = 0; x < rect->width; x++)
            columns[x] |=
                stands_out(top + (size_t)y * self->stride + (size_t)x * 4, top + (size_t)x * 4);
    }
    return TRUE;
}

static uint64_t
hash_block(const RecallFrame *self, unsigned column, unsigned row)
{
    BaseRect rect = get_block_rect(self, column, row);
    uint64_t hash = 1;

    for (int y = rect.y; y < rect.y + rect.height; y++)
        hash = XXH3_64bits_withSeed(self->pixels + (size_t)y * self->stride + (size_t)rect.x * 4,
                                    (size_t)rect.width * 4, hash);
    return hash | 1; /* 0 is an empty place in the ring */
}

static gboolean
is_known(const Block *block, uint64_t hash)
{
    for (unsigned i = 0; i < N_HASHES; i++) {
        if (block->hashes[i] == hash)
            return TRUE;
    }
    return FALSE;
}

static void
remember_hash(Block *block, uint64_t hash)
{
    if (is_known(block, hash))
        return;
    block->hashes[block->next_hash] = hash;
    block->next_hash = (block->next_hash + 1) % N_HASHES;
}

static gboolean
touches_block(const RecallFrame *self,
              unsigned column,
              unsigned row,
              const pixman_region32_t *region)
{
    BaseRect rect = get_block_rect(self, column, row);
    pixman_box32_t box = {rect.x, rect.y, rect.x + rect.width, rect.y + rect.height};

    return pixman_region32_contains_rectangle((pixman_region32_t *)region, &box) !=
           PIXMAN_REGION_OUT;
}

/* @forgets: the others that were known */
static void
remember_looks(RecallFrame *self, const pixman_region32_t *region, gboolean forgets)
{
    for (unsigned row = 0; self->pixels != NULL && row < self->n_rows; row++) {
        for (unsigned column = 0; column < self->n_columns; column++) {
            Block *block = get_block(self, column, row);

            if (!touches_block(self, column, row, region))
                continue;
            if (forgets)
                memset(block->hashes, 0, sizeof(block->hashes));
            remember_hash(block, hash_block(self, column, row));
        }
    }
}

void
recall_frame_take_changes(RecallFrame *self, pixman_region32_t *changed)
{
    remember_looks(self, &self->changed, FALSE);
    pixman_region32_union(changed, changed, &self->changed);
    pixman_region32_clear(&self->changed);
}

gboolean
recall_frame_has_changes(const RecallFrame *self)
{
    return pixman_region32_not_empty((pixman_region32_t *)&self->changed);
}

void
recall_frame_add_changes(const RecallFrame *self, pixman_region32_t *changed)
{
    if (!self->is_held)
        pixman_region32_union(changed, changed, (pixman_region32_t *)&self->changed);
}

void
recall_frame_forget_looks(RecallFrame *self, const pixman_region32_t *region)
{
    remember_looks(self, region, TRUE);
}

static void
add_block(const RecallFrame *self, unsigned column, unsigned row, pixman_region32_t *fresh)
{
    BaseRect rect = get_block_rect(self, column, row);

    pixman_region32_union_rect(fresh, fresh, rect.x, rect.y, rect.width, rect.height);
}

static gboolean
is_awaited(const RecallFrame *self)
{
    pixman_region32_t both;
    gboolean is_so;

    pixman_region32_init(&both);
    pixman_region32_intersect(&both, (pixman_region32_t *)&self->changed,
                              (pixman_region32_t *)&self->changed_now);
    is_so = pixman_region32_not_empty(&both);
    pixman_region32_fini(&both);
    return is_so;
}

/* A blinking caret: nearly nothing changed, and all of it looks as it did before. */
static gboolean
is_blink(const RecallFrame *self)
{
    unsigned n_changed = 0;

    if (is_awaited(self))
        return FALSE; /* what stands there is not read yet: it may be about to be */
    for (unsigned row = 0; row < self->n_rows; row++) {
        for (unsigned column = 0; column < self->n_columns; column++) {
            const Block *block = get_block(self, column, row);

            if (!block->is_changed)
                continue;
            if (++n_changed > RECALL_FRAME_N_KNOWN_BLOCKS_MAX ||
                !is_known(block, hash_block(self, column, row)))
                return FALSE;
        }
    }
    return n_changed > 0;
}

static void
keep_back(RecallFrame *self, Block *block)
{
    if (!block->is_kept_back)
        self->n_kept_back++;
    block->is_kept_back = TRUE;
}

static void
let_go(RecallFrame *self, Block *block)
{
    if (block->is_kept_back)
        self->n_kept_back--;
    block->is_kept_back = FALSE;
}

static void
sort_block(RecallFrame *self,
           unsigned column,
           unsigned row,
           gboolean at_rest,
           pixman_region32_t *fresh)
{
    Block *block = get_block(self, column, row);
    gboolean is_restless = block->is_changed && !at_rest;

    block->n_restless = is_restless ? MIN(block->n_restless + 1, RECALL_FRAME_N_BUSY) : 0;
    if (block->n_restless >= RECALL_FRAME_N_BUSY) {
        keep_back(self, block);
    } else if (block->is_changed || block->is_kept_back) {
        let_go(self, block);
        add_block(self, column, row, fresh);
    }
    block->is_changed = FALSE;
}

static void
forget_changes(RecallFrame *self)
{
    pixman_region32_clear(&self->changed_now);
    for (size_t i = 0; i < (size_t)self->n_columns * self->n_rows; i++)
        self->blocks[i].is_changed = FALSE;
}

/* Blocks that look as they did before the window was hidden are no change. One of which only a part
 * is shown cannot be compared: it counts as changed. */
static void
unfold_blocks(RecallFrame *self)
{
    pixman_region32_t same;

    pixman_region32_init(&same);
    for (unsigned row = 0; row < self->n_rows && self->n_folded > 0; row++) {
        for (unsigned column = 0; column < self->n_columns; column++) {
            Block *block = get_block(self, column, row);
            BaseRect rect = get_block_rect(self, column, row);

            if (block->folded_hash == 0 || !block->is_changed)
                continue;
            if (is_inside(&rect, &self->seen) &&
                hash_block(self, column, row) == block->folded_hash) {
                block->is_changed = FALSE;
                pixman_region32_union_rect(&same, &same, rect.x, rect.y, (unsigned)rect.width,
                                           (unsigned)rect.height);
            }
            block->folded_hash = 0;
            self->n_folded--;
        }
    }
    pixman_region32_subtract(&self->changed_now, &self->changed_now, &same);
    pixman_region32_fini(&same);
}

void
recall_frame_end_moment(RecallFrame *self, gboolean at_rest, pixman_region32_t *fresh)
{
    unfold_blocks(self);
    if (self->n_kept_back == 0 && is_blink(self)) {
        forget_changes(self);
        return;
    }
    pixman_region32_union(&self->changed, &self->changed, &self->changed_now);
    pixman_region32_clear(&self->changed_now);
    for (unsigned row = 0; row < self->n_rows; row++) {
        for (unsigned column = 0; column < self->n_columns; column++)
            sort_block(self, column, row, at_rest, fresh);
    }
}

/* A block that was not shown since the last time keeps what is known of it. */
static void
fold_block(RecallFrame *self, unsigned column, unsigned row)
{
    Block *block = get_block(self, column, row);
    BaseRect rect = get_block_rect(self, column, row);

    if (block->is_changed || block->is_kept_back)
        block->folded_hash = 0;
    else if (is_inside(&rect, &self->seen))
        block->folded_hash = hash_block(self, column, row);
    self->n_folded += block->folded_hash != 0;
    let_go(self, block);
    block->is_changed = FALSE;
    block->n_restless = 0;
}

void
recall_frame_fold(RecallFrame *self)
{
    if (self->pixels == NULL)
        return;
    self->n_folded = 0;
    for (unsigned row = 0; row < self->n_rows; row++) {
        for (unsigned column = 0; column < self->n_columns; column++)
            fold_block(self, column, row);
    }
    g_clear_pointer(&self->pixels, g_free);
    recall_frame_release(self);
    pixman_region32_clear(&self->seen);
}

gboolean
recall_frame_has_busy(const RecallFrame *self)
{
    return self->n_kept_back > 0;
}

void
recall_frame_take_busy(RecallFrame *self, pixman_region32_t *fresh)
{
    for (unsigned row = 0; row < self->n_rows; row++) {
        for (unsigned column = 0; column < self->n_columns; column++) {
            Block *block = get_block(self, column, row);

            if (!block->is_kept_back)
                continue;
            let_go(self, block);
            add_block(self, column, row, fresh);
        }
    }
}
