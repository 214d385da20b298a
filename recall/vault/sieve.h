/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/needs.h"
#include "recall/vault/segment.h"

/* What makes a week that is over quick to search: its index in one piece, and beside it
 *
 *   a Bloom filter of its terms: most weeks have none of a rare word, and are skipped;
 *   another one of what stands side by side, two and three tokens, for phrases;
 *   for each frequent term a bit for each scene: two words that are frequent and rarely meet would
 *   cost a walk along both their lists, their bits tell in microseconds where they meet.
 *
 * All of it only rules out: what it lets pass is looked up in the index. It is dropped by triggers
 * of recall/vault/schema.h when a scene of the week changes, so a week may be written again at any
 * time. Store's thread. */

/* A term of fewer scenes has a short list and no bits. */
#define RECALL_SIEVE_SHARE 32 /* one scene in so many */
/* More candidates than that and a walk along the lists is cheaper than looking each up. */
#define RECALL_SIEVE_N_ROWS_MAX 6
#define RECALL_SIEVE_STEP_US 20000
#define RECALL_SIEVE_N_SCENES_MAX 1000000 /* in one week; beyond it there is no sieve */

/* --- building --- */

typedef struct RecallSieve RecallSieve;

/* Work on one segment, in steps; what is not finished is of no use, and no harm. */
RecallSieve *recall_sieve_new(void);
void recall_sieve_free(RecallSieve *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallSieve, recall_sieve_free)

/* Works for about RECALL_SIEVE_STEP_US, in a transaction of its own. When a scene was written since
 * the last step it begins again. @segment: always the same one. @out_is_done: nothing is left */
gboolean recall_sieve_step(RecallSieve *self,
                           RecallSegment *segment,
                           gboolean *out_is_done,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean recall_sieve_is_built(RecallSegment *segment,
                               gboolean *out_is_built,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- asking --- */

typedef enum {
    RECALL_SIEVE_PASSES, /* or it cannot tell */
    RECALL_SIEVE_HAS_NONE,
    RECALL_SIEVE_HAS_FEW, /* none but @out_rows */
} RecallSieveAnswer;

/**
 * recall_sieve_ask:
 * @needs: what each scene that matches must have
 * @out_rows: (transfer full): of int64_t: with RECALL_SIEVE_HAS_FEW, newest first
 */
gboolean recall_sieve_ask(RecallSegment *segment,
                          const RecallNeeds *needs,
                          RecallSieveAnswer *out_answer,
                          GArray **out_rows,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
