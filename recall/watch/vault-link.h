/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* Keeps a connection to the vault's append socket: connects, starts the vault where nobody
 * listens, and tries again with growing pauses. Never blocks; main thread. */

#define RECALL_VAULT_LINK_RETRY_MIN_MS 100
#define RECALL_VAULT_LINK_RETRY_MAX_MS 5000
/* Two belong to each death of the vault: one that dies again and again is back as fast each time,
 * for a while. */
#define RECALL_VAULT_LINK_N_QUICK 20
#define RECALL_VAULT_LINK_CONNECT_DEADLINE_MS 5000
/* A vault of our own that has answered nothing for so long is killed and started again. */
#define RECALL_VAULT_LINK_HUNG_MS 15000

typedef struct RecallVaultLink RecallVaultLink;

typedef struct {
    void (*on_up)(GDBusConnection *connection, void *user_data);
    /* Calls that were in flight fail by themselves. */
    void (*on_down)(void *user_data);
} RecallVaultLinkEvents;

/* @vault_path: the program to start, or NULL for never. It is ended with SIGTERM when this is
 * freed, and dies with our process. The first event comes from the main loop. */
RecallVaultLink *
recall_vault_link_new(const char *vault_path, const RecallVaultLinkEvents *events, void *user_data);
void recall_vault_link_free(RecallVaultLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallVaultLink, recall_vault_link_free)

/* The other end answered, which resets the pauses; or it missed a deadline, which ends the
 * connection, whatever is stuck in it. */
void recall_vault_link_confirm(RecallVaultLink *self);
void recall_vault_link_drop(RecallVaultLink *self);

/* Returns: (transfer none) (nullable): NULL while there is none */
GDBusConnection *recall_vault_link_get_connection(const RecallVaultLink *self);
