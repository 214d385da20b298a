/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/worker.h"
#include "recall/vault/vault.h"

/* Makes the weeks that are over quick to search (recall/vault/sieve.h), a step of about 20 ms at a
 * time and with pauses, so that appends and searches hardly notice. It looks once soon after the
 * start, which also opens the segments before the first search, and then every hour. Main thread.
 */

#define RECALL_TIDY_FIRST_S 5
#define RECALL_TIDY_EVERY_S 3600
#define RECALL_TIDY_PAUSE_MS 60 /* between two steps */

typedef struct RecallTidy RecallTidy;

/* @worker: the store's thread; outlives self
 * @vault: used in jobs of @worker only; stays until those have run */
RecallTidy *recall_tidy_new(BaseWorker *worker, RecallVault *vault);
void recall_tidy_free(RecallTidy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallTidy, recall_tidy_free)

/* What a round does, without threads or timers: one step.
 * Returns: FALSE when nothing is left to do */
typedef struct RecallTidyRound RecallTidyRound;
RecallTidyRound *recall_tidy_round_new(RecallVault *vault);
void recall_tidy_round_free(RecallTidyRound *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallTidyRound, recall_tidy_round_free)
gboolean recall_tidy_round_step(RecallTidyRound *self);
