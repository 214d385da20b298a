/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/display-x11.h"

/* Which application windows a child of the root window holds. A window manager puts the window of
 * an application into a frame of its own, in one to three steps, and some put several into one.
 * Answers are kept while both ends live. */

typedef struct RecallFramesX11 RecallFramesX11;

/* @display: borrowed, outlives it */
RecallFramesX11 *recall_frames_x11_new(const RecallDisplayX11 *display);
void recall_frames_x11_free(RecallFramesX11 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallFramesX11, recall_frames_x11_free)

/**
 * recall_frames_x11_refresh:
 * @child_xids: of uint32_t: all children of the root window
 * @top_xids: of uint32_t: those of them to find out about
 * @client_xids: of uint32_t: the window manager's list, topmost first; empty when there is none
 *
 * No round trip when nothing is new, else a few for all together.
 */
void recall_frames_x11_refresh(RecallFramesX11 *self,
                               const GArray *child_xids,
                               const GArray *top_xids,
                               const GArray *client_xids);

/* Returns: (transfer none): of uint32_t, topmost first, never empty: @top_xid itself when it holds
 * no other; valid until the next refresh. NULL for a window that was not in @top_xids */
const GArray *recall_frames_x11_get_clients(const RecallFramesX11 *self, uint32_t top_xid);

/* @xid went into another parent. */
void recall_frames_x11_forget(RecallFramesX11 *self, uint32_t xid);
