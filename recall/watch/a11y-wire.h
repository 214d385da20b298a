/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* A connection to the accessibility bus for one thread. A reading is hundreds of small questions:
 * with GDBus each wakes two threads and sets up a timer, which costs more than all the rest; here
 * many go out with one write, and the answers are taken off the socket where they are wanted. */

#define RECALL_A11Y_WIRE_MESSAGE_MAX_BYTES (16 * 1024 * 1024)

typedef struct RecallA11yWire RecallA11yWire;

/* @beside: on the same bus, at a Unix socket; nothing is connected before recall_a11y_wire_open().
 * Any thread; all the others belong to one */
RecallA11yWire *recall_a11y_wire_new(GDBusConnection *beside);
void recall_a11y_wire_free(RecallA11yWire *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallA11yWire, recall_a11y_wire_free)

/* Joins the bus unless it has: blocks until @deadline_us (monotonic). An error of any kind, here
 * and below, means that the bus is lost; the next call of this tries again. */
gboolean recall_a11y_wire_open(RecallA11yWire *self, int64_t deadline_us, GError **error);

/* Puts @message (transfer none) in line. Returns: its serial; they count up by one */
uint32_t recall_a11y_wire_push(RecallA11yWire *self, GDBusMessage *message);

/**
 * recall_a11y_wire_wait:
 * @cancel_fd: (nullable): ends the wait when it can be read
 *
 * Sends what is in line and waits until there is something to take, @deadline_us (monotonic) or
 * @cancel_fd.
 */
gboolean recall_a11y_wire_wait(RecallA11yWire *self,
                               int64_t deadline_us,
                               const GPollFD *cancel_fd,
                               GError **error);

/* Returns: (transfer full) (nullable): a message that has come, NULL without an error when none
 * has */
GDBusMessage *recall_a11y_wire_take(RecallA11yWire *self, GError **error);
