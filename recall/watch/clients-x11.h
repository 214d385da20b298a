/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/display-x11.h"
#include "recall/watch/window.h"

/* What applications say about their windows, read once and again when they change it: the server
 * announces that. Every read is bounded before it is made. */

typedef struct {
    xcb_window_t xid;
    pid_t pid; /* as RecallWindow */
    char *app;
    char *title;
    uint32_t transient_for; /* xid, or 0 */
    uint32_t leader;        /* of the group of windows, or 0 */
    gboolean has_kind;      /* it says what it is; else @kind is to be guessed */
    RecallWindowKind kind;
    gboolean is_opted_out;
    PolicyBrowser browser; /* as RecallWindow, like the next one */
    RecallProfile profile;
    gboolean is_hidden; /* minimised */
    gboolean has_desktop;
    uint32_t desktop; /* G_MAXUINT32: on all of them */
    BaseRect margins; /* x left, y top, width right, height bottom: shadows it draws itself */
} RecallClientX11;

typedef struct RecallClientsX11 RecallClientsX11;

/* @display: borrowed, outlives it */
RecallClientsX11 *recall_clients_x11_new(const RecallDisplayX11 *display);
void recall_clients_x11_free(RecallClientsX11 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallClientsX11, recall_clients_x11_free)

/* Reads what is not known of these windows, in one round trip, and forgets all others.
 * @xids: at most RECALL_WINDOW_N_MAX are looked at */
void recall_clients_x11_refresh(RecallClientsX11 *self, const GArray *xids);

/* Returns: (transfer none) (nullable): valid until the next refresh */
const RecallClientX11 *recall_clients_x11_get(const RecallClientsX11 *self, uint32_t xid);

/* Returns: TRUE when what a window says about itself changed, so that a moment is due */
gboolean recall_clients_x11_handle(RecallClientsX11 *self, const xcb_generic_event_t *event);
