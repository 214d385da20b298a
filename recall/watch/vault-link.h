/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* Keeps a connection to the vault's append socket: connects, starts the vault where nobody
 * listens, and tries again with growing pauses. It is the socket that protocol_peer_find() gives;
 * when that becomes another one it moves there at once, and ends the vault that it started. One
 * with a user id of its own is not ours to start. Never blocks; main thread. */

#define RECALL_VAULT_LINK_RETRY_MIN_MS 100
#define RECALL_VAULT_LINK_RETRY_MAX_MS                                                             \
    5000 /* between tries to reach a vault that does not come up */
/* A vault that dies again and again is back as fast so many times. */
#define RECALL_VAULT_LINK_N_QUICK 10
/* Then there is a growing pause before each start, no longer than this if it answered. */
#define RECALL_VAULT_LINK_ANSWERED_MAX_MS 500
/* From its start until it must listen; meanwhile that is looked for without growing pauses. */
#define RECALL_VAULT_LINK_START_MAX_MS 2000
/* One that stood for so long did not die again and again. */
#define RECALL_VAULT_LINK_STEADY_MS 10000
#define RECALL_VAULT_LINK_CONNECT_DEADLINE_MS 5000
/* A vault of our own that has answered nothing for so long is killed and started again. */
#define RECALL_VAULT_LINK_HUNG_MS 15000

typedef struct RecallVaultLink RecallVaultLink;

typedef struct {
    void (*on_up)(GDBusConnection *connection, void *user_data);
    /* Calls that were in flight fail by themselves. */
    void (*on_down)(void *user_data);
    /* It is another vault from now on, which knows nothing of what the one before was given. */
    void (*on_moved)(void *user_data);
} RecallVaultLinkEvents;

/* @vault_path: the program to start, or NULL for never. It is ended with SIGTERM when this is
 * freed, and dies with our process. The first event comes from the main loop. */
RecallVaultLink *
recall_vault_link_new(const char *vault_path, const RecallVaultLinkEvents *events, void *user_data);
void recall_vault_link_free(RecallVaultLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallVaultLink, recall_vault_link_free)

/* The other end answered, which shortens the pauses; or it missed a deadline, which ends the
 * connection, whatever is stuck in it. To be called soon after on_up: a vault that nothing was
 * asked of counts as one that cannot serve. */
void recall_vault_link_confirm(RecallVaultLink *self);
void recall_vault_link_drop(RecallVaultLink *self);

/* Returns: (transfer none) (nullable): NULL while there is none */
GDBusConnection *recall_vault_link_get_connection(const RecallVaultLink *self);

/* Returns: (transfer none): the socket that it connects to */
const char *recall_vault_link_get_path(const RecallVaultLink *self);
