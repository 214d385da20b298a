/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/worker.h"
#include "protocol/dbus-recall1.h"
#include "recall/vault/keeper.h"
#include "recall/vault/vault.h"

/* The part of io.deskhand.Recall1 that forgets: hands it to the store's thread step by step. One at
 * a time. Main thread. */

#define RECALL_SERVICE_FORGET_N_LEFT_MAX 20         /* sentences */
#define RECALL_SERVICE_FORGET_OPTION_MAX_BYTES 4096 /* of one option */

typedef struct RecallServiceForget RecallServiceForget;

/* @object: answers the methods of forgetting from now on
 * @worker: the store's thread; outlives self
 * @vault: used in jobs of @worker only; stays until those have run */
RecallServiceForget *
recall_service_forget_new(ProtocolDbusRecall1 *object, BaseWorker *worker, RecallVault *vault);

/* @keeper: (nullable): what goes by itself waits while something is forgotten here, and the other
 * way round; outlives self, or is taken away with NULL after it was freed */
void recall_service_forget_set_keeper(RecallServiceForget *self, RecallKeeper *keeper);

/* What was begun is finished at the next start. */
void recall_service_forget_free(RecallServiceForget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallServiceForget, recall_service_forget_free)
