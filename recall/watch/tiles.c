/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/tiles.h"

#include "protocol/sheet-pixels.h"

#include <string.h>
#include <xxhash.h>

#define UNSEEN_GREY 0x80
#define GAP_WEIGHT (UINT64_C(1) << 63)

/* A strip of the picture while it is cut. */
typedef struct {
    uint32_t x;
    uint32_t width;
    uint32_t height;
    XXH128_hash_t *rows; /* hash of each row */
    gboolean *gaps;      /* whether it lies between lines of text */
} Strip;

static XXH128_hash_t
hash_row(const uint8_t *row, uint32_t width)
{
    uint32_t masked[RECALL_TILE_WIDTH_PX]; /* without the byte that means nothing */

    for (uint32_t x = 0; x < width; x++) {
        uint32_t pixel;

        memcpy(&pixel, row + 4 * (size_t)x, sizeof(pixel));
        masked[x] = pixel & GUINT32_TO_LE(0xFFFFFF);
    }
    return XXH3_128bits(masked, 4 * (size_t)width);
}

static gboolean
is_repeated(const Strip *strip, uint32_t y)
{
    return y > 0 && strip->rows[y].low64 == strip->rows[y - 1].low64;
}

/* How much an edge below row @y is wanted. It depends on this row and the one above alone, so that
 * what scrolls is cut at the same rows; never within rows that are all the same. */
static uint64_t
get_weight(const Strip *strip, uint32_t y)
{
    uint64_t hash;

    if (y == 0 || is_repeated(strip, y))
        return 0;
    hash = strip->rows[y].low64 + 31 * strip->rows[y - 1].low64;
    return strip->gaps[y] && !strip->gaps[y - 1] ? hash | GAP_WEIGHT : hash & ~GAP_WEIGHT;
}

static gboolean
is_edge(const Strip *strip, const uint64_t *weights, uint32_t y)
{
    uint32_t first = y > RECALL_TILE_REACH_PX ? y - RECALL_TILE_REACH_PX : 0;
    uint32_t last = MIN(y + RECALL_TILE_REACH_PX, strip->height - 1);

    for (uint32_t other = first; other <= last; other++) {
        if (other != y && weights[other] >= weights[y])
            return FALSE;
    }
    return weights[y] > 0;
}

static void
add_tile(const Strip *strip, uint32_t top, uint32_t bottom, GArray *tiles)
{
    ProtocolTile tile = {.x = (uint16_t)strip->x,
                         .y = (uint16_t)top,
                         .width = (uint16_t)strip->width,
                         .height = (uint16_t)(bottom - top)};
    XXH128_canonical_t canonical;
    XXH128_hash_t hash = XXH3_128bits_withSeed(
        strip->rows + top, (bottom - top) * sizeof(strip->rows[0]), strip->width);

    XXH128_canonicalFromHash(&canonical, hash);
    memcpy(tile.digest, canonical.digest, PROTOCOL_DIGEST_BYTES);
    g_array_append_val(tiles, tile);
}

static void
cut_strip(const Strip *strip, GArray *tiles)
{
    g_autofree uint64_t *weights = g_new(uint64_t, strip->height);
    uint32_t top = 0;

    for (uint32_t y = 0; y < strip->height; y++)
        weights[y] = get_weight(strip, y);
    for (uint32_t y = 0; y < strip->height; y++) {
        if (y + 1 < strip->height && y + 1 - top < RECALL_TILE_HEIGHT_MAX_PX &&
            !is_edge(strip, weights, y))
            continue;
        add_tile(strip, top, y + 1, tiles);
        top = y + 1;
    }
}

static void
fill_unseen(uint8_t *pixels,
            size_t stride,
            uint32_t width_px,
            uint32_t height_px,
            const pixman_region32_t *seen)
{
    pixman_region32_t unseen;
    const pixman_box32_t *boxes;
    int n_boxes;

    pixman_region32_init_rect(&unseen, 0, 0, width_px, height_px);
    pixman_region32_subtract(&unseen, &unseen, (pixman_region32_t *)seen);
    boxes = pixman_region32_rectangles(&unseen, &n_boxes);
    for (int i = 0; i < n_boxes; i++) {
        for (int y = boxes[i].y1; y < boxes[i].y2; y++)
            memset(pixels + stride * (size_t)y + 4 * (size_t)boxes[i].x1, UNSEEN_GREY,
                   4 * (size_t)(boxes[i].x2 - boxes[i].x1));
    }
    pixman_region32_fini(&unseen);
}

static void
drop_unseen(GArray *tiles, const pixman_region32_t *seen)
{
    unsigned n_kept = 0;

    for (unsigned i = 0; i < tiles->len; i++) {
        const ProtocolTile *tile = &g_array_index(tiles, ProtocolTile, i);
        pixman_box32_t box = {tile->x, tile->y, tile->x + tile->width, tile->y + tile->height};

        if (pixman_region32_contains_rectangle((pixman_region32_t *)seen, &box) !=
            PIXMAN_REGION_OUT)
            g_array_index(tiles, ProtocolTile, n_kept++) = *tile;
    }
    g_array_set_size(tiles, n_kept);
}

GArray *
recall_tiles_cut(uint8_t *pixels,
                 size_t stride,
                 uint32_t width_px,
                 uint32_t height_px,
                 const pixman_region32_t *seen)
{
    GArray *tiles = g_array_new(FALSE, FALSE, sizeof(ProtocolTile));
    g_autofree XXH128_hash_t *rows = g_new(XXH128_hash_t, height_px);
    g_autofree gboolean *gaps = g_new(gboolean, height_px);

    g_assert(width_px <= PROTOCOL_SCENE_SIDE_MAX_PX && height_px <= PROTOCOL_SCENE_SIDE_MAX_PX);
    fill_unseen(pixels, stride, width_px, height_px, seen);
    for (uint32_t x = 0; x < width_px; x += RECALL_TILE_WIDTH_PX) {
        Strip strip = {x, MIN(RECALL_TILE_WIDTH_PX, width_px - x), height_px, rows, gaps};

        for (uint32_t y = 0; y < height_px; y++) {
            const uint8_t *row = pixels + stride * y + 4 * (size_t)x;

            rows[y] = hash_row(row, strip.width);
            gaps[y] = protocol_sheet_pixels_is_gap(row, strip.width);
        }
        cut_strip(&strip, tiles);
    }
    drop_unseen(tiles, seen);
    return tiles;
}
