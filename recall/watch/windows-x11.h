/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/display-x11.h"
#include "recall/watch/window.h"

/* The windows on the screen and what of each is visible. They are listed for a moment, not kept up
 * by events, so that windows that come and go a hundred times a second cost nothing in between; and
 * not listed again when nothing happened to them since, as while a caret blinks. What applications
 * say about their windows is kept (clients-x11.h). */

typedef struct RecallWindowsX11 RecallWindowsX11;

typedef struct {
    BaseRect screen; /* the root window */
    gboolean has_compositor;
    GPtrArray *windows; /* of RecallWindow, topmost first, visible ones only */
} RecallWindowsX11List;

/* @display: borrowed, outlives it */
RecallWindowsX11 *recall_windows_x11_new(const RecallDisplayX11 *display);
void recall_windows_x11_free(RecallWindowsX11 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallWindowsX11, recall_windows_x11_free)

/* Sends the first questions, without waiting. */
void recall_windows_x11_begin(RecallWindowsX11 *self);

/* Whether they are answered: the server is there, and is not held by another client. Never
 * blocks. Every request sent before recall_windows_x11_begin() is answered then too. */
gboolean recall_windows_x11_is_answered(RecallWindowsX11 *self);

/**
 * recall_windows_x11_finish:
 * @lit: root pixels that a monitor shows; empty for all of them
 * @out_list: (out): windows is (transfer full)
 *
 * Asks the rest, in a few round trips. Returns: FALSE when the connection broke
 */
gboolean recall_windows_x11_finish(RecallWindowsX11 *self,
                                   const pixman_region32_t *lit,
                                   RecallWindowsX11List *out_list);

/* Every event, when its turn comes. Returns: TRUE when a moment is due for it */
gboolean recall_windows_x11_handle(RecallWindowsX11 *self, const xcb_generic_event_t *event);

/* Every event, as soon as it is there and before recall_windows_x11_finish(); may be told twice. */
void recall_windows_x11_notice(RecallWindowsX11 *self, const xcb_generic_event_t *event);

/* Something happened to the windows: they are to be listed again. */
void recall_windows_x11_distrust(RecallWindowsX11 *self);

/* Forgets all windows and asks for no more events about them. */
void recall_windows_x11_forget(RecallWindowsX11 *self);
