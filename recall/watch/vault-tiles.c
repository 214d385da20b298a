/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/vault-tiles.h"

void
recall_vault_tiles_init(RecallVaultTiles *self)
{
    *self = (RecallVaultTiles){.digests = recall_tile_cache_new(RECALL_VAULT_TILES_N_MAX)};
}

void
recall_vault_tiles_clear(RecallVaultTiles *self)
{
    g_clear_pointer(&self->digests, recall_tile_cache_free);
}

void
recall_vault_tiles_forget(RecallVaultTiles *self)
{
    recall_tile_cache_clear(self->digests);
}

void
recall_vault_tiles_learn(RecallVaultTiles *self,
                         int64_t week,
                         const GPtrArray *digests,
                         const GPtrArray *missing)
{
    if (week < self->week)
        return;
    if (week > self->week)
        recall_tile_cache_clear(self->digests);
    self->week = week;
    for (unsigned i = 0; i < digests->len; i++)
        recall_tile_cache_put(self->digests, g_ptr_array_index(digests, i));
    for (unsigned i = 0; i < missing->len; i++)
        recall_tile_cache_remove(self->digests, g_ptr_array_index(missing, i));
}

gboolean
recall_vault_tiles_has(const RecallVaultTiles *self, int64_t week, GBytes *digest)
{
    return week == self->week && recall_tile_cache_has(self->digests, digest);
}
