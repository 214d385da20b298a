/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* The tiles of a scene as its row keeps them: places, and numbers in the table of tiles. */

typedef struct {
    uint16_t x; /* pixels of the scene's picture, as in ProtocolTile */
    uint16_t y;
    uint16_t width;
    uint16_t height;
    int64_t id; /* tile.id, over 0 */
} RecallTileRef;

/* @refs: of RecallTileRef. Returns: (transfer full) */
GBytes *recall_tilelist_pack(const GArray *refs);

/* @error: G_IO_ERROR_INVALID_DATA; what comes from a file may be anything */
GArray *recall_tilelist_unpack(GBytes *bytes, GError **error);
