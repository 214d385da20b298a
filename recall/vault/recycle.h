/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/retention.h"
#include "recall/vault/vault.h"

/* Forgets by itself what is over the limits, oldest first, in steps, with an intent and a receipt
 * as any forgetting (recall/vault/forget.h). Store's thread.
 *
 * By age: a scene that began before the limit goes, and with it what comes next, so that a week is
 * sealed anew once a day and not once an hour. By quota: whole weeks, as long as they are small
 * against it or more must go than they have; of a large one the oldest scenes, and of the week in
 * hand no more than that, so that what was just seen stays. While locked only whole weeks can go; a
 * large one then waits, until the quota is exceeded by a quarter. */

/* What was shown since then does not go by the quota. */
#define RECALL_RECYCLE_YOUNG_US (INT64_C(600) * G_USEC_PER_SEC)
/* At most so much more goes by age than has to; an eighth of the limit when that is less. */
#define RECALL_RECYCLE_AHEAD_MAX_US (INT64_C(86400) * G_USEC_PER_SEC) /* a day */
/* So much more goes by quota than has to; a tenth of the quota when that is less. */
#define RECALL_RECYCLE_SPARE_MAX_BYTES (UINT64_C(500) * 1000 * 1000)

typedef enum {
    RECALL_RECYCLE_WELL,   /* within the limits */
    RECALL_RECYCLE_LOCKED, /* something is to go, and waits for an unlock */
    RECALL_RECYCLE_YOUNG,  /* over the quota, and everything is too young to go */
    RECALL_RECYCLE_FAILED, /* the log says why */
    RECALL_RECYCLE_CLOCK,  /* nothing goes by age: see recall_recycle_doubt_clock() */
} RecallRecycleState;

typedef struct {
    RecallRecycleState state;
    uint64_t used_bytes; /* of the quota */
} RecallRecycleReport;

typedef struct RecallRecycle RecallRecycle;

RecallRecycle *recall_recycle_new(RecallVault *vault, const RecallRetention *limits);
void recall_recycle_free(RecallRecycle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallRecycle, recall_recycle_free)

/* Frees it where the vault may be gone: what is half done waits for the next start. Any thread.
 * @self: (nullable) */
void recall_recycle_leave(RecallRecycle *self);

/* Nothing goes by age, whatever the clock says (recall/vault/clock-trust.h). */
void recall_recycle_doubt_clock(RecallRecycle *self);

/* Works for some 15 ms, seldom for more than 100 ms. Returns: FALSE when nothing is left to do */
gboolean recall_recycle_step(RecallRecycle *self, int64_t now_us);

/* As it was found in the last step that looked. */
RecallRecycleReport recall_recycle_get_report(const RecallRecycle *self);
