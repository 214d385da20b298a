/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/sheet-pixels.h"
#include "protocol/varint.h"

#include <string.h>
#include <zstd.h>

#define ESCAPE 255
#define PIXEL_BYTES 4

/* Numbers that are small as a rule, and what of them is large. */
typedef struct {
    const uint8_t *small;
    const uint8_t *low;
    const uint8_t *high;
} Ranks;

typedef struct {
    uint16_t width;
    uint8_t height;
    size_t at; /* its first pixel in @pixels */
} Glyph;

typedef struct {
    ProtocolReader reader; /* of what is left */
    const uint8_t *colours;
    uint32_t n_colours;
    GArray *glyphs;   /* of Glyph */
    uint32_t *pixels; /* of the glyphs, as colours: B G R X in memory */
    uint32_t n_bands;
    const uint8_t *band_heights;
    Ranks backgrounds;
    ProtocolReader gaps;
    uint32_t n_drawn;
    const uint8_t *drawn_at;
    Ranks drawn;
} Decoder;

static void
clear_decoder(Decoder *self)
{
    g_array_unref(self->glyphs);
    g_free(self->pixels);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Decoder, clear_decoder)

gboolean
protocol_sheet_pixels_is_likeness(GBytes *bytes)
{
    size_t n_bytes;
    const void *data = g_bytes_get_data(bytes, &n_bytes);

    return n_bytes > 4 && memcmp(data, "RIFF", 4) == 0;
}

/* --- numbers --- */

static gboolean
take_number(ProtocolReader *reader, unsigned n_bytes, uint32_t *out)
{
    uint32_t bytes = 0;

    if (!protocol_reader_take(reader, &bytes, n_bytes))
        return FALSE;
    *out = GUINT32_FROM_LE(bytes);
    return TRUE;
}

/* Passes over @n_bytes and leaves @out at their begin. */
static gboolean
skip(ProtocolReader *reader, size_t n_bytes, const uint8_t **out)
{
    if (reader->n_bytes < n_bytes)
        return FALSE;
    *out = reader->data;
    reader->data += n_bytes;
    reader->n_bytes -= n_bytes;
    return TRUE;
}

static gboolean
take_ranks(ProtocolReader *reader, size_t n, Ranks *out)
{
    size_t n_large = 0;

    if (!skip(reader, n, &out->small))
        return FALSE;
    for (size_t i = 0; i < n; i++)
        n_large += out->small[i] == ESCAPE;
    return skip(reader, n_large, &out->low) && skip(reader, n_large, &out->high);
}

/* There is one. */
static uint32_t
next_rank(Ranks *self)
{
    uint32_t rank = *self->small++;

    if (rank == ESCAPE)
        rank += *self->low++ + ((uint32_t)*self->high++ << 8);
    return rank;
}

static gboolean
take_colour(const Decoder *self, Ranks *ranks, uint32_t *out)
{
    uint32_t rank = next_rank(ranks);
    uint8_t green;
    uint8_t pixel[PIXEL_BYTES] = {0};

    if (rank >= self->n_colours)
        return FALSE;
    green = self->colours[rank];
    pixel[0] = (uint8_t)(green + self->colours[2 * (size_t)self->n_colours + rank]);
    pixel[1] = green;
    pixel[2] = (uint8_t)(green + self->colours[(size_t)self->n_colours + rank]);
    memcpy(out, pixel, sizeof pixel);
    return TRUE;
}

/* --- parts --- */

static gboolean
take_places(Decoder *self, GArray *tiles, size_t *out_n_pixels)
{
    uint32_t n_places = 0;
    uint32_t width = 0;
    uint32_t height = 0;

    *out_n_pixels = 0;
    if (!take_number(&self->reader, 2, &n_places) || n_places > PROTOCOL_SHEET_N_PLACES_MAX)
        return FALSE;
    for (uint32_t i = 0; i < n_places; i++) {
        ProtocolSheetTile tile;

        if (!take_number(&self->reader, 2, &width) || !take_number(&self->reader, 2, &height) ||
            (width == 0) != (height == 0))
            return FALSE;
        tile = (ProtocolSheetTile){(uint16_t)width, (uint16_t)height, PIXEL_BYTES * (size_t)width,
                                   NULL};
        g_array_append_val(tiles, tile);
        *out_n_pixels += (size_t)width * height;
        if (*out_n_pixels > PROTOCOL_SHEET_N_PIXELS_MAX)
            return FALSE;
    }
    return TRUE;
}

/* Sizes; their pixels come last. @out_n_pixels: of them all */
static gboolean
take_glyphs(Decoder *self, size_t *out_n_pixels)
{
    const uint8_t *widths, *heights;
    uint32_t n = 0;

    *out_n_pixels = 0;
    if (!take_number(&self->reader, 4, &n) || n > PROTOCOL_SHEET_N_GLYPHS_MAX ||
        !skip(&self->reader, 2 * (size_t)n, &widths) || !skip(&self->reader, n, &heights))
        return FALSE;
    for (uint32_t i = 0; i < n; i++) {
        Glyph glyph = {(uint16_t)(widths[2 * i] | widths[2 * i + 1] << 8), heights[i],
                       *out_n_pixels};

        *out_n_pixels += (size_t)glyph.width * glyph.height;
        if (*out_n_pixels > PROTOCOL_SHEET_N_PIXELS_MAX)
            return FALSE;
        g_array_append_val(self->glyphs, glyph);
    }
    return TRUE;
}

static gboolean
take_bands(Decoder *self)
{
    return take_number(&self->reader, 4, &self->n_bands) &&
           skip(&self->reader, self->n_bands, &self->band_heights) &&
           take_ranks(&self->reader, self->n_bands, &self->backgrounds);
}

static gboolean
take_drawn(Decoder *self)
{
    uint32_t n_gaps = 0;
    const uint8_t *gaps;

    if (!take_number(&self->reader, 4, &n_gaps) || !skip(&self->reader, n_gaps, &gaps) ||
        !take_number(&self->reader, 4, &self->n_drawn) ||
        !skip(&self->reader, self->n_drawn, &self->drawn_at) ||
        !take_ranks(&self->reader, self->n_drawn, &self->drawn))
        return FALSE;
    self->gaps = (ProtocolReader){gaps, n_gaps};
    return TRUE;
}

static gboolean
take_pixels(Decoder *self, size_t n_pixels)
{
    Ranks ranks;

    if (!take_ranks(&self->reader, n_pixels, &ranks))
        return FALSE;
    self->pixels = g_new(uint32_t, n_pixels);
    for (size_t i = 0; i < n_pixels; i++) {
        if (!take_colour(self, &ranks, &self->pixels[i]))
            return FALSE;
    }
    return self->reader.n_bytes == 0;
}

/* --- drawing --- */

typedef struct {
    uint8_t *top;
    size_t stride;
    uint32_t width;
    uint32_t height;
} Band;

static gboolean
take_gap(Decoder *self, uint32_t *out)
{
    uint32_t part = ESCAPE;

    for (*out = 0; part == ESCAPE; *out += part) {
        if (*out > UINT16_MAX || !take_number(&self->gaps, 1, &part))
            return FALSE;
    }
    return TRUE;
}

/* @x: moved behind it */
static gboolean
draw_glyph(Decoder *self, const Band *band, uint32_t *x)
{
    const Glyph *glyph;
    uint32_t y, rank;

    if (self->n_drawn == 0)
        return FALSE;
    self->n_drawn--;
    y = *self->drawn_at++;
    rank = next_rank(&self->drawn);
    if (rank >= self->glyphs->len)
        return FALSE;
    glyph = &g_array_index(self->glyphs, Glyph, rank);
    if (glyph->width == 0 || glyph->width > band->width - *x || y + glyph->height > band->height)
        return FALSE;
    for (uint32_t column = 0; column < glyph->width; column++) {
        for (uint32_t row = 0; row < glyph->height; row++)
            memcpy(band->top + band->stride * (y + row) + PIXEL_BYTES * (size_t)(*x + column),
                   &self->pixels[glyph->at + (size_t)column * glyph->height + row], PIXEL_BYTES);
    }
    *x += glyph->width;
    return TRUE;
}

static gboolean
draw_band(Decoder *self, const Band *band)
{
    uint32_t background = 0;
    uint32_t gap = 0;
    uint32_t x = 0;

    if (!take_colour(self, &self->backgrounds, &background))
        return FALSE;
    for (uint32_t y = 0; y < band->height; y++) {
        for (uint32_t column = 0; column < band->width; column++)
            memcpy(band->top + band->stride * y + PIXEL_BYTES * (size_t)column, &background,
                   PIXEL_BYTES);
    }
    while (x < band->width) {
        if (!take_gap(self, &gap) || gap > band->width - x)
            return FALSE;
        x += gap;
        if (x < band->width && !draw_glyph(self, band, &x))
            return FALSE;
    }
    return TRUE;
}

static gboolean
draw_tile(Decoder *self, const ProtocolSheetTile *tile, uint8_t *pixels)
{
    uint32_t y = 0;

    while (y < tile->height) {
        Band band = {pixels + tile->stride * y, tile->stride, tile->width, 0};

        if (self->n_bands == 0)
            return FALSE;
        self->n_bands--;
        band.height = *self->band_heights++;
        if (band.height == 0 || band.height > tile->height - y || !draw_band(self, &band))
            return FALSE;
        y += band.height;
    }
    return TRUE;
}

/* Everything must have been drawn in the end. */
static gboolean
draw_tiles(Decoder *self, ProtocolSheetPixels *sheet)
{
    uint8_t *at = sheet->pixels;

    for (unsigned i = 0; i < sheet->tiles->len; i++) {
        ProtocolSheetTile *tile = &g_array_index(sheet->tiles, ProtocolSheetTile, i);

        tile->pixels = at;
        if (!draw_tile(self, tile, at))
            return FALSE;
        at += tile->stride * tile->height;
    }
    return self->n_bands == 0 && self->n_drawn == 0 && self->gaps.n_bytes == 0;
}

static gboolean
parse(ProtocolSheetPixels *self, GBytes *content)
{
    g_auto(Decoder) decoder = {.reader = protocol_reader_of(content),
                               .glyphs = g_array_new(FALSE, FALSE, sizeof(Glyph))};
    size_t n_pixels = 0;
    size_t n_glyph_pixels = 0;

    if (!take_places(&decoder, self->tiles, &n_pixels) ||
        !take_number(&decoder.reader, 4, &decoder.n_colours) ||
        decoder.n_colours > PROTOCOL_SHEET_N_COLOURS_MAX ||
        !skip(&decoder.reader, 3 * (size_t)decoder.n_colours, &decoder.colours) ||
        !take_glyphs(&decoder, &n_glyph_pixels) || !take_bands(&decoder) || !take_drawn(&decoder) ||
        !take_pixels(&decoder, n_glyph_pixels))
        return FALSE;
    self->pixels = g_malloc(PIXEL_BYTES * n_pixels);
    return draw_tiles(&decoder, self);
}

/* Returns: (transfer full) (nullable) */
static GBytes *
decompress(GBytes *bytes)
{
    size_t n_coded;
    const void *coded = g_bytes_get_data(bytes, &n_coded);
    unsigned long long n_bytes = ZSTD_getFrameContentSize(coded, n_coded);
    g_autofree uint8_t *data = NULL;

    if (n_bytes == ZSTD_CONTENTSIZE_UNKNOWN || n_bytes == ZSTD_CONTENTSIZE_ERROR || n_bytes == 0 ||
        n_bytes > PROTOCOL_SHEET_MAX_BYTES ||
        ZSTD_findFrameCompressedSize(coded, n_coded) != n_coded)
        return NULL;
    data = g_malloc(n_bytes);
    if (ZSTD_decompress(data, n_bytes, coded, n_coded) != n_bytes)
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&data), n_bytes);
}

ProtocolSheetPixels *
protocol_sheet_pixels_decode(GBytes *bytes, GError **error)
{
    g_autoptr(ProtocolSheetPixels) self = g_new0(ProtocolSheetPixels, 1);
    g_autoptr(GBytes) content = decompress(bytes);

    self->tiles = g_array_new(FALSE, TRUE, sizeof(ProtocolSheetTile));
    if (content != NULL && parse(self, content))
        return g_steal_pointer(&self);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "The pixels of a picture are damaged");
    return NULL;
}

void
protocol_sheet_pixels_free(ProtocolSheetPixels *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->tiles, g_array_unref);
    g_free(self->pixels);
    g_free(self);
}
