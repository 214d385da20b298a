/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/segment.h"

/* The tiles of one segment: each is there once, counted by the scenes that name it. Each function
 * works within the caller's transaction; errors as recall_segment_set_error(). Store's thread. */

/**
 * recall_scene_tiles_set:
 * @old: (nullable): of RecallTileRef, what the scene's row named before
 * @tiles: (nullable): of ProtocolTile, what it names now; NULL: nothing
 * @sheets: (nullable): of ProtocolSheet: pixels that were sent with it; those of tiles that nothing
 *   names, or that are there, are left out
 * @out_refs: of RecallTileRef, one is added for each of @tiles
 * @out_missing: of GBytes: the digests of those whose pixels are not there are added
 */
gboolean recall_scene_tiles_set(RecallSegment *segment,
                                const GArray *old,
                                const GArray *tiles,
                                const GPtrArray *sheets,
                                GArray *out_refs,
                                GPtrArray *out_missing,
                                GError **error);

/* Pixels that were missing. */
gboolean
recall_scene_tiles_add_sheets(RecallSegment *segment, const GPtrArray *sheets, GError **error);
