/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/worker.h"
#include "recall/vault/keeper.h"

/* io.deskhand.Recall1: reads single scenes, pictures and statistics on the store's thread, and
 * hands the rest to its parts (service-search.h, service-forget.h, service-lock.h). Main thread. */

#define RECALL_SERVICE_RECALL_N_CALLS_MAX 64 /* scenes, pictures, statistics: of all clients */

typedef struct RecallServiceRecall RecallServiceRecall;

/* @worker: the store's thread; outlives self
 * @vault: looked at here, so no job of @worker may use it yet; later in jobs only; stays until
 * those have run */
RecallServiceRecall *recall_service_recall_new(BaseWorker *worker, RecallVault *vault);

/**
 * recall_service_recall_set_keeper:
 * @keeper: (nullable): told of unlocks, and asked for the statistics; outlives self, or is taken
 *   away with NULL after it was freed
 * @complaint: (nullable): what is wrong with the settings, and so not in force
 */
void recall_service_recall_set_keeper(RecallServiceRecall *self,
                                      RecallKeeper *keeper,
                                      const char *complaint);

/* Searches that run are cancelled; calls that still wait are not answered. */
void recall_service_recall_free(RecallServiceRecall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallServiceRecall, recall_service_recall_free)

/* Shows the object to one client, for as long as its connection lasts; what it started ends with
 * it. */
gboolean recall_service_recall_export(RecallServiceRecall *self,
                                      GDBusConnection *connection,
                                      GError **error);
