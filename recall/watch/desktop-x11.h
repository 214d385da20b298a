/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/display-x11.h"

/* What the root window tells, asked first for each moment and without waiting: so a server that
 * hangs, or is held by another client, holds nobody up. */

#define RECALL_DESKTOP_X11_N_CHILDREN_MAX 4096 /* of the root, the topmost; mapped or not */
#define RECALL_DESKTOP_X11_N_CLIENTS_MAX 1024  /* of the window manager's list */

typedef struct {
    xcb_get_geometry_cookie_t geometry;
    xcb_query_tree_cookie_t tree;
    xcb_get_property_cookie_t active;
    xcb_get_property_cookie_t stacking;
    xcb_get_property_cookie_t clients;
    xcb_get_property_cookie_t desktop;
    xcb_get_property_cookie_t manager;
    xcb_get_selection_owner_cookie_t compositor;
    xcb_query_pointer_cookie_t pointer;
    xcb_get_input_focus_cookie_t focus;       /* the last one */
    xcb_get_input_focus_reply_t *focus_reply; /* polled */
    gboolean is_asked;
    gboolean is_answered;
} RecallDesktopAskX11;

typedef struct {
    BaseRect screen;
    uint32_t manager_xid; /* window that the window manager says it has, or 0 */
    gboolean is_managed;  /* it lives: set by recall_desktop_x11_confirm() */
    gboolean has_compositor;
    gboolean has_desktop;
    uint32_t desktop;
    uint32_t active_xid; /* as the window manager says, or 0 */
    uint32_t focus_xid;
    uint32_t pointer_xid; /* child of the root below the pointer */
    GArray *client_xids;  /* of uint32_t, topmost first: those the window manager lists */
    GArray *child_xids;   /* of uint32_t, topmost first */
} RecallDesktopX11;

/* Sends the questions. */
void recall_desktop_x11_ask(RecallDesktopAskX11 *ask, const RecallDisplayX11 *display);

/* Whether all are answered. Every request sent before them is answered then too. Never blocks. */
gboolean recall_desktop_x11_is_answered(RecallDesktopAskX11 *ask, const RecallDisplayX11 *display);

/* Takes the answers, as they are; @ask may be asked again then. */
void recall_desktop_x11_take(RecallDesktopX11 *self,
                             RecallDesktopAskX11 *ask,
                             const RecallDisplayX11 *display);

/* Asks whether the window manager lives, and drops what a dead one left. One round trip. */
void recall_desktop_x11_confirm(RecallDesktopX11 *self, const RecallDisplayX11 *display);

/* Whether all that both say is the same; @self is confirmed, @other may be not. */
gboolean recall_desktop_x11_equal(const RecallDesktopX11 *self, const RecallDesktopX11 *other);
void recall_desktop_x11_clear(RecallDesktopX11 *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RecallDesktopX11, recall_desktop_x11_clear)
