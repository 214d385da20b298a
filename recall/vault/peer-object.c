/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/peer-object.h"

struct RecallPeerObject {
    GDBusInterfaceSkeleton *object;
    const char *path;
    RecallPeerObjectFunc on_hidden;
    void *user_data;
};

RecallPeerObject *
recall_peer_object_new(GDBusInterfaceSkeleton *object,
                       const char *path,
                       RecallPeerObjectFunc on_hidden,
                       void *user_data)
{
    RecallPeerObject *self = g_new0(RecallPeerObject, 1);

    *self = (RecallPeerObject){g_object_ref(object), path, on_hidden, user_data};
    return self;
}

/* The object keeps every connection it is shown on, also a closed one, until it is told. */
static void
hide_from(RecallPeerObject *self, GDBusConnection *connection)
{
    if (self->on_hidden != NULL)
        self->on_hidden(connection, self->user_data);
    g_signal_handlers_disconnect_by_data(connection, self);
    g_dbus_interface_skeleton_unexport_from_connection(self->object, connection);
}

static void
on_closed(GDBusConnection *connection,
          gboolean remote_peer_vanished,
          GError *error,
          void *user_data)
{
    hide_from(user_data, connection);
}

gboolean
recall_peer_object_show(RecallPeerObject *self, GDBusConnection *connection, GError **error)
{
    if (!g_dbus_interface_skeleton_export(self->object, connection, self->path, error))
        return FALSE;
    g_signal_connect(connection, "closed", G_CALLBACK(on_closed), self);
    return TRUE;
}

void
recall_peer_object_free(RecallPeerObject *self)
{
    GList *connections = NULL;

    if (self == NULL)
        return;
    connections = g_dbus_interface_skeleton_get_connections(self->object);
    for (GList *link = connections; link != NULL; link = link->next)
        hide_from(self, link->data);
    g_list_free_full(connections, g_object_unref);
    g_object_unref(self->object);
    g_free(self);
}
