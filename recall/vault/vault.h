/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"
#include "recall/vault/segment.h"

/* All segments of a folder: appends, reads by number, statistics, and hands segments to searches.
 * Every function runs on the store's one worker thread, inside a job. */

typedef struct RecallVault RecallVault;

typedef struct {
    uint64_t n_scenes;
    uint64_t n_bytes;  /* on disk */
    int64_t oldest_us; /* start of the oldest scene, 0 when there is none */
    unsigned n_segments;
    unsigned n_damaged; /* set aside */
} RecallVaultStatistics;

/* @error: G_IO_ERROR_BUSY when another vault has the folder (a lock file says so) */
RecallVault *recall_vault_open(const char *folder, GError **error);
void recall_vault_close(RecallVault *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallVault, recall_vault_close)

/* @tiles: digest (GBytes) to WebP (GBytes); on return what was committed is on the disk.
 * @out_missing: (transfer full): of GBytes: digests that the scene names and the segment has not */
gboolean recall_vault_append(RecallVault *self,
                             const ProtocolScene *scene,
                             GHashTable *tiles,
                             int64_t *out_id,
                             GPtrArray **out_missing,
                             GError **error);
gboolean recall_vault_add_tiles(RecallVault *self, int64_t id, GHashTable *tiles, GError **error);
gboolean recall_vault_touch(RecallVault *self, uint64_t key, int64_t end_us, GError **error);

/* @error: G_IO_ERROR_NOT_FOUND */
ProtocolScene *recall_vault_get_scene(RecallVault *self, int64_t id, GError **error);
/* Returns: a file descriptor of protocol/picture.h, or -1 */
int recall_vault_get_picture(RecallVault *self, int64_t id, GError **error);
gboolean recall_vault_get_statistics(RecallVault *self,
                                     RecallVaultStatistics *out_statistics,
                                     GError **error);

/* Weeks that have a segment, newest first. Returns: (transfer full): of int */
GArray *recall_vault_dup_weeks(RecallVault *self);
/* Opens it when needed; @out_segment: borrowed, valid within this job. A damaged one is set aside
 * and reported as RECALL_SEGMENT_ERROR_DAMAGED: go on with the next. */
gboolean
recall_vault_get_segment(RecallVault *self, int week, RecallSegment **out_segment, GError **error);
