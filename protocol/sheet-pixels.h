/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* The pixels of a sheet: of several tiles, coded together and without loss, so that a letter which
 * comes again costs a byte or two (docs/HACKING.md).
 *
 * Tiles are cut across into bands, each a line of text or what is between two; bands at columns
 * that have the band's background only into gaps and glyphs: letters, words, icons. Each glyph is
 * there once. A band is a gap, then a glyph, then a gap ... until its width is filled.
 *
 * One zstd frame (RFC 8878) of known size, numbers little-endian:
 *
 * - u16 number of places, then for each u16 width and height: a tile; 0, 0: there is none
 * - u32 number of colours, then of all u8 green, of all u8 red less green, of all u8 blue less
 *   green; the most frequent 255 first, the others by value
 * - u32 number of glyphs, then of all u16 width, of all u8 height, the most used first
 * - u32 number of bands, then of all u8 height, of all their background
 * - u32 number of gaps, then of all u8 width; 255: that and more, the next gap's is added
 * - u32 number of glyphs drawn, then of all u8 rows below the top of the band, of all their glyph
 * - the pixels of all glyphs, column by column
 *
 * Backgrounds and pixels are numbers of colours, glyphs drawn those of glyphs: of all u8, 255 for
 * that and more; then of the latter the low bytes of the number less 255, then the high ones. */

#define PROTOCOL_SHEET_N_PIXELS_MAX (12 * 1024 * 1024)
#define PROTOCOL_SHEET_N_PLACES_MAX 4096
#define PROTOCOL_SHEET_N_COLOURS_MAX 65536
#define PROTOCOL_SHEET_N_GLYPHS_MAX 65536
#define PROTOCOL_SHEET_MAX_BYTES (60 * 1024 * 1024) /* decoded */
#define PROTOCOL_SHEET_CODED_MAX_BYTES (4 * 1024 * 1024)

typedef struct {
    uint16_t width; /* 0: nothing is at this place */
    uint16_t height;
    size_t stride;
    const uint8_t *pixels; /* B G R X, the X is not looked at */
} ProtocolSheetTile;

/* Codes a sheet tile by tile, none of which it needs afterwards. Takes about 5 ms for a million
 * pixels, and memory for what is different among them; one thread at a time. */
typedef struct ProtocolSheetEncoder ProtocolSheetEncoder;

ProtocolSheetEncoder *protocol_sheet_encoder_new(void);
void protocol_sheet_encoder_free(ProtocolSheetEncoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolSheetEncoder, protocol_sheet_encoder_free)

/* Returns: FALSE when the sheet would be over a maximum: then only free it */
gboolean protocol_sheet_encoder_add(ProtocolSheetEncoder *self, const ProtocolSheetTile *tile);

/* Only free it afterwards. Returns: (transfer full): NULL when it is empty or over a maximum */
GBytes *protocol_sheet_encoder_end(ProtocolSheetEncoder *self);

/* All at once; likewise. */
GBytes *protocol_sheet_pixels_encode(const ProtocolSheetTile *tiles, unsigned n_tiles);

/* Reads a sheet tile by tile. Memory for what is different in it, and for one tile; one thread at a
 * time. @error: G_IO_ERROR_INVALID_DATA; @bytes may be anything */
typedef struct ProtocolSheetDecoder ProtocolSheetDecoder;

ProtocolSheetDecoder *protocol_sheet_decoder_new(GBytes *bytes, GError **error);
void protocol_sheet_decoder_free(ProtocolSheetDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolSheetDecoder, protocol_sheet_decoder_free)

unsigned protocol_sheet_decoder_get_n_places(const ProtocolSheetDecoder *self);

/* What is at the next place; to be called at most so many times, and never after an error. @out:
 * its pixels stand until the next call */
gboolean protocol_sheet_decoder_next(ProtocolSheetDecoder *self,
                                     ProtocolSheetTile *out,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    GArray *tiles; /* of ProtocolSheetTile */
    uint8_t *pixels;
} ProtocolSheetPixels;

/* All at once; likewise. */
ProtocolSheetPixels *protocol_sheet_pixels_decode(GBytes *bytes, GError **error);
void protocol_sheet_pixels_free(ProtocolSheetPixels *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolSheetPixels, protocol_sheet_pixels_free)

/* Whether hardly a pixel of this row differs from its neighbour: such rows lie between lines of
 * text. @row: B G R X */
gboolean protocol_sheet_pixels_is_gap(const uint8_t *row, uint32_t width_px);

/* The likeness of one tile, as WebP, stands alone in place of a sheet: photographs and films. */
gboolean protocol_sheet_pixels_is_likeness(GBytes *bytes);
