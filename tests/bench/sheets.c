/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/sheets.h"

#include <string.h>

#define LETTER_PX 8
#define LINE_PX 18
#define N_LETTERS 26

#define N_GREYS 250 /* so that a pixel is one byte of the sheet */

/* @coded: (transfer full) */
static GPtrArray *
wrap(const GArray *tiles, GBytes *coded)
{
    GPtrArray *sheets = g_ptr_array_new_with_free_func((GDestroyNotify)protocol_sheet_unref);
    GPtrArray *digests = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    for (unsigned i = 0; i < tiles->len; i++)
        g_ptr_array_add(digests, g_bytes_new(g_array_index(tiles, ProtocolTile, i).digest,
                                             PROTOCOL_DIGEST_BYTES));
    g_ptr_array_add(sheets, protocol_sheet_new(digests, coded));
    return sheets;
}

/* Each letter is a pattern of its own. */
static void
draw_letter(uint8_t *corner, size_t stride, unsigned letter)
{
    for (unsigned y = 0; y < LETTER_PX + 4; y++) {
        for (unsigned x = 0; x < LETTER_PX - 1; x++) {
            if (((letter * 2654435761u) >> ((x * 5 + y * 3) % 32) & 1) != 0)
                memset(corner + stride * y + 4 * (size_t)x, 0, 4);
        }
    }
}

static uint8_t *
draw_text(const ProtocolTile *tile, GRand *random, size_t n_pixels)
{
    size_t stride = 4 * (size_t)tile->width;
    uint8_t *pixels = g_malloc(stride * tile->height);

    memset(pixels, 0xFF, stride * tile->height);
    for (unsigned y = 0; y + LINE_PX <= tile->height; y += LINE_PX) {
        for (unsigned x = 0; x + LETTER_PX <= tile->width; x += LETTER_PX)
            draw_letter(pixels + stride * y + 4 * (size_t)x, stride,
                        (unsigned)g_rand_int_range(random, 0, N_LETTERS));
    }
    return pixels;
}

/* Grey ones; the rest is white. */
static uint8_t *
draw_noise(const ProtocolTile *tile, GRand *random, size_t n_pixels)
{
    size_t n_all = (size_t)tile->width * tile->height;
    uint8_t *pixels = g_malloc(4 * n_all);

    memset(pixels, 0xFF, 4 * n_all);
    for (size_t i = 0; i < MIN(n_pixels, n_all); i++)
        memset(pixels + 4 * i, g_rand_int_range(random, 0, N_GREYS), 3);
    return pixels;
}

typedef uint8_t *(*DrawFunc)(const ProtocolTile *tile, GRand *random, size_t n_pixels);

static GPtrArray *
draw_all(const GArray *tiles, DrawFunc draw, GRand *random, size_t n_pixels)
{
    g_autoptr(GPtrArray) pixels = g_ptr_array_new_with_free_func(g_free);
    g_autofree ProtocolSheetTile *coded = g_new(ProtocolSheetTile, tiles->len);

    if (tiles->len == 0)
        return g_ptr_array_new();
    for (unsigned i = 0; i < tiles->len; i++) {
        const ProtocolTile *tile = &g_array_index(tiles, ProtocolTile, i);

        g_ptr_array_add(pixels, draw(tile, random, n_pixels));
        coded[i] = (ProtocolSheetTile){tile->width, tile->height, 4 * (size_t)tile->width,
                                       pixels->pdata[i]};
    }
    return wrap(tiles, protocol_sheet_pixels_encode(coded, tiles->len));
}

GPtrArray *
bench_sheets_of_text(const GArray *tiles, GRand *random)
{
    return draw_all(tiles, draw_text, random, 0);
}

GPtrArray *
bench_sheets_of_noise(const GArray *tiles, size_t n_bytes, GRand *random)
{
    return draw_all(tiles, draw_noise, random, n_bytes / MAX(tiles->len, 1));
}
