/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/frame.h"

#include <string.h>
#include <xxhash.h>

#define N_HASHES 4

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
    RecallPixels *pixels; /* NULL while it is folded, and before anything was put */
    pixman_region32_t seen;
    pixman_region32_t changed;     /* pixels, since they were taken */
    pixman_region32_t changed_now; /* in this moment */
    gboolean is_held;
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
    pixman_region32_init(&self->seen);
    pixman_region32_init(&self->changed);
    pixman_region32_init(&self->changed_now);
    pixman_region32_init(&self->held_seen);
    self->n_columns = (width_px + RECALL_PIXELS_BLOCK_WIDTH_PX - 1) / RECALL_PIXELS_BLOCK_WIDTH_PX;
    self->n_rows = (height_px + RECALL_PIXELS_BLOCK_HEIGHT_PX - 1) / RECALL_PIXELS_BLOCK_HEIGHT_PX;
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
    recall_pixels_free(self->pixels);
    g_free(self->blocks);
    g_free(self);
}

void
recall_frame_hold(RecallFrame *self)
{
    recall_frame_release(self);
    if (self->pixels == NULL)
        return;
    self->is_held = TRUE;
    recall_pixels_hold(self->pixels);
    pixman_region32_copy(&self->held_seen, &self->seen);
}

void
recall_frame_release(RecallFrame *self)
{
    self->is_held = FALSE;
    if (self->pixels != NULL)
        recall_pixels_release(self->pixels);
    pixman_region32_clear(&self->held_seen);
}

uint8_t *
recall_frame_get_pixels(RecallFrame *self)
{
    return self->pixels != NULL ? recall_pixels_get_held(self->pixels) : NULL;
}

size_t
recall_frame_get_stride(const RecallFrame *self)
{
    return (size_t)self->width_px * 4;
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
    return self->is_held ? &self->held_seen : &self->seen;
}

/* What of @region is inside the frame. */
static void
init_inside(const RecallFrame *self, const pixman_region32_t *region, pixman_region32_t *out_inside)
{
    pixman_region32_init(out_inside);
    pixman_region32_intersect_rect(out_inside, (pixman_region32_t *)region, 0, 0, self->width_px,
                                   self->height_px);
}

uint8_t *
recall_frame_paint(RecallFrame *self, const pixman_region32_t *region)
{
    pixman_region32_t inside;
    uint8_t *before = NULL;

    init_inside(self, region, &inside);
    if (self->pixels != NULL && pixman_region32_not_empty(&inside))
        before = recall_pixels_paint(self->pixels, &inside);
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
    recall_pixels_unpaint(self->pixels, &inside, before);
    pixman_region32_fini(&inside);
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
    BaseRect rect = {column * RECALL_PIXELS_BLOCK_WIDTH_PX, row * RECALL_PIXELS_BLOCK_HEIGHT_PX,
                     RECALL_PIXELS_BLOCK_WIDTH_PX, RECALL_PIXELS_BLOCK_HEIGHT_PX};

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

static void
put_part(RecallFrame *self,
         Block *block,
         const BaseRect *part,
         const BaseRect *rect,
         const uint8_t *pixels,
         size_t stride)
{
    BaseRect changed = recall_pixels_put(
        self->pixels, part,
        pixels + (size_t)(part->y - rect->y) * stride + (size_t)(part->x - rect->x) * 4, stride);

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
    unsigned first_column = rect->x / RECALL_PIXELS_BLOCK_WIDTH_PX;
    unsigned last_column = (rect->x + rect->width - 1) / RECALL_PIXELS_BLOCK_WIDTH_PX;
    unsigned first_row = rect->y / RECALL_PIXELS_BLOCK_HEIGHT_PX;
    unsigned last_row = (rect->y + rect->height - 1) / RECALL_PIXELS_BLOCK_HEIGHT_PX;

    g_assert(rect->x >= 0 && rect->y >= 0 && !base_rect_is_empty(rect) &&
             rect->x + rect->width <= (int)self->width_px &&
             rect->y + rect->height <= (int)self->height_px);
    if (self->pixels == NULL)
        self->pixels = recall_pixels_new(self->width_px, self->height_px);
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

gboolean
recall_frame_has_ink(RecallFrame *self, const BaseRect *rect)
{
    BaseRect frame = {0, 0, (int)self->width_px, (int)self->height_px};
    BaseRect inside;

    if (!base_rect_intersect(rect, &frame, &inside) ||
        !is_inside(&inside, recall_frame_get_seen(self)))
        return TRUE;
    return recall_pixels_has_ink(self->pixels, &inside);
}

gboolean
recall_frame_find_ink(RecallFrame *self, const BaseRect *rect, gboolean *columns)
{
    BaseRect frame = {0, 0, (int)self->width_px, (int)self->height_px};

    if (!base_rect_contains(&frame, rect) || !is_inside(rect, recall_frame_get_seen(self)))
        return FALSE;
    recall_pixels_find_ink(self->pixels, rect, columns);
    return TRUE;
}

static uint64_t
hash_block(const RecallFrame *self, unsigned column, unsigned row)
{
    BaseRect rect = get_block_rect(self, column, row);
    size_t stride = recall_frame_get_stride(self);
    const uint8_t *at =
        recall_pixels_get_now(self->pixels) + (size_t)rect.y * stride + (size_t)rect.x * 4;
    uint64_t hash = 1;

    for (int y = 0; y < rect.height; y++)
        hash = XXH3_64bits_withSeed(at + (size_t)y * stride, (size_t)rect.width * 4, hash);
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
    recall_frame_release(self);
    g_clear_pointer(&self->pixels, recall_pixels_free);
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
