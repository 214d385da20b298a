/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/display-x11.h"

#include <pixman.h>

/* A child of the root window that shows something. */
typedef struct {
    xcb_window_t xid;
    BaseRect rect; /* root pixels, with its border */
    int border_px;
    uint8_t depth;
    gboolean is_override;
    gboolean is_shaped;
    pixman_region32_t region; /* root pixels that it covers */
} RecallTopX11;

/**
 * recall_tops_x11_find:
 * @child_xids: of uint32_t: children of the root window, topmost first
 * @has_compositor: windows may be see-through
 *
 * Asks about all of them together. Returns: (transfer full): of RecallTopX11, topmost first: those
 * that are mapped and on the screen, at most RECALL_WINDOW_N_MAX
 */
GArray *recall_tops_x11_find(const RecallDisplayX11 *display,
                             const GArray *child_xids,
                             const BaseRect *screen,
                             gboolean has_compositor);
