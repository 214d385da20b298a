/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/sheet-pixels.h"
#include "recall/watch/likeness.h"
#include "recall/watch/tiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <webp/encode.h>

/* What pictures take: sheets-read FILE.ppm... (8 bits, in the order in which they were seen). Of
 * each the tiles that were not seen before: as lossless WebP (method 1, quality 30), as likenesses,
 * and as one sheet; in the end all tiles in as few sheets as there can be. */

typedef struct {
    GHashTable *seen; /* digests */
    GPtrArray *pixels;
    GArray *tiles; /* of ProtocolSheetTile: all that are no likeness */
} Screens;

static double
get_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static uint8_t *
read_ppm(const char *path, uint32_t *out_width, uint32_t *out_height)
{
    FILE *file = fopen(path, "rb");
    uint8_t *pixels;
    uint8_t rgb[3];

    if (file == NULL || fscanf(file, "P6 %u %u 255", out_width, out_height) != 2 ||
        *out_width > PROTOCOL_SCENE_SIDE_MAX_PX || *out_height > PROTOCOL_SCENE_SIDE_MAX_PX) {
        fprintf(stderr, "%s is no PPM file of 8 bits\n", path);
        exit(EXIT_FAILURE);
    }
    fgetc(file);
    pixels = g_malloc0(4 * (size_t)*out_width * *out_height);
    for (size_t i = 0; i < (size_t)*out_width * *out_height && fread(rgb, 3, 1, file) == 1; i++) {
        for (unsigned c = 0; c < 3; c++)
            pixels[4 * i + c] = rgb[2 - c];
    }
    fclose(file);
    return pixels;
}

static size_t
count_webp(const ProtocolSheetTile *tile)
{
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriter writer;
    size_t n_bytes;

    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        abort();
    WebPMemoryWriterInit(&writer);
    config.lossless = picture.use_argb = 1;
    config.method = 1;
    config.quality = 30;
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    picture.width = tile->width;
    picture.height = tile->height;
    if (!WebPPictureImportBGRX(&picture, tile->pixels, (int)tile->stride) ||
        !WebPEncode(&config, &picture))
        abort();
    n_bytes = writer.size;
    WebPPictureFree(&picture);
    WebPMemoryWriterClear(&writer);
    return n_bytes;
}

static size_t
count_sheet(const ProtocolSheetTile *tiles, unsigned n)
{
    g_autoptr(GBytes) coded = n > 0 ? protocol_sheet_pixels_encode(tiles, n) : NULL;

    return coded != NULL ? g_bytes_get_size(coded) : 0;
}

static void
read_screen(Screens *self, const char *path)
{
    pixman_region32_t seen;
    uint32_t width, height;
    uint8_t *pixels = read_ppm(path, &width, &height);
    size_t stride = 4 * (size_t)width;
    g_autoptr(GArray) tiles = NULL;
    size_t n_webp = 0, n_likeness = 0, n_pixels = 0, n_sheet;
    unsigned first = self->tiles->len;
    double webp_ms = 0, sheet_ms, cut_ms = get_ms();

    pixman_region32_init_rect(&seen, 0, 0, width, height);
    tiles = recall_tiles_cut(pixels, stride, width, height, &seen);
    cut_ms = get_ms() - cut_ms;
    pixman_region32_fini(&seen);
    g_ptr_array_add(self->pixels, pixels);
    for (unsigned i = 0; i < tiles->len; i++) {
        const ProtocolTile *tile = &g_array_index(tiles, ProtocolTile, i);
        ProtocolSheetTile part = {tile->width, tile->height, stride,
                                  pixels + stride * tile->y + 4 * (size_t)tile->x};
        double begin_ms = get_ms();

        if (!g_hash_table_add(self->seen, g_bytes_new(tile->digest, PROTOCOL_DIGEST_BYTES)))
            continue;
        if (recall_likeness_suits(part.pixels, stride, part.width, part.height)) {
            g_autoptr(GBytes) likeness =
                recall_likeness_encode(part.pixels, stride, part.width, part.height);

            n_likeness += g_bytes_get_size(likeness);
            continue;
        }
        n_webp += count_webp(&part);
        webp_ms += get_ms() - begin_ms;
        n_pixels += (size_t)part.width * part.height;
        g_array_append_val(self->tiles, part);
    }
    sheet_ms = get_ms();
    n_sheet = count_sheet(&g_array_index(self->tiles, ProtocolSheetTile, first),
                          self->tiles->len - first);
    printf(
        "%s: %u tiles, cut in %.1f ms; new %u of %zu pixels: WebP %zu bytes in %.1f ms, sheet %zu "
        "in %.1f ms; likenesses %zu\n",
        path, tiles->len, cut_ms, self->tiles->len - first, n_pixels, n_webp, webp_ms, n_sheet,
        get_ms() - sheet_ms, n_likeness);
}

static void
merge(const Screens *self)
{
    unsigned first = 0;
    unsigned n_sheets = 0;
    size_t n_bytes = 0;
    double begin_ms = get_ms();

    while (first < self->tiles->len) {
        const ProtocolSheetTile *tiles = &g_array_index(self->tiles, ProtocolSheetTile, first);
        size_t n_pixels = 0;
        unsigned n = 0;

        for (; first + n < self->tiles->len && n_pixels < 2 * 1024 * 1024; n++)
            n_pixels += (size_t)tiles[n].width * tiles[n].height;
        n_bytes += count_sheet(tiles, n);
        n_sheets++;
        first += n;
    }
    printf("all in %u sheets: %zu bytes in %.1f ms\n", n_sheets, n_bytes, get_ms() - begin_ms);
}

int
main(int argc, char **argv)
{
    Screens screens = {
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL),
        g_ptr_array_new_with_free_func(g_free),
        g_array_new(FALSE, FALSE, sizeof(ProtocolSheetTile))};

    for (int i = 1; i < argc; i++)
        read_screen(&screens, argv[i]);
    merge(&screens);
    g_hash_table_unref(screens.seen);
    g_ptr_array_unref(screens.pixels);
    g_array_unref(screens.tiles);
    return EXIT_SUCCESS;
}
