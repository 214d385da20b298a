/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"

#include <pixman.h>

/* A window's picture cut into tiles whose edges follow the content: strips of RECALL_TILE_WIDTH_PX
 * from the left, cut across below the first row of gaps between lines of text, and where there are
 * none below other rows: those whose hash is the largest of all within RECALL_TILE_REACH_PX. So
 * what scrolls keeps its tiles at other places and is stored once, and tiles hold whole lines,
 * which protocol/sheet-pixels.h relies on. Other widths and reaches take more (docs/HACKING.md).
 * Pure. */

#define RECALL_TILE_WIDTH_PX 512
#define RECALL_TILE_REACH_PX 32 /* tiles are higher, but for the first, the last and blank ones */
#define RECALL_TILE_HEIGHT_MAX_PX 256 /* of one tile */

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
