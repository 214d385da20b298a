/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Tells when protocol_peer_find() may have another answer: the administrator gave this user's
 * vault a user id of its own, or took it back. Sleeps until the folders of its sockets change. */
typedef struct ProtocolPeerWatch ProtocolPeerWatch;

/* @on_change: from the caller's main context; also called when nothing of ours changed
 * Returns: (nullable): NULL when the system gives out no more of such watches */
ProtocolPeerWatch *protocol_peer_watch_new(void (*on_change)(void *user_data), void *user_data);
void protocol_peer_watch_free(ProtocolPeerWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolPeerWatch, protocol_peer_watch_free)
