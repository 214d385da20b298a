/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/likeness.h"

#include <string.h>
#include <webp/encode.h>

#define METHOD 2
#define QUALITY 50

/* Tiles of text, dense ones too, repeat the left neighbour in 53 % of their pixels and more, and
 * have 30 pixels and more to a colour; whole screens with icons have 3000 colours
 * (docs/HACKING.md). */
#define REPEATS_MAX_PERCENT 45
#define N_COLOURS_MAX 4096
#define N_PIXELS_A_COLOUR_MIN 20
#define N_PIXELS_MIN 2048 /* icons are never photographs */

#define SLOT_BITS 14
#define N_SLOTS (1 << SLOT_BITS)
#define NO_COLOUR UINT32_MAX

/* Colours that were met, as far as the table goes. */
typedef struct {
    uint32_t slots[N_SLOTS];
    unsigned n_colours;
} Colours;

static uint32_t
get_pixel(const uint8_t *row, uint32_t x)
{
    uint32_t pixel;

    memcpy(&pixel, row + 4 * (size_t)x, sizeof(pixel));
    return pixel & GUINT32_TO_LE(0xFFFFFF);
}

static void
add_colour(Colours *self, uint32_t colour)
{
    uint32_t at = (colour * UINT32_C(2654435761)) >> (32 - SLOT_BITS); /* Knuth's multiplier */

    while (self->slots[at] != colour && self->slots[at] != NO_COLOUR)
        at = (at + 1) % N_SLOTS;
    self->n_colours += self->slots[at] == NO_COLOUR;
    self->slots[at] = colour;
}

gboolean
recall_likeness_suits(const uint8_t *pixels, size_t stride, uint32_t width_px, uint32_t height_px)
{
    size_t n_pixels = (size_t)width_px * height_px;
    size_t n_changes = 0;
    size_t n_colours_max = MIN(n_pixels / N_PIXELS_A_COLOUR_MIN, N_COLOURS_MAX);
    g_autofree Colours *colours = NULL;

    if (n_pixels < N_PIXELS_MIN)
        return FALSE;
    colours = g_malloc(sizeof(Colours));
    memset(colours->slots, 0xFF, sizeof colours->slots);
    colours->n_colours = 0;
    for (uint32_t y = 0; y < height_px; y++) {
        const uint8_t *row = pixels + stride * y;

        for (uint32_t x = 1; x < width_px; x++) {
            if (get_pixel(row, x) == get_pixel(row, x - 1))
                continue;
            n_changes++;
            add_colour(colours, get_pixel(row, x));
        }
        if (colours->n_colours > n_colours_max)
            return TRUE;
    }
    return (n_pixels - n_changes) * 100 < n_pixels * REPEATS_MAX_PERCENT;
}

GBytes *
recall_likeness_encode(const uint8_t *pixels, size_t stride, uint32_t width_px, uint32_t height_px)
{
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriter writer;
    GBytes *bytes = NULL;

    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        g_assert_not_reached(); /* another version of the library than at build time */
    WebPMemoryWriterInit(&writer);
    config.method = METHOD;
    config.quality = QUALITY;
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    picture.width = (int)width_px;
    picture.height = (int)height_px;
    if (WebPPictureImportBGRX(&picture, pixels, (int)stride) && WebPEncode(&config, &picture))
        bytes = g_bytes_new(writer.mem, writer.size);
    g_assert(bytes != NULL);
    WebPPictureFree(&picture);
    WebPMemoryWriterClear(&writer);
    return bytes;
}
