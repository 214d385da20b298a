/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/worker.h"
#include "protocol/dbus-recall1.h"
#include "recall/vault/allowance.h"
#include "recall/vault/vault.h"

/* The part of io.deskhand.Recall1 that locks, unlocks and changes the key, and what the rest of it
 * asks before it gives anything out. Main thread. */

#define RECALL_SERVICE_LOCK_SECRET_MAX_BYTES 4096 /* of a passphrase, PIN or recovery key */

typedef struct RecallServiceLock RecallServiceLock;

/* @object: answers the lock's methods from now on
 * @worker: the store's thread; outlives self
 * @vault: looked at here, so no job of @worker may use it yet; later in jobs only */
RecallServiceLock *
recall_service_lock_new(ProtocolDbusRecall1 *object, BaseWorker *worker, RecallVault *vault);

/* Calls that still wait are not answered. */
void recall_service_lock_free(RecallServiceLock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallServiceLock, recall_service_lock_free)

/* A key that asks nobody and is not to be had is tried again now and then.
 *
 * Whether one more may be given out; always when the key asks for no secret.
 * @error: G_IO_ERROR_PERMISSION_DENIED, _BUSY */
gboolean recall_service_lock_check(RecallServiceLock *self,
                                   RecallAllowanceKind kind,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Returns: how many of @n may be given out; the rest is to be kept back. What was used up is
 * locked. */
unsigned recall_service_lock_spend(RecallServiceLock *self, RecallAllowanceKind kind, unsigned n);
