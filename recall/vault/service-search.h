/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/dbus-recall1.h"
#include "recall/vault/service-lock.h"

/* The part of io.deskhand.Recall1 that searches, and its jobs of io.deskhand.Job1: hands a slice of
 * each search after the other to the store's thread. Main thread. */

#define RECALL_SERVICE_SEARCH_N_JOBS_MAX 8          /* of one client; more are told Busy */
#define RECALL_SERVICE_SEARCH_OPTION_MAX_BYTES 4096 /* of one option */

typedef struct RecallServiceSearch RecallServiceSearch;

/* @object: answers Search and Timeline from now on
 * @worker: the store's thread; outlives self
 * @vault: used in jobs of @worker only; stays until those have run
 * @lock: says what may be given out; outlives self */
RecallServiceSearch *recall_service_search_new(ProtocolDbusRecall1 *object,
                                               BaseWorker *worker,
                                               RecallVault *vault,
                                               RecallServiceLock *lock);

/* Searches that run are cancelled. */
void recall_service_search_free(RecallServiceSearch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallServiceSearch, recall_service_search_free)

/* @connection: (nullable): searches of this client only */
void recall_service_search_cancel(RecallServiceSearch *self, GDBusConnection *connection);
