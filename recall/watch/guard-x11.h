/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/display-x11.h"

#include <pixman.h>

/* Whether windows came, went or moved.
 *
 * Between the moment at which the windows are listed and the one at which pixels are read one may
 * do so, and its pixels would be taken for those of another: a private one's too. The server tells
 * in order: what it announced before it answered with the pixels happened before. So it announces
 * what the root window's children do, and pixels of the places where something did are refused.
 *
 * Between moments the first such event is enough: it is not told of more. */

typedef struct RecallGuardX11 RecallGuardX11;

/* @display: borrowed, outlives it */
RecallGuardX11 *recall_guard_x11_new(const RecallDisplayX11 *display);
void recall_guard_x11_free(RecallGuardX11 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallGuardX11, recall_guard_x11_free)

/* Before the windows are listed. */
void recall_guard_x11_begin(RecallGuardX11 *self);

/* After the last pixels were read. */
void recall_guard_x11_end(RecallGuardX11 *self);

/* Asks for no more events until the next moment. */
void recall_guard_x11_rest(RecallGuardX11 *self);

/* Every event; an event may be told twice. */
void recall_guard_x11_handle(RecallGuardX11 *self, const xcb_generic_event_t *event);

/* @region: root pixels where what is shown may not be what the list says */
void recall_guard_x11_distrust(RecallGuardX11 *self, const pixman_region32_t *region);

/* Whether nothing happened in @rect (root pixels). May take a round trip when something did. */
gboolean recall_guard_x11_allows(RecallGuardX11 *self, const BaseRect *rect);
