/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"

#include <pixman.h>

/* A window's picture cut into tiles whose edges follow the content: strips of
 * RECALL_TILE_WIDTH_PX, cut across where a hash over the row says so. What scrolls keeps its tiles
 * at other places, so that it is stored once. Pure. */

#define RECALL_TILE_WIDTH_PX 256
#define RECALL_TILE_HEIGHT_MIN_PX 16
#define RECALL_TILE_HEIGHT_MAX_PX 256

/**
 * recall_tiles_cut:
 * @pixels: B G R X, the X is not looked at; @stride bytes a row
 * @seen: window pixels that were ever seen; a tile with an unseen pixel in it is left out where it
 *   holds none that was, else its unseen pixels count as neutral grey
 *
 * Returns: (transfer full): of ProtocolTile, by column and row
 */
GArray *recall_tiles_cut(uint8_t *pixels,
                         size_t stride,
                         uint32_t width_px,
                         uint32_t height_px,
                         const pixman_region32_t *seen);

/* Lossless WebP of one tile. Blocks for about 1 ms; any thread. */
GBytes *recall_tiles_encode(const ProtocolTile *tile, const uint8_t *pixels, size_t stride);
