/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

/* Peer-to-peer D-Bus over a Unix socket, the only way content travels between processes. */

#define PROTOCOL_PEER_N_CLIENTS_MAX 64 /* at once; more are closed */

/* @name: "append.sock" or "recall.sock"
 * Returns: (transfer full): its path below $XDG_RUNTIME_DIR/deskhand/ */
char *protocol_peer_path(const char *name);

/* For clients: where a vault with a user id of its own answers, when the system has one for this
 * user (/run/deskhand/UID/, which only root can make); else as above. Returns: (transfer full) */
char *protocol_peer_find(const char *name);

/* Returns: (transfer full): that folder of the system's, whether it is there or not */
char *protocol_peer_system_folder(void);

/* Whom servers of this process let in beside root, when it is not their own user. Before the first
 * one. */
void protocol_peer_set_user(uid_t uid);

typedef struct ProtocolPeerServer ProtocolPeerServer;

/* A client was let in. @connection: not yet processing messages: export objects now.
 * Returns: FALSE to refuse it */
typedef gboolean (*ProtocolPeerFunc)(GDBusConnection *connection, void *user_data);

/**
 * protocol_peer_server_new:
 * @path: bound here with mode 0600, its folder made with 0700; a stale socket is replaced, one
 *   that answers is not
 * @listen_fd: -1, or a listening socket from the service manager, used instead of @path
 * @error: G_IO_ERROR_ADDRESS_IN_USE when another process answers on @path
 *
 * Only a peer of our own user id (or that of protocol_peer_set_user()) or root is let in, checked
 * with SO_PEERCRED. More than PROTOCOL_PEER_N_CLIENTS_MAX at once are closed.
 */
ProtocolPeerServer *protocol_peer_server_new(const char *path,
                                             int listen_fd,
                                             ProtocolPeerFunc on_client,
                                             void *user_data,
                                             GError **error);
void protocol_peer_server_free(ProtocolPeerServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolPeerServer, protocol_peer_server_free)

/* The server must be of our own user id or root. @error: G_IO_ERROR_NOT_FOUND,
 * _CONNECTION_REFUSED (nobody listens) or _PERMISSION_DENIED */
void protocol_peer_connect_async(const char *path,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 void *user_data);
GDBusConnection *protocol_peer_connect_finish(GAsyncResult *result, GError **error);
GDBusConnection *
protocol_peer_connect_sync(const char *path, GCancellable *cancellable, GError **error);
