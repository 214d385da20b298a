/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/tile-cache.h"

#include <stdint.h>

/* The tiles that the vault has in the newest week that was added to, so that they need not be coded
 * or sent again. Bounded: what it does not know is sent. Main thread. */

#define RECALL_VAULT_TILES_N_MAX 16384 /* that the vault is known to have */

typedef struct {
    RecallTileCache *digests; /* of that week */
    int64_t week;
} RecallVaultTiles;

void recall_vault_tiles_init(RecallVaultTiles *self);
void recall_vault_tiles_clear(RecallVaultTiles *self);

/* It may be another vault. */
void recall_vault_tiles_forget(RecallVaultTiles *self);

/* A scene of @week with these tiles was stored. @missing: of GBytes: but not these */
void recall_vault_tiles_learn(RecallVaultTiles *self,
                              int64_t week,
                              const GPtrArray *digests,
                              const GPtrArray *missing);

gboolean recall_vault_tiles_has(const RecallVaultTiles *self, int64_t week, GBytes *digest);
