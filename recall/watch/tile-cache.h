/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* Tiles by digest, bounded by number and bytes: what was put or seen longest ago goes first.
 * One thread. */

typedef struct RecallTileCache RecallTileCache;

RecallTileCache *recall_tile_cache_new(unsigned n_max, size_t max_bytes);
void recall_tile_cache_free(RecallTileCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallTileCache, recall_tile_cache_free)

/* @webp: (nullable) (transfer none): NULL for a tile that is only known of; one that is larger than
 * the whole cache is not kept */
void recall_tile_cache_put(RecallTileCache *self, GBytes *digest, GBytes *webp);
gboolean recall_tile_cache_has(const RecallTileCache *self, GBytes *digest);
/* Returns: (transfer none) (nullable) */
GBytes *recall_tile_cache_get(const RecallTileCache *self, GBytes *digest);
void recall_tile_cache_remove(RecallTileCache *self, GBytes *digest);
void recall_tile_cache_clear(RecallTileCache *self);
