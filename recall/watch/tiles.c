/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/tiles.h"

#include <string.h>
#include <webp/encode.h>
#include <xxhash.h>

#define UNSEEN_GREY 0x80

/* Method 1 with 30 is at its knee: method 0 takes twice the bytes, quality below 25 a tenth more,
 * method 3 with 75 a third more time for a hundredth less. */
#define WEBP_METHOD 1
#define WEBP_QUALITY 30

/* Photographs and videos: lossless they take four times as much. Tiles of text, dense ones too,
 * repeat the left neighbour in 53 % of their pixels and more, and take at most 3.5 bits a pixel;
 * what is above one of these bounds with some room is photographic (docs/HACKING.md). */
#define PHOTO_METHOD 2
#define PHOTO_QUALITY 60
#define PHOTO_REPEATS_MAX_PERCENT 45
#define LOSSLESS_MAX_BITS 4 /* a pixel */
#define PHOTO_MIN_PX 4096   /* icons and single lines of text are never photographs */

/* A strip of the picture while it is cut. */
typedef struct {
    uint32_t x;
    uint32_t width;
    uint32_t height;
    XXH128_hash_t *rows; /* hash of each row */
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
    if (y == 0 || is_repeated(strip, y))
        return 0;
    return strip->rows[y].low64 + 31 * strip->rows[y - 1].low64;
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

    g_assert(width_px <= PROTOCOL_SCENE_SIDE_MAX_PX && height_px <= PROTOCOL_SCENE_SIDE_MAX_PX);
    fill_unseen(pixels, stride, width_px, height_px, seen);
    for (uint32_t x = 0; x < width_px; x += RECALL_TILE_WIDTH_PX) {
        Strip strip = {x, MIN(RECALL_TILE_WIDTH_PX, width_px - x), height_px, rows};

        for (uint32_t y = 0; y < height_px; y++)
            rows[y] = hash_row(pixels + stride * y + 4 * (size_t)x, strip.width);
        cut_strip(&strip, tiles);
    }
    drop_unseen(tiles, seen);
    return tiles;
}

static uint32_t
get_pixel(const uint8_t *row, uint32_t x)
{
    uint32_t pixel;

    memcpy(&pixel, row + 4 * (size_t)x, sizeof(pixel));
    return pixel & GUINT32_TO_LE(0xFFFFFF);
}

/* Whether hardly a pixel is the same as the one to its left. */
static gboolean
is_photographic(const ProtocolTile *tile, const uint8_t *corner, size_t stride)
{
    size_t n_pixels = (size_t)tile->width * tile->height;
    size_t n_repeats = 0;

    for (uint32_t y = 0; y < tile->height; y++) {
        const uint8_t *row = corner + stride * y;

        for (uint32_t x = 1; x < tile->width; x++)
            n_repeats += get_pixel(row, x) == get_pixel(row, x - 1);
    }
    return n_pixels >= PHOTO_MIN_PX && n_repeats * 100 < n_pixels * PHOTO_REPEATS_MAX_PERCENT;
}

static gboolean
set_up_encoder(WebPConfig *config,
               WebPPicture *picture,
               WebPMemoryWriter *writer,
               gboolean is_lossless)
{
    if (!WebPConfigInit(config) || !WebPPictureInit(picture))
        return FALSE;
    WebPMemoryWriterInit(writer);
    config->lossless = is_lossless;
    config->method = is_lossless ? WEBP_METHOD : PHOTO_METHOD;
    config->quality = is_lossless ? WEBP_QUALITY : PHOTO_QUALITY;
    picture->use_argb = is_lossless;
    picture->writer = WebPMemoryWrite;
    picture->custom_ptr = writer;
    return TRUE;
}

static GBytes *
encode(const ProtocolTile *tile, const uint8_t *corner, size_t stride, gboolean is_lossless)
{
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriter writer;
    GBytes *bytes = NULL;

    if (!set_up_encoder(&config, &picture, &writer, is_lossless))
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

/* A tile of a few pixels is nearly all header: it is never taken for a photograph. */
static gboolean
is_dense(const ProtocolTile *tile, GBytes *lossless)
{
    size_t n_pixels = (size_t)tile->width * tile->height;

    return n_pixels >= PHOTO_MIN_PX &&
           g_bytes_get_size(lossless) * 8 > n_pixels * LOSSLESS_MAX_BITS;
}

GBytes *
recall_tiles_encode(const ProtocolTile *tile, const uint8_t *pixels, size_t stride)
{
    const uint8_t *corner = pixels + stride * tile->y + 4 * (size_t)tile->x;
    g_autoptr(GBytes) lossless = NULL;

    if (is_photographic(tile, corner, stride))
        return encode(tile, corner, stride, FALSE);
    lossless = encode(tile, corner, stride, TRUE);
    if (is_dense(tile, lossless))
        return encode(tile, corner, stride, FALSE);
    return g_steal_pointer(&lossless);
}
