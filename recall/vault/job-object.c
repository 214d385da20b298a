/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/job-object.h"

ProtocolDbusJob1 *
recall_job_object_new(GDBusConnection *connection, const char *path, GError **error)
{
    g_autoptr(ProtocolDbusJob1) object = protocol_dbus_job1_skeleton_new();

    protocol_dbus_job1_set_version(object, 1);
    return g_dbus_interface_skeleton_export(G_DBUS_INTERFACE_SKELETON(object), connection, path,
                                            error)
               ? g_steal_pointer(&object)
               : NULL;
}

void
recall_job_object_end(ProtocolDbusJob1 *object, void *user_data)
{
    g_dbus_interface_skeleton_unexport(G_DBUS_INTERFACE_SKELETON(object));
    g_signal_handlers_disconnect_by_data(object, user_data);
    g_object_unref(object);
}
