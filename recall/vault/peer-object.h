/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* One D-Bus object for all clients of a socket, shown to each for as long as its connection lasts.
 * Main thread. */

typedef struct RecallPeerObject RecallPeerObject;

/* A client does not see the object any more: its connection ended, or it is hidden from all. */
typedef void (*RecallPeerObjectFunc)(GDBusConnection *connection, void *user_data);

/* @object: stays until self is freed
 * @path: static
 * @on_hidden: (nullable) */
RecallPeerObject *recall_peer_object_new(GDBusInterfaceSkeleton *object,
                                         const char *path,
                                         RecallPeerObjectFunc on_hidden,
                                         void *user_data);

/* Hides it from all. */
void recall_peer_object_free(RecallPeerObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallPeerObject, recall_peer_object_free)

gboolean recall_peer_object_show(RecallPeerObject *self,
                                 GDBusConnection *connection,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
