/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/vault.h"

/* What agentd sends, into the weeks where it belongs: scenes, the pixels they lacked, and how long
 * they were still shown. While the vault is locked what belongs into another week than the one in
 * hand goes there all the same, and pixels and ends for other weeks are left out. Store's thread.
 */

/* One scene to append, and what became of it. */
typedef struct {
    ProtocolScene *scene;
    GPtrArray *sheets;  /* (nullable): of ProtocolSheet */
    int64_t id;         /* set on success, with the next one */
    GPtrArray *missing; /* of GBytes: digests that the scene names and the segment has not */
    GError *error;      /* NULL: it has reached the disk */
} RecallAppend;

/* @scene, @sheets: (transfer full) */
RecallAppend *recall_append_new(ProtocolScene *scene, GPtrArray *sheets);
void recall_append_free(RecallAppend *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallAppend, recall_append_free)

/* Appends in one transaction, or each alone when that failed, so that one that cannot be stored
 * spoils no other. A scene whose key is known in its week replaces it, keeping number and start.
 * One that lasts over RECALL_SCENE_DURATION_MAX_US ends there.
 * @appends: of RecallAppend; each one's error is set or not */
void recall_ingest_append_all(RecallVault *self, GPtrArray *appends);

/* @sheets: of ProtocolSheet: what was missing of the scene with this number */
gboolean recall_ingest_add_tiles(RecallVault *self, int64_t id, GPtrArray *sheets, GError **error);

/* @ends: of RecallEnd, all in one transaction a segment; an unknown key is ignored, and so is an
 * end that is earlier than the one that is known */
typedef struct {
    uint64_t key;
    int64_t end_us;
} RecallEnd;
gboolean recall_ingest_touch(RecallVault *self, const GArray *ends, GError **error);
