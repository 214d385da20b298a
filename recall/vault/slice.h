/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* A piece of work that ends soon, so that others get their turn. Any thread. */

typedef struct {
    GCancellable *cancellable; /* (nullable) */
    int64_t deadline_us;       /* monotonic */
} RecallSlice;

static inline gboolean
recall_slice_is_over(const RecallSlice *self)
{
    return g_get_monotonic_time() >= self->deadline_us ||
           g_cancellable_is_cancelled(self->cancellable);
}
