/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/display-x11.h"

/* Pixels of the screen, through memory shared with the server (a sealed memory file passed over
 * the socket: nothing is left behind when a process dies, as System V segments are), or through
 * the socket where the server is remote or too old. */

#define RECALL_GRAB_X11_CHUNK_PIXELS (512 * 1024) /* fetched at a time: 2 MB shared */

typedef struct RecallGrabX11 RecallGrabX11;

/* @display: borrowed, outlives it. @error: G_IO_ERROR_NOT_SUPPORTED for a screen whose pixels we
 * cannot read (palettes, servers of the other byte order) */
RecallGrabX11 *recall_grab_x11_new(const RecallDisplayX11 *display, GError **error);
void recall_grab_x11_free(RecallGrabX11 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallGrabX11, recall_grab_x11_free)

gboolean recall_grab_x11_is_shared(const RecallGrabX11 *self);

/* Lets go of the shared memory until the next grab. */
void recall_grab_x11_trim(RecallGrabX11 *self);

/* @rect: root pixels, inside the screen as far as the caller knows. Errors as recall_sense_grab()
 */
gboolean recall_grab_x11_take(RecallGrabX11 *self,
                              const BaseRect *rect,
                              uint8_t *pixels,
                              size_t stride,
                              GError **error);
