/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/dbus-job1.h"

/* The Job1 object of one call, shown to its caller only. Main thread. */

/* Returns: (transfer full): on @connection under @path */
ProtocolDbusJob1 *
recall_job_object_new(GDBusConnection *connection, const char *path, GError **error);

/* Hides it. @user_data: of its handlers, which are called no more */
void recall_job_object_end(ProtocolDbusJob1 *object, void *user_data);
