/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/worker.h"
#include "recall/vault/recycle.h"

/* Keeps the history within its limits (recall/vault/recycle.h), beside other work. It looks once
 * soon after the start or an unlock, and when the store has grown, then every
 * RECALL_KEEPER_EVERY_S; on an idle desktop only every RECALL_KEEPER_IDLE_S, for the limit of age.
 * Main thread. */

#define RECALL_KEEPER_SOON_S 3
#define RECALL_KEEPER_EVERY_S 30
#define RECALL_KEEPER_IDLE_S 3600
#define RECALL_KEEPER_PAUSE_MS 40 /* between two steps */

typedef struct {
    RecallRetention limits;
    gboolean is_running;        /* something goes just now */
    RecallRecycleReport report; /* of the last look */
} RecallKeeperStatus;

typedef struct RecallKeeper RecallKeeper;

/* @worker: the store's thread; outlives self
 * @vault: used in jobs of @worker only; stays until those have run */
RecallKeeper *
recall_keeper_new(BaseWorker *worker, RecallVault *vault, const RecallRetention *limits);

/* What was begun is finished at the next start. */
void recall_keeper_free(RecallKeeper *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallKeeper, recall_keeper_free)

/* The store has grown. */
void recall_keeper_note_growth(RecallKeeper *self);

/* It was unlocked: what waited for that goes soon. */
void recall_keeper_note_unlock(RecallKeeper *self);

/* One who forgets something else: @on_held is called when nothing is under way here, at once or
 * later, or when self is freed; nothing is begun until recall_keeper_release(). One at a time. */
typedef void (*RecallKeeperFunc)(void *user_data);
void recall_keeper_hold(RecallKeeper *self, RecallKeeperFunc on_held, void *user_data);
void recall_keeper_release(RecallKeeper *self);

RecallKeeperStatus recall_keeper_get_status(const RecallKeeper *self);
