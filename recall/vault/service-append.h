/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/worker.h"
#include "recall/vault/vault.h"

/* io.deskhand.Append1: hands what comes in to the store's thread. Appends that wait while another
 * is being written are committed together. Main thread. */

#define RECALL_SERVICE_APPEND_N_WAITING_MAX 1024 /* calls; more are told Busy */
#define RECALL_SERVICE_APPEND_WAITING_MAX_BYTES                                                    \
    (32 * 1024 * 1024)                           /* of them all, but for the last */
#define RECALL_SERVICE_APPEND_N_TOUCHES_MAX 4096 /* ends in one call */
#define RECALL_SERVICE_APPEND_TIDY_S 10          /* after scenes came: recall_upkeep_tidy() */

typedef struct RecallServiceAppend RecallServiceAppend;

/* @worker: the store's thread; outlives self
 * @vault: used in jobs of @worker only; stays until those have run */
RecallServiceAppend *recall_service_append_new(BaseWorker *worker, RecallVault *vault);

/* @on_growth: called after something was stored */
typedef void (*RecallServiceAppendFunc)(void *user_data);
void recall_service_append_watch(RecallServiceAppend *self,
                                 RecallServiceAppendFunc on_growth,
                                 void *user_data);

/* Calls that still wait are not answered. */
void recall_service_append_free(RecallServiceAppend *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallServiceAppend, recall_service_append_free)

/* Shows the object to one client, for as long as its connection lasts. */
gboolean recall_service_append_export(RecallServiceAppend *self,
                                      GDBusConnection *connection,
                                      GError **error);
