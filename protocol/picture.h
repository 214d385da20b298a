/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"

/* The file that Recall1.GetPicture passes: little-endian, a header of "DHP1", width, height and
 * number of tiles (u32 each), then for each tile x, y, width, height (u16 each), length (u32) and
 * so many bytes of WebP. A length of 0 is a tile that was lost. */

#define PROTOCOL_PICTURE_MAX_BYTES (256 * 1024 * 1024)

typedef struct ProtocolPictureWriter ProtocolPictureWriter;

/* Writes into a new sealed memory file. */
ProtocolPictureWriter *protocol_picture_writer_new(uint32_t width_px,
                                                   uint32_t height_px,
                                                   uint32_t n_tiles,
                                                   GError **error);
void protocol_picture_writer_free(ProtocolPictureWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolPictureWriter, protocol_picture_writer_free)
gboolean protocol_picture_writer_add(ProtocolPictureWriter *self,
                                     const ProtocolTile *tile,
                                     GBytes *webp,
                                     GError **error);
/* Returns: the file descriptor, for the caller to close, or -1 */
int protocol_picture_writer_finish(ProtocolPictureWriter *self, GError **error);

typedef struct {
    uint16_t x;
    uint16_t y;
    uint16_t width;
    uint16_t height;
    GBytes *webp; /* NULL: lost */
} ProtocolPictureTile;

typedef struct {
    uint32_t width_px;
    uint32_t height_px;
    GArray *tiles; /* of ProtocolPictureTile, each inside the picture */
} ProtocolPicture;

/* @bytes: the mapped file. @error: G_IO_ERROR_INVALID_DATA */
ProtocolPicture *protocol_picture_parse(GBytes *bytes, GError **error);
void protocol_picture_free(ProtocolPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolPicture, protocol_picture_free)
