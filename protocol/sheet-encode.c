/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/sheet-colours.h"
#include "protocol/sheet-pixels.h"

#include <string.h>
#include <zstd.h>

/* Level 9 takes twice the time and memory for 1 % less (docs/HACKING.md). */
#define LEVEL 7

#define GAP_N_CHANGES_MAX 8 /* borders and a scroll bar's edges pass through */
#define BAND_MAX_PX 255
#define ESCAPE 255
#define CHANGES_STEP_PX 16 /* the pixels that are compared before changes are counted up */
#define COLOUR_MASK 0xFFFFFF
#define PIXEL_BYTES 4
#define PRIME_64 UINT64_C(0x9E3779B97F4A7C15)

/* Pixels between two gaps, without the rows of background above and below. */
typedef struct {
    uint16_t width;
    uint8_t height;
    uint16_t *pixels; /* numbers of colours, column by column */
    uint32_t hash;
    uint32_t n_uses;
    uint32_t rank;
} Glyph;

typedef struct {
    Glyph *glyph;
    uint8_t y; /* within the band */
} Drawn;

typedef struct {
    uint16_t width;
    uint16_t height;
} Place;

struct ProtocolSheetEncoder {
    GArray *places;  /* of Place */
    size_t n_pixels; /* of all of them */
    ProtocolSheetColours *colours;
    GPtrArray *glyphs;
    GHashTable *known;   /* of them */
    GByteArray *bands;   /* heights */
    GArray *backgrounds; /* of uint16_t: numbers of colours */
    GByteArray *gaps;    /* widths */
    GArray *drawn;       /* of Drawn */
    uint16_t *band;      /* the one in hand, column by column */
    size_t band_n_max;
};

static uint32_t
get_pixel(const uint8_t *row, uint32_t x)
{
    uint32_t pixel;

    memcpy(&pixel, row + PIXEL_BYTES * (size_t)x, sizeof pixel);
    return GUINT32_FROM_LE(pixel) & COLOUR_MASK;
}

/* Most rows of a screen have one colour. FALSE as well when the fourth bytes differ. */
static gboolean
is_plain(const uint8_t *row, uint32_t width_px)
{
    return memcmp(row, row + PIXEL_BYTES, PIXEL_BYTES * (size_t)(width_px - 1)) == 0;
}

gboolean
protocol_sheet_pixels_is_gap(const uint8_t *row, uint32_t width_px)
{
    unsigned n_changes = 0;

    if (width_px == 0 || is_plain(row, width_px))
        return TRUE;
    for (uint32_t x = 1; x < width_px && n_changes <= GAP_N_CHANGES_MAX;) {
        uint32_t end = MIN(x + CHANGES_STEP_PX, width_px);

        for (; x < end; x++)
            n_changes += get_pixel(row, x) != get_pixel(row, x - 1);
    }
    return n_changes <= GAP_N_CHANGES_MAX;
}

static void
free_glyph(void *data)
{
    g_free(((Glyph *)data)->pixels);
    g_free(data);
}

static unsigned
hash_glyph(const void *data)
{
    return ((const Glyph *)data)->hash;
}

static size_t
count_glyph_bytes(const Glyph *glyph)
{
    return sizeof(uint16_t) * glyph->width * glyph->height;
}

static gboolean
is_same_glyph(const void *a, const void *b)
{
    const Glyph *first = a;
    const Glyph *second = b;

    return first->width == second->width && first->height == second->height &&
           memcmp(first->pixels, second->pixels, count_glyph_bytes(first)) == 0;
}

void
protocol_sheet_encoder_free(ProtocolSheetEncoder *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->places);
    protocol_sheet_colours_free(self->colours);
    g_hash_table_unref(self->known);
    g_ptr_array_unref(self->glyphs);
    g_byte_array_unref(self->bands);
    g_array_unref(self->backgrounds);
    g_byte_array_unref(self->gaps);
    g_array_unref(self->drawn);
    g_free(self->band);
    g_free(self);
}

ProtocolSheetEncoder *
protocol_sheet_encoder_new(void)
{
    ProtocolSheetEncoder *self = g_new(ProtocolSheetEncoder, 1);

    *self = (ProtocolSheetEncoder){
        .places = g_array_new(FALSE, FALSE, sizeof(Place)),
        .colours = protocol_sheet_colours_new(),
        .glyphs = g_ptr_array_new_with_free_func(free_glyph),
        .known = g_hash_table_new(hash_glyph, is_same_glyph),
        .bands = g_byte_array_new(),
        .backgrounds = g_array_new(FALSE, FALSE, sizeof(uint16_t)),
        .gaps = g_byte_array_new(),
        .drawn = g_array_new(FALSE, FALSE, sizeof(Drawn)),
    };

    return self;
}

/* --- bands --- */

/* Rows @top to @bottom of a tile, column by column, as numbers of colours. */
static gboolean
load_band(ProtocolSheetEncoder *self, const ProtocolSheetTile *tile, uint32_t top, uint32_t bottom)
{
    uint32_t height = bottom - top;
    size_t n_pixels = (size_t)tile->width * height;
    uint32_t last = PROTOCOL_SHEET_NO_COLOUR;
    uint32_t number = 0;

    if (n_pixels > self->band_n_max) {
        self->band = g_renew(uint16_t, self->band, n_pixels);
        self->band_n_max = n_pixels;
    }
    for (uint32_t y = 0; y < height; y++) {
        const uint8_t *row = tile->pixels + tile->stride * (top + y);

        for (uint32_t x = 0; x < tile->width; x++) {
            uint32_t value = get_pixel(row, x);

            if (value != last && !protocol_sheet_colours_find(self->colours, value, &number))
                return FALSE;
            last = value;
            self->band[(size_t)x * height + y] = (uint16_t)number;
        }
    }
    return TRUE;
}

/* The colour of more than half of the pixels, if there is one (the vote of Boyer and Moore, 1981),
 * else some other. */
static uint16_t
find_background(const uint16_t *band, size_t n_pixels)
{
    uint16_t candidate = band[0];
    size_t n_votes = 0;

    for (size_t i = 0; i < n_pixels; i++) {
        if (n_votes == 0)
            candidate = band[i];
        n_votes += band[i] == candidate ? 1 : (size_t)-1;
    }
    return candidate;
}

static gboolean
is_background(const uint16_t *pixels, uint32_t n, uint16_t background)
{
    for (uint32_t i = 0; i < n; i++) {
        if (pixels[i] != background)
            return FALSE;
    }
    return TRUE;
}

static void
add_gap(ProtocolSheetEncoder *self, uint32_t width)
{
    uint8_t byte;

    for (; width >= ESCAPE; width -= ESCAPE) {
        byte = ESCAPE;
        g_byte_array_append(self->gaps, &byte, 1);
    }
    byte = (uint8_t)width;
    g_byte_array_append(self->gaps, &byte, 1);
}

static gboolean
is_background_row(const uint16_t *columns,
                  uint32_t n_columns,
                  uint32_t height,
                  uint32_t y,
                  uint16_t background)
{
    for (uint32_t x = 0; x < n_columns; x++) {
        if (columns[(size_t)x * height + y] != background)
            return FALSE;
    }
    return TRUE;
}

static uint32_t
hash_pixels(const uint16_t *pixels, size_t n, uint32_t seed)
{
    uint64_t hash = seed;
    uint64_t word;

    for (size_t i = 0; i < n; i += sizeof word / sizeof *pixels) {
        word = 0;
        memcpy(&word, pixels + i, MIN(sizeof word, (n - i) * sizeof *pixels));
        hash = (hash ^ word) * PRIME_64;
        hash ^= hash >> 32;
    }
    return (uint32_t)hash;
}

/* @glyph: its pixels are taken. Returns: the one that is the same, FALSE when there are too many */
static gboolean
find_glyph(ProtocolSheetEncoder *self, const Glyph *glyph, Glyph **out)
{
    *out = g_hash_table_lookup(self->known, glyph);
    if (*out != NULL) {
        g_free(glyph->pixels);
        return TRUE;
    }
    if (self->glyphs->len == PROTOCOL_SHEET_N_GLYPHS_MAX) {
        g_free(glyph->pixels);
        return FALSE;
    }
    *out = g_memdup2(glyph, sizeof *glyph);
    g_ptr_array_add(self->glyphs, *out);
    g_hash_table_add(self->known, *out);
    return TRUE;
}

/* @columns: at least one, and in each a pixel that is not background */
static gboolean
draw_glyph(ProtocolSheetEncoder *self,
           const uint16_t *columns,
           uint32_t n_columns,
           uint32_t height,
           uint16_t background)
{
    uint32_t top = 0;
    uint32_t bottom = height;
    Glyph glyph = {.width = (uint16_t)n_columns};
    Drawn drawn;

    while (is_background_row(columns, n_columns, height, top, background))
        top++;
    while (is_background_row(columns, n_columns, height, bottom - 1, background))
        bottom--;
    glyph.height = (uint8_t)(bottom - top);
    glyph.pixels = g_new(uint16_t, (size_t)n_columns * glyph.height);
    for (uint32_t x = 0; x < n_columns; x++)
        memcpy(glyph.pixels + (size_t)x * glyph.height, columns + (size_t)x * height + top,
               glyph.height * sizeof(uint16_t));
    glyph.hash =
        hash_pixels(glyph.pixels, (size_t)n_columns * glyph.height, n_columns << 8 | glyph.height);
    if (!find_glyph(self, &glyph, &drawn.glyph))
        return FALSE;
    drawn.glyph->n_uses++;
    drawn.y = (uint8_t)top;
    g_array_append_val(self->drawn, drawn);
    return TRUE;
}

static void
begin_band(ProtocolSheetEncoder *self, uint32_t height, uint16_t background)
{
    uint8_t byte = (uint8_t)height;

    protocol_sheet_colours_get(self->colours, background)->n_pixels++;
    g_byte_array_append(self->bands, &byte, 1);
    g_array_append_val(self->backgrounds, background);
}

static gboolean
is_plain_band(const ProtocolSheetTile *tile, uint32_t top, uint32_t bottom)
{
    const uint8_t *first = tile->pixels + tile->stride * top;

    if (!is_plain(first, tile->width))
        return FALSE;
    for (uint32_t y = top + 1; y < bottom; y++) {
        if (memcmp(tile->pixels + tile->stride * y, first, PIXEL_BYTES * (size_t)tile->width) != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean
code_plain_band(ProtocolSheetEncoder *self,
                const ProtocolSheetTile *tile,
                uint32_t top,
                uint32_t bottom)
{
    uint32_t background;

    if (!protocol_sheet_colours_find(self->colours, get_pixel(tile->pixels + tile->stride * top, 0),
                                     &background))
        return FALSE;
    begin_band(self, bottom - top, (uint16_t)background);
    add_gap(self, tile->width);
    return TRUE;
}

static gboolean
code_band(ProtocolSheetEncoder *self, const ProtocolSheetTile *tile, uint32_t top, uint32_t bottom)
{
    uint32_t height = bottom - top;
    uint16_t background;
    uint32_t x = 0;

    if (is_plain_band(tile, top, bottom))
        return code_plain_band(self, tile, top, bottom);
    if (!load_band(self, tile, top, bottom))
        return FALSE;
    background = find_background(self->band, (size_t)tile->width * height);
    begin_band(self, height, background);
    while (x < tile->width) {
        uint32_t begin = x;

        while (x < tile->width &&
               is_background(self->band + (size_t)x * height, height, background))
            x++;
        add_gap(self, x - begin);
        begin = x;
        while (x < tile->width &&
               !is_background(self->band + (size_t)x * height, height, background))
            x++;
        if (x > begin &&
            !draw_glyph(self, self->band + (size_t)begin * height, x - begin, height, background))
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_gap(const ProtocolSheetTile *tile, uint32_t y)
{
    return protocol_sheet_pixels_is_gap(tile->pixels + tile->stride * y, tile->width);
}

static gboolean
code_tile(ProtocolSheetEncoder *self, const ProtocolSheetTile *tile)
{
    uint32_t top = 0;
    gboolean was_gap = tile->width > 0 && is_gap(tile, 0);

    for (uint32_t y = 1; tile->width > 0 && y <= tile->height; y++) {
        gboolean is_end = y == tile->height;
        gboolean is_now_gap = !is_end && is_gap(tile, y);

        if (!is_end && is_now_gap == was_gap && y - top < BAND_MAX_PX)
            continue;
        if (!code_band(self, tile, top, y))
            return FALSE;
        top = y;
        was_gap = is_now_gap;
    }
    return TRUE;
}

/* --- writing --- */

static void
put_number(GByteArray *out, uint32_t number, unsigned n_bytes)
{
    uint32_t bytes = GUINT32_TO_LE(number);

    g_byte_array_append(out, (const uint8_t *)&bytes, n_bytes);
}

/* Returns: (transfer none): room for so many bytes at the end */
static uint8_t *
put_room(GByteArray *out, size_t n_bytes)
{
    unsigned n_before = out->len;

    g_byte_array_set_size(out, n_before + (unsigned)n_bytes);
    return out->data + n_before;
}

/* A number that is small as a rule; @rest: what of it is large. Returns: its byte */
static uint8_t
take_rank(GArray *rest, uint32_t rank)
{
    uint16_t large = (uint16_t)(rank - ESCAPE);

    if (rank < ESCAPE)
        return (uint8_t)rank;
    g_array_append_val(rest, large);
    return ESCAPE;
}

static GArray *
new_rest(void)
{
    return g_array_new(FALSE, FALSE, sizeof(uint16_t));
}

/* Low bytes, then high ones. */
static void
put_rest(GByteArray *out, const GArray *rest)
{
    uint8_t *low = put_room(out, 2 * (size_t)rest->len);
    uint8_t *high = low + rest->len;

    for (unsigned i = 0; i < rest->len; i++) {
        low[i] = (uint8_t)g_array_index(rest, uint16_t, i);
        high[i] = (uint8_t)(g_array_index(rest, uint16_t, i) >> 8);
    }
}

static void
put_places(ProtocolSheetEncoder *self, GByteArray *out)
{
    put_number(out, self->places->len, 2);
    for (unsigned i = 0; i < self->places->len; i++) {
        put_number(out, g_array_index(self->places, Place, i).width, 2);
        put_number(out, g_array_index(self->places, Place, i).height, 2);
    }
}

/* Most of them are greys, or nearly: red and blue stand as what they have more than green. */
static void
put_colours(ProtocolSheetEncoder *self, GByteArray *out)
{
    g_autofree ProtocolSheetColour **sorted = protocol_sheet_colours_rank(self->colours, ESCAPE);
    unsigned n = protocol_sheet_colours_count(self->colours);

    put_number(out, n, 4);
    for (unsigned i = 0; i < n; i++)
        put_number(out, sorted[i]->value >> 8, 1);
    for (unsigned i = 0; i < n; i++)
        put_number(out, (sorted[i]->value >> 16) - (sorted[i]->value >> 8), 1);
    for (unsigned i = 0; i < n; i++)
        put_number(out, sorted[i]->value - (sorted[i]->value >> 8), 1);
}

static int
compare_glyphs(const void *a, const void *b)
{
    const Glyph *first = *(const Glyph *const *)a;
    const Glyph *second = *(const Glyph *const *)b;

    if (first->n_uses != second->n_uses)
        return first->n_uses < second->n_uses ? 1 : -1;
    return first->rank < second->rank ? -1 : 1; /* by first sight until now */
}

static void
put_glyphs(ProtocolSheetEncoder *self, GByteArray *out)
{
    Glyph **glyphs = (Glyph **)self->glyphs->pdata;
    unsigned n = self->glyphs->len;

    for (unsigned i = 0; i < n; i++)
        glyphs[i]->rank = i;
    if (n > 0) /* else there is no array */
        qsort(glyphs, n, sizeof(Glyph *), compare_glyphs);
    put_number(out, n, 4);
    for (unsigned i = 0; i < n; i++) {
        glyphs[i]->rank = i;
        put_number(out, glyphs[i]->width, 2);
    }
    for (unsigned i = 0; i < n; i++)
        put_number(out, glyphs[i]->height, 1);
}

static void
put_bands(ProtocolSheetEncoder *self, GByteArray *out)
{
    g_autoptr(GArray) rest = new_rest();

    unsigned n = self->backgrounds->len;
    uint8_t *ranks;

    put_number(out, self->bands->len, 4);
    g_byte_array_append(out, self->bands->data, self->bands->len);
    ranks = put_room(out, n);
    for (unsigned i = 0; i < n; i++)
        ranks[i] = take_rank(rest, protocol_sheet_colours_get(
                                       self->colours, g_array_index(self->backgrounds, uint16_t, i))
                                       ->rank);
    put_rest(out, rest);
}

static void
put_drawn(ProtocolSheetEncoder *self, GByteArray *out)
{
    g_autoptr(GArray) rest = new_rest();
    unsigned n = self->drawn->len;
    uint8_t *tops; /* and behind them the ranks */

    put_number(out, self->gaps->len, 4);
    g_byte_array_append(out, self->gaps->data, self->gaps->len);
    put_number(out, n, 4);
    tops = put_room(out, 2 * (size_t)n);
    for (unsigned i = 0; i < n; i++) {
        tops[i] = g_array_index(self->drawn, Drawn, i).y;
        tops[n + i] = take_rank(rest, g_array_index(self->drawn, Drawn, i).glyph->rank);
    }
    put_rest(out, rest);
}

static void
put_pixels(ProtocolSheetEncoder *self, GByteArray *out)
{
    g_autoptr(GArray) rest = new_rest();

    for (unsigned i = 0; i < self->glyphs->len; i++) {
        const Glyph *glyph = self->glyphs->pdata[i];
        size_t n = (size_t)glyph->width * glyph->height;
        uint8_t *ranks = put_room(out, n);

        for (size_t k = 0; k < n; k++)
            ranks[k] =
                take_rank(rest, protocol_sheet_colours_get(self->colours, glyph->pixels[k])->rank);
    }
    put_rest(out, rest);
}

static void
count_colours(ProtocolSheetEncoder *self)
{
    for (unsigned i = 0; i < self->glyphs->len; i++) {
        const Glyph *glyph = self->glyphs->pdata[i];

        for (size_t k = 0; k < (size_t)glyph->width * glyph->height; k++)
            protocol_sheet_colours_get(self->colours, glyph->pixels[k])->n_pixels++;
    }
}

/* Returns: NULL when it is over the maximum */
static GBytes *
compress(const GByteArray *content)
{
    size_t n_max = ZSTD_compressBound(content->len);
    g_autofree uint8_t *data = g_malloc(n_max);
    size_t n_bytes = ZSTD_compress(data, n_max, content->data, content->len, LEVEL);

    g_assert(!ZSTD_isError(n_bytes)); /* only for want of memory */
    return n_bytes <= PROTOCOL_SHEET_CODED_MAX_BYTES ? g_bytes_new(data, n_bytes) : NULL;
}

gboolean
protocol_sheet_encoder_add(ProtocolSheetEncoder *self, const ProtocolSheetTile *tile)
{
    Place place = {tile->width, tile->width > 0 ? tile->height : 0};

    if (self->places->len == PROTOCOL_SHEET_N_PLACES_MAX)
        return FALSE;
    g_array_append_val(self->places, place);
    self->n_pixels += (size_t)place.width * place.height;
    return self->n_pixels <= PROTOCOL_SHEET_N_PIXELS_MAX && code_tile(self, tile);
}

GBytes *
protocol_sheet_encoder_end(ProtocolSheetEncoder *self)
{
    g_autoptr(GByteArray) content = g_byte_array_new();

    if (self->n_pixels == 0)
        return NULL;
    count_colours(self);
    put_places(self, content);
    put_colours(self, content);
    put_glyphs(self, content);
    put_bands(self, content);
    put_drawn(self, content);
    put_pixels(self, content);
    return content->len <= PROTOCOL_SHEET_MAX_BYTES ? compress(content) : NULL;
}

GBytes *
protocol_sheet_pixels_encode(const ProtocolSheetTile *tiles, unsigned n_tiles)
{
    g_autoptr(ProtocolSheetEncoder) encoder = protocol_sheet_encoder_new();

    for (unsigned i = 0; i < n_tiles; i++) {
        if (!protocol_sheet_encoder_add(encoder, &tiles[i]))
            return NULL;
    }
    return protocol_sheet_encoder_end(encoder);
}
