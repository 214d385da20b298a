/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/tiles.h"

#include <string.h>
#include <webp/encode.h>
#include <xxhash.h>

#define CUT_MASK 31 /* a row in so many is an edge */
#define UNSEEN_GREY 0x80
#define WEBP_METHOD 0

/* A strip of the picture while it is cut. */
typedef struct {
    const uint8_t *pixels; /* of its upper left corner */
    size_t stride;
    uint32_t width;
    uint32_t height;
    XXH3_state_t *digest;
} Strip;

/* The row's pixels without the byte that means nothing. */
static void
copy_row(const Strip *strip, uint32_t y, uint32_t *out)
{
    const uint8_t *row = strip->pixels + strip->stride * y;

    for (uint32_t x = 0; x < strip->width; x++) {
        uint32_t pixel;

        memcpy(&pixel, row + 4 * (size_t)x, sizeof(pixel));
        out[x] = pixel & GUINT32_TO_LE(0xFFFFFF);
    }
}

static void
end_tile(const Strip *strip, uint32_t x, uint32_t top, uint32_t bottom, GArray *tiles)
{
    ProtocolTile tile = {.x = (uint16_t)x,
                         .y = (uint16_t)top,
                         .width = (uint16_t)strip->width,
                         .height = (uint16_t)(bottom - top)};
    uint32_t size[2] = {GUINT32_TO_LE(tile.width), GUINT32_TO_LE(tile.height)};
    XXH128_canonical_t canonical;

    XXH3_128bits_update(strip->digest, size, sizeof(size));
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(strip->digest));
    memcpy(tile.digest, canonical.digest, PROTOCOL_DIGEST_BYTES);
    g_array_append_val(tiles, tile);
    XXH3_128bits_reset(strip->digest);
}

/* An edge lies below a row when a hash over it and the one above says so: these two decide alone,
 * so that what scrolls is cut at the same rows. */
static void
cut_strip(const Strip *strip, uint32_t x, GArray *tiles)
{
    uint32_t row[RECALL_TILE_WIDTH_PX];
    uint64_t above = 0;
    uint32_t top = 0;

    XXH3_128bits_reset(strip->digest);
    for (uint32_t y = 0; y < strip->height; y++) {
        uint64_t hash;

        copy_row(strip, y, row);
        hash = XXH3_64bits(row, 4 * (size_t)strip->width);
        XXH3_128bits_update(strip->digest, row, 4 * (size_t)strip->width);
        if (y + 1 == strip->height || y + 1 - top == RECALL_TILE_HEIGHT_MAX_PX ||
            (y + 1 - top >= RECALL_TILE_HEIGHT_MIN_PX && hash != above &&
             ((hash + 31 * above) & CUT_MASK) == 0)) {
            end_tile(strip, x, top, y + 1, tiles);
            top = y + 1;
        }
        above = hash;
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
    XXH3_state_t *digest = XXH3_createState();

    g_assert(width_px <= PROTOCOL_SCENE_SIDE_MAX_PX && height_px <= PROTOCOL_SCENE_SIDE_MAX_PX);
    fill_unseen(pixels, stride, width_px, height_px, seen);
    for (uint32_t x = 0; x < width_px; x += RECALL_TILE_WIDTH_PX) {
        Strip strip = {pixels + 4 * (size_t)x, stride, MIN(RECALL_TILE_WIDTH_PX, width_px - x),
                       height_px, digest};

        cut_strip(&strip, x, tiles);
    }
    XXH3_freeState(digest);
    drop_unseen(tiles, seen);
    return tiles;
}

static gboolean
set_up_encoder(WebPConfig *config, WebPPicture *picture, WebPMemoryWriter *writer)
{
    if (!WebPConfigInit(config) || !WebPPictureInit(picture))
        return FALSE;
    WebPMemoryWriterInit(writer);
    config->lossless = 1;
    config->method = WEBP_METHOD;
    config->quality = 0;
    picture->use_argb = 1;
    picture->writer = WebPMemoryWrite;
    picture->custom_ptr = writer;
    return TRUE;
}

GBytes *
recall_tiles_encode(const ProtocolTile *tile, const uint8_t *pixels, size_t stride)
{
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriter writer;
    const uint8_t *corner = pixels + stride * tile->y + 4 * (size_t)tile->x;
    GBytes *bytes = NULL;

    if (!set_up_encoder(&config, &picture, &writer))
        g_assert_not_reached(); /* another version of the library than at build time */
    picture.width = tile->width;
    picture.height = tile->height;
    if (WebPPictureImportBGRX(&picture, corner, (int)stride) && WebPEncode(&config, &picture))
        bytes = g_bytes_new(writer.mem, writer.size);
    g_assert(bytes != NULL);
    WebPPictureFree(&picture);
    WebPMemoryWriterClear(&writer);
    return bytes;
}
