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

struct ProtocolSheetDecoder {
    GBytes *content;
    ProtocolReader reader; /* of what is left */
    GArray *places;        /* of ProtocolSheetTile, without pixels */
    unsigned n_read;       /* of them */
    uint8_t *tile;         /* the pixels of the one in hand */
    size_t tile_max_bytes;
    uint32_t *colours; /* B G R X in memory */
    uint32_t n_colours;
    GArray *glyphs;   /* of Glyph */
    uint16_t *pixels; /* of the glyphs: numbers of colours */
    uint32_t n_bands;
    const uint8_t *band_heights;
    Ranks backgrounds;
    ProtocolReader gaps;
    uint32_t n_drawn;
    const uint8_t *drawn_at;
    Ranks drawn;
};

void
protocol_sheet_decoder_free(ProtocolSheetDecoder *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->content, g_bytes_unref);
    g_array_unref(self->places);
    g_array_unref(self->glyphs);
    g_free(self->colours);
    g_free(self->pixels);
    g_free(self->tile);
    g_free(self);
}

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

/* Returns: FALSE when there is no such colour */
static gboolean
take_colour(const ProtocolSheetDecoder *self, Ranks *ranks, uint32_t *out)
{
    *out = next_rank(ranks);
    return *out < self->n_colours;
}

/* --- parts --- */

static gboolean
take_places(ProtocolSheetDecoder *self)
{
    uint32_t n_places = 0;
    uint32_t width = 0;
    uint32_t height = 0;
    size_t n_pixels = 0;

    if (!take_number(&self->reader, 2, &n_places) || n_places > PROTOCOL_SHEET_N_PLACES_MAX)
        return FALSE;
    for (uint32_t i = 0; i < n_places; i++) {
        ProtocolSheetTile tile;

        if (!take_number(&self->reader, 2, &width) || !take_number(&self->reader, 2, &height) ||
            (width == 0) != (height == 0))
            return FALSE;
        tile = (ProtocolSheetTile){(uint16_t)width, (uint16_t)height, PIXEL_BYTES * (size_t)width,
                                   NULL};
        g_array_append_val(self->places, tile);
        n_pixels += (size_t)width * height;
        if (n_pixels > PROTOCOL_SHEET_N_PIXELS_MAX)
            return FALSE;
    }
    return TRUE;
}

static gboolean
take_colours(ProtocolSheetDecoder *self)
{
    const uint8_t *greens;

    if (!take_number(&self->reader, 4, &self->n_colours) ||
        self->n_colours > PROTOCOL_SHEET_N_COLOURS_MAX ||
        !skip(&self->reader, 3 * (size_t)self->n_colours, &greens))
        return FALSE;
    self->colours = g_new(uint32_t, self->n_colours);
    for (size_t i = 0; i < self->n_colours; i++) {
        uint8_t green = greens[i];
        uint8_t pixel[PIXEL_BYTES] = {(uint8_t)(green + greens[2 * (size_t)self->n_colours + i]),
                                      green, (uint8_t)(green + greens[self->n_colours + i])};

        memcpy(&self->colours[i], pixel, sizeof pixel);
    }
    return TRUE;
}

/* Sizes; their pixels come last. @out_n_pixels: of them all */
static gboolean
take_glyphs(ProtocolSheetDecoder *self, size_t *out_n_pixels)
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
take_bands(ProtocolSheetDecoder *self)
{
    return take_number(&self->reader, 4, &self->n_bands) &&
           skip(&self->reader, self->n_bands, &self->band_heights) &&
           take_ranks(&self->reader, self->n_bands, &self->backgrounds);
}

static gboolean
take_drawn(ProtocolSheetDecoder *self)
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
take_pixels(ProtocolSheetDecoder *self, size_t n_pixels)
{
    Ranks ranks;
    uint32_t colour;

    if (!take_ranks(&self->reader, n_pixels, &ranks))
        return FALSE;
    self->pixels = g_new(uint16_t, n_pixels);
    for (size_t i = 0; i < n_pixels; i++) {
        if (!take_colour(self, &ranks, &colour))
            return FALSE;
        self->pixels[i] = (uint16_t)colour;
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
take_gap(ProtocolSheetDecoder *self, uint32_t *out)
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
draw_glyph(ProtocolSheetDecoder *self, const Band *band, uint32_t *x)
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
                   &self->colours[self->pixels[glyph->at + (size_t)column * glyph->height + row]],
                   PIXEL_BYTES);
    }
    *x += glyph->width;
    return TRUE;
}

static void
fill_band(const Band *band, uint32_t colour)
{
    for (uint32_t x = 0; x < band->width; x++)
        memcpy(band->top + PIXEL_BYTES * (size_t)x, &colour, PIXEL_BYTES);
    for (uint32_t y = 1; y < band->height; y++)
        memcpy(band->top + band->stride * y, band->top, PIXEL_BYTES * (size_t)band->width);
}

static gboolean
draw_band(ProtocolSheetDecoder *self, const Band *band)
{
    uint32_t background = 0;
    uint32_t gap = 0;
    uint32_t x = 0;

    if (!take_colour(self, &self->backgrounds, &background))
        return FALSE;
    fill_band(band, self->colours[background]);
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
draw_tile(ProtocolSheetDecoder *self, const ProtocolSheetTile *tile, uint8_t *pixels)
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

static gboolean
parse(ProtocolSheetDecoder *self)
{
    size_t n_glyph_pixels = 0;

    self->reader = protocol_reader_of(self->content);
    return take_places(self) && take_colours(self) && take_glyphs(self, &n_glyph_pixels) &&
           take_bands(self) && take_drawn(self) && take_pixels(self, n_glyph_pixels);
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

static gboolean
fail(GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "The pixels of a picture are damaged");
    return FALSE;
}

ProtocolSheetDecoder *
protocol_sheet_decoder_new(GBytes *bytes, GError **error)
{
    g_autoptr(ProtocolSheetDecoder) self = g_new0(ProtocolSheetDecoder, 1);

    self->places = g_array_new(FALSE, FALSE, sizeof(ProtocolSheetTile));
    self->glyphs = g_array_new(FALSE, FALSE, sizeof(Glyph));
    self->content = decompress(bytes);
    if (self->content == NULL || !parse(self))
        return fail(error), NULL;
    return g_steal_pointer(&self);
}

unsigned
protocol_sheet_decoder_get_n_places(const ProtocolSheetDecoder *self)
{
    return self->places->len;
}

/* Everything must have been drawn in the end. */
static gboolean
is_whole(const ProtocolSheetDecoder *self)
{
    return self->n_read < self->places->len ||
           (self->n_bands == 0 && self->n_drawn == 0 && self->gaps.n_bytes == 0);
}

gboolean
protocol_sheet_decoder_next(ProtocolSheetDecoder *self, ProtocolSheetTile *out, GError **error)
{
    size_t n_bytes;

    *out = g_array_index(self->places, ProtocolSheetTile, self->n_read++);
    n_bytes = out->stride * out->height;
    if (n_bytes > self->tile_max_bytes) {
        g_free(self->tile); /* nothing of it is needed any more */
        self->tile = g_malloc(n_bytes);
        self->tile_max_bytes = n_bytes;
    }
    out->pixels = self->tile;
    return (draw_tile(self, out, self->tile) && is_whole(self)) || fail(error);
}

/* Returns: the pixels of all places, in bytes */
static size_t
count_bytes(const ProtocolSheetDecoder *self)
{
    size_t n_bytes = 0;

    for (unsigned i = 0; i < self->places->len; i++) {
        const ProtocolSheetTile *place = &g_array_index(self->places, ProtocolSheetTile, i);

        n_bytes += place->stride * place->height;
    }
    return n_bytes;
}

ProtocolSheetPixels *
protocol_sheet_pixels_decode(GBytes *bytes, GError **error)
{
    g_autoptr(ProtocolSheetDecoder) decoder = protocol_sheet_decoder_new(bytes, error);
    g_autoptr(ProtocolSheetPixels) self = NULL;
    uint8_t *at;

    if (decoder == NULL)
        return NULL;
    self = g_new0(ProtocolSheetPixels, 1);
    self->tiles = g_array_new(FALSE, FALSE, sizeof(ProtocolSheetTile));
    at = self->pixels = g_malloc(count_bytes(decoder));
    for (unsigned i = 0; i < decoder->places->len; i++) {
        ProtocolSheetTile tile;

        if (!protocol_sheet_decoder_next(decoder, &tile, error))
            return NULL;
        if (tile.height > 0)
            memcpy(at, tile.pixels, tile.stride * tile.height);
        tile.pixels = at;
        at += tile.stride * tile.height;
        g_array_append_val(self->tiles, tile);
    }
    return g_steal_pointer(&self);
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
