/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>
#include <sys/types.h>

/* The accessibility bus: found, joined, joined again when it comes back, and which of its names
 * belongs to which process. Main thread; nothing here blocks. */

#define RECALL_A11Y_BUS_RETRY_MIN_MS 1000 /* after the bus refused us; doubles up to */
#define RECALL_A11Y_BUS_RETRY_MAX_MS 60000
#define RECALL_A11Y_BUS_N_APPS_MAX 512

typedef struct RecallA11yBus RecallA11yBus;

typedef struct {
    /* The name left the bus, or, with NULL, all did. */
    void (*on_gone)(const char *name, void *user_data);
} RecallA11yBusEvents;

/* Joins by itself as soon as there is a session bus with org.a11y.Bus on it (or the root window
 * names an accessibility bus), and asks the session for accessible applications. */
RecallA11yBus *recall_a11y_bus_new(const RecallA11yBusEvents *events, void *user_data);
void recall_a11y_bus_free(RecallA11yBus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallA11yBus, recall_a11y_bus_free)

/* Returns: (transfer none) (nullable): NULL while there is none */
GDBusConnection *recall_a11y_bus_get_connection(const RecallA11yBus *self);

/**
 * recall_a11y_bus_find_app_async:
 *
 * Finds the bus name of the application that runs as @pid, at once when it is known. An answer of
 * "not there" is kept until the set of names on the bus changes. Errors: G_IO_ERROR_NOT_CONNECTED,
 * G_IO_ERROR_NOT_SUPPORTED (it has not registered), G_IO_ERROR_TIMED_OUT (the registry hangs)
 */
void recall_a11y_bus_find_app_async(RecallA11yBus *self,
                                    pid_t pid,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    void *user_data);
/* Returns: (transfer full) */
char *recall_a11y_bus_find_app_finish(RecallA11yBus *self, GAsyncResult *result, GError **error);
