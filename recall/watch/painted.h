/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/window.h"

#include <glib.h>

/* What of each window it has painted itself. A window that was mapped or uncovered and has not
 * drawn yet, because it is slow or hangs, shows what lay there before: pixels of another window,
 * maybe of one that may not be remembered. The server reports as damage what is drawn, and neither
 * mapping nor uncovering a window without a background. So what came to be seen of a window counts
 * only from the first damage there on. Pure.
 *
 * What the other window drew after the moment before, and was closed over before the next, passes
 * for painted. */

/**
 * recall_painted_update:
 * @windows: of RecallWindow, of this moment; their painted is set
 * @last: (nullable): of RecallWindow, of the moment before; may be @windows, and hold the same
 * @damage: root pixels, since the moment before
 */
void recall_painted_update(const GPtrArray *windows,
                           const GPtrArray *last,
                           const pixman_region32_t *damage);
