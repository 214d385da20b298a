/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/sheet.h"

/* Sheets that may be asked for again, bounded by bytes: what was put longest ago goes first. One
 * thread. */
typedef struct RecallSheetCache RecallSheetCache;

RecallSheetCache *recall_sheet_cache_new(size_t max_bytes);
void recall_sheet_cache_free(RecallSheetCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallSheetCache, recall_sheet_cache_free)

/* @sheet: (transfer none): one that is larger than the whole cache is not kept */
void recall_sheet_cache_put(RecallSheetCache *self, ProtocolSheet *sheet);
/* Returns: (transfer none) (nullable): the newest sheet with this tile */
ProtocolSheet *recall_sheet_cache_find(const RecallSheetCache *self, GBytes *digest);
void recall_sheet_cache_clear(RecallSheetCache *self);
