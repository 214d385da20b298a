/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/segment.h"

/* What makes a week that is over quick to search: its index in one piece, and for each frequent
 * word (or pair of characters) a bit for each scene. Two words that are frequent and rarely meet
 * would cost a walk along both their lists in every week; their bits tell in microseconds where
 * they meet at all. The bits only rule out: what they let pass is looked up in the index.
 *
 * They are dropped by triggers of recall/vault/schema.h when a scene of the week changes, so a
 * week may be written again at any time. Store's thread. */

/* A word of fewer scenes has a short list and no bits. */
#define RECALL_SIEVE_SHARE 64 /* one scene in so many */
#define RECALL_SIEVE_STEP_US 20000
/* More candidates than that and a walk along the lists is cheaper than looking each up. */
#define RECALL_SIEVE_N_ROWS_MAX 24

/* Works for about RECALL_SIEVE_STEP_US in a transaction of its own. @out_is_done: nothing is left
 */
gboolean recall_sieve_step(RecallSegment *segment,
                           gboolean *out_is_done,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One row: whether anything is to do for this segment. */
gboolean recall_sieve_is_built(RecallSegment *segment,
                               gboolean *out_is_built,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * recall_sieve_probe:
 * @terms: of char *: terms as they are indexed, all of which must be in a scene
 * @out_rows: (transfer full) (nullable): of int64_t: the only rows that can have them all, newest
 *   first; NULL when these are too many or the bits cannot tell
 */
gboolean recall_sieve_probe(RecallSegment *segment,
                            const GPtrArray *terms,
                            GArray **out_rows,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
