/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/text.h"
#include "recall/watch/window.h"

/* Accessible text over the AT-SPI bus, in raw D-Bus calls. Asynchronous throughout, on the main
 * thread. At most one reading at a time per application (bus name); others wait for it or are
 * refused, none waits for another application. */

#define RECALL_A11Y_CALL_DEADLINE_MS 1000
#define RECALL_A11Y_READ_DEADLINE_MS 3000
#define RECALL_A11Y_REST_MAX_MS 1000

typedef struct RecallA11y RecallA11y;

/* Connects by itself, now and whenever the session bus or the accessibility bus comes back; sets
 * org.a11y.Status.IsEnabled when it does. */
RecallA11y *recall_a11y_new(void);
void recall_a11y_free(RecallA11y *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallA11y, recall_a11y_free)

gboolean recall_a11y_is_connected(const RecallA11y *self);

/**
 * recall_a11y_read_async:
 * @window: kept with a reference
 * @shown: window pixels that are to be read: what is visible of it
 * @changed: (nullable): window pixels that may look different than when this window was last read
 *   with success; NULL for all. The rest is answered from before, which is much cheaper
 *
 * Answers with the text shown inside @shown. An application whose last reading was slow is given
 * time to rest first, up to RECALL_A11Y_REST_MAX_MS. Errors: G_IO_ERROR_NOT_SUPPORTED (no tree for
 * this window or its toolkit is not read this way: use pixels), G_IO_ERROR_TIMED_OUT,
 * G_IO_ERROR_BUSY (its budget is used up or it missed deadlines: use pixels for now),
 * G_IO_ERROR_NOT_CONNECTED.
 */
void recall_a11y_read_async(RecallA11y *self,
                            RecallWindow *window,
                            const pixman_region32_t *shown,
                            const pixman_region32_t *changed,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            void *user_data);
RecallText *recall_a11y_read_finish(RecallA11y *self, GAsyncResult *result, GError **error);

/* Whether a window of this process was read before, so that a caller may expect it again. */
gboolean recall_a11y_knows(const RecallA11y *self, const RecallWindow *window);
