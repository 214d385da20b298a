/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"

#include <gio/gio.h>
#include <stdint.h>
#include <xcb/xcb.h>

/* The connection to the X server with all that is asked of it once: extensions, atoms, our claim.
 * XCB and not Xlib: requests are sent together and answered together, errors are values, and a
 * server that goes away is a state of the connection and not the end of the process. */

typedef enum {
    RECALL_ATOM_COMPOUND_TEXT,
    RECALL_ATOM_DESKHAND_NO_RECALL,
    RECALL_ATOM_GTK_FRAME_EXTENTS,
    RECALL_ATOM_NET_ACTIVE_WINDOW,
    RECALL_ATOM_NET_CLIENT_LIST,
    RECALL_ATOM_NET_CLIENT_LIST_STACKING,
    RECALL_ATOM_NET_CURRENT_DESKTOP,
    RECALL_ATOM_NET_SUPPORTING_WM_CHECK,
    RECALL_ATOM_NET_WM_DESKTOP,
    RECALL_ATOM_NET_WM_NAME,
    RECALL_ATOM_NET_WM_PID,
    RECALL_ATOM_NET_WM_STATE,
    RECALL_ATOM_NET_WM_STATE_HIDDEN,
    RECALL_ATOM_NET_WM_WINDOW_TYPE,
    RECALL_ATOM_NET_WM_WINDOW_TYPE_DESKTOP,
    RECALL_ATOM_NET_WM_WINDOW_TYPE_DIALOG,
    RECALL_ATOM_NET_WM_WINDOW_TYPE_DOCK,
    RECALL_ATOM_NET_WM_WINDOW_TYPE_DROPDOWN_MENU,
    RECALL_ATOM_NET_WM_WINDOW_TYPE_MENU,
    RECALL_ATOM_NET_WM_WINDOW_TYPE_NOTIFICATION,
    RECALL_ATOM_NET_WM_WINDOW_TYPE_POPUP_MENU,
    RECALL_ATOM_NET_WM_WINDOW_TYPE_TOOLTIP,
    RECALL_ATOM_NET_WM_WINDOW_TYPE_UTILITY,
    RECALL_ATOM_UTF8_STRING,
    RECALL_ATOM_WM_CLIENT_LEADER,
    RECALL_ATOM_WM_STATE,
    RECALL_ATOM_COMPOSITOR, /* _NET_WM_CM_Sn */
    RECALL_ATOM_AGENT,      /* _DESKHAND_AGENT_Sn */
    RECALL_N_ATOMS,
} RecallAtom;

typedef struct {
    xcb_connection_t *xcb;
    xcb_screen_t *screen;
    int screen_number;
    xcb_atom_t atoms[RECALL_N_ATOMS];
    uint8_t damage_event; /* first event number of the extension */
    uint8_t randr_event;  /* 0 when there is no RandR 1.5 */
    uint8_t input_opcode; /* major opcode of XInputExtension */
    gboolean has_shm;     /* with file descriptors, so version 1.2 */
    gboolean has_shape;
    uint8_t shape_event;
    gboolean has_res;          /* XRes 1.2: tells the process behind a window */
    xcb_window_t agent_window; /* owns the selection that says we are here */
} RecallDisplayX11;

/* @name: as in $DISPLAY, or NULL. Errors as recall_sense_new() */
RecallDisplayX11 *recall_display_x11_open(const char *name, GError **error);
void recall_display_x11_close(RecallDisplayX11 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallDisplayX11, recall_display_x11_close)
