/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"
#include "recall/vault/segment.h"

/* Writing into one segment. Each function works within the caller's transaction, which must be
 * rolled back when it fails, and on the store's thread. Errors as recall_segment_set_error(). */

/**
 * recall_append_scene:
 * @scene: begins in the segment's week
 * @sheets: (nullable): of ProtocolSheet: pixels that were sent with it
 * @out_row: row of the scene
 * @out_missing: (transfer full): of GBytes: digests whose pixels the segment has not
 *
 * A row with the same key is replaced and keeps its number and start.
 */
gboolean recall_append_scene(RecallSegment *self,
                             const ProtocolScene *scene,
                             const GPtrArray *sheets,
                             int64_t *out_row,
                             GPtrArray **out_missing,
                             GError **error);

/* Takes a scene out with its words in the index, and the tiles that no other scene names. It is
 * well when there is no such row. */
gboolean recall_append_remove(RecallSegment *self, int64_t row, GError **error);

/* @rows: of uint32_t. @out: whether the segment has no scene but those */
gboolean
recall_append_has_no_other(RecallSegment *self, const GArray *rows, gboolean *out, GError **error);

/* @out_is_known: FALSE when the segment has no such key */
gboolean recall_append_end(RecallSegment *self,
                           uint64_t key,
                           int64_t end_us,
                           gboolean *out_is_known,
                           GError **error);
