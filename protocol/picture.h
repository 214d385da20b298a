/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"

/* The file that Recall1.GetPicture passes: little-endian, a header of "DHP2", width, height, number
 * of sheets and number of tiles (u32 each); for each sheet its length (u32) and so many bytes, as
 * in protocol/sheet-pixels.h, 0 for one that was lost; then for each tile x, y, width, height,
 * number of its sheet and place in it (u16 each). A tile whose sheet is PROTOCOL_PICTURE_NO_SHEET
 * is lost. */

#define PROTOCOL_PICTURE_MAX_BYTES (256 * 1024 * 1024) /* of the whole file */
#define PROTOCOL_PICTURE_N_SHEETS_MAX 65535            /* of one picture */
#define PROTOCOL_PICTURE_NO_SHEET UINT16_MAX

typedef struct ProtocolPictureWriter ProtocolPictureWriter;

/* Writes into a new sealed memory file: first the sheets, then the tiles. */
ProtocolPictureWriter *protocol_picture_writer_new(uint32_t width_px,
                                                   uint32_t height_px,
                                                   uint32_t n_sheets,
                                                   uint32_t n_tiles,
                                                   GError **error);
void protocol_picture_writer_free(ProtocolPictureWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolPictureWriter, protocol_picture_writer_free)
/* @sheet: (nullable): NULL: lost */
gboolean
protocol_picture_writer_add_sheet(ProtocolPictureWriter *self, GBytes *sheet, GError **error);

typedef struct {
    uint16_t x;
    uint16_t y;
    uint16_t width;
    uint16_t height;
    uint16_t sheet; /* its index, or PROTOCOL_PICTURE_NO_SHEET */
    uint16_t place;
} ProtocolPictureTile;

gboolean protocol_picture_writer_add_tile(ProtocolPictureWriter *self,
                                          const ProtocolPictureTile *tile,
                                          GError **error);
/* Returns: the file descriptor, for the caller to close, or -1 */
int protocol_picture_writer_finish(ProtocolPictureWriter *self, GError **error);

typedef struct {
    uint32_t width_px;
    uint32_t height_px;
    GPtrArray *sheets; /* of GBytes, or NULL: lost */
    GArray *tiles;     /* of ProtocolPictureTile, each inside the picture and with a known sheet */
} ProtocolPicture;

/* @bytes: the mapped file. @error: G_IO_ERROR_INVALID_DATA */
ProtocolPicture *protocol_picture_parse(GBytes *bytes, GError **error);
void protocol_picture_free(ProtocolPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolPicture, protocol_picture_free)
