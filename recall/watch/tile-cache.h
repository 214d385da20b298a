/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* Digests of tiles, bounded by number: what was put longest ago goes first. One thread. */

typedef struct RecallTileCache RecallTileCache;

RecallTileCache *recall_tile_cache_new(unsigned n_max);
void recall_tile_cache_free(RecallTileCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallTileCache, recall_tile_cache_free)

void recall_tile_cache_put(RecallTileCache *self, GBytes *digest);
gboolean recall_tile_cache_has(const RecallTileCache *self, GBytes *digest);
void recall_tile_cache_remove(RecallTileCache *self, GBytes *digest);
void recall_tile_cache_clear(RecallTileCache *self);
