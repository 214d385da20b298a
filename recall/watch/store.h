/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"
#include "protocol/sheet.h"
#include "recall/watch/backlog.h"

/* agentd's end of the append socket: a bounded backlog (recall/watch/backlog.h) that survives a
 * vault that is slow, hung or gone. It can add and never read. Main thread. */

#define RECALL_STORE_CALL_DEADLINE_MS 5000

typedef struct RecallStore RecallStore;

typedef struct {
    unsigned n_waiting;
    uint64_t n_dropped; /* since the start */
    int64_t oldest_us;  /* monotonic time at which the oldest waiting scene was put, or 0 */
    gboolean is_connected;
    const char *socket_path; /* of the vault that is written to */
    gboolean is_full; /* the vault's last answer: its disk is; it is asked again all the time */
    gboolean is_read_only; /* the same */
} RecallStoreStatus;

/* @vault_path: the program to start when nobody listens on the socket, or NULL for never
 * @on_moved: it is another vault from now on (recall/watch/vault-link.h), and what was stored is
 * not in it: what is still shown is to be put again. What waits goes to that one. */
RecallStore *
recall_store_new(const char *vault_path, void (*on_moved)(void *user_data), void *user_data);
void recall_store_free(RecallStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallStore, recall_store_free)

/* Puts a new or grown scene in line; one with the same key that still waits is replaced.
 * @sheets: (transfer none): of ProtocolSheet, whatever of the scene's tiles is at hand; only sheets
 * with a tile that the vault was not given yet are sent */
void recall_store_put(RecallStore *self, const ProtocolScene *scene, GPtrArray *sheets);

/* The same content is still shown. Sent together with others, at most once in ten seconds. */
void recall_store_touch(RecallStore *self, uint64_t key, int64_t end_us);

/* Drops what waits of that time, the pictures at hand and what is known of the vault's; what is on
 * its way is not tried again. Nothing of what was put with an older epoch is taken any more. Then
 * wait until recall_store_is_sending() is not: what was on its way is in the vault, or lost.
 * Returns: how many scenes went, and count as lost, because they may not have been meant */
unsigned recall_store_forget(RecallStore *self, const RecallBacklogSpan *span);
gboolean recall_store_is_sending(const RecallStore *self);

/* Sends what waits at once, even what the vault could not take just now. */
void recall_store_hurry(RecallStore *self);

/* Whether something of that time waits or is on its way, and may still reach the vault: it is not
 * so once the vault could not take it. */
gboolean recall_store_may_send(const RecallStore *self, const RecallBacklogSpan *span);

/* Another one after each recall_store_forget(): what was seen before it must not be put after. */
unsigned recall_store_get_epoch(const RecallStore *self);

/* Whether the vault was given this tile, so that the caller need not encode it. */
gboolean recall_store_has_tile(const RecallStore *self, const uint8_t *digest);

void recall_store_get_status(const RecallStore *self, RecallStoreStatus *out_status);

/* Sends what waits, for at most @deadline_ms; blocks. */
void recall_store_flush(RecallStore *self, unsigned deadline_ms);
