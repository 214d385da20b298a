/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/desktop-x11.h"

#include <string.h>
#include <xcb/xcbext.h>

static xcb_get_property_cookie_t
ask_root(const RecallDisplayX11 *display, RecallAtom property, uint32_t n_words)
{
    return xcb_get_property(display->xcb, FALSE, display->screen->root, display->atoms[property],
                            XCB_GET_PROPERTY_TYPE_ANY, 0, n_words);
}

void
recall_desktop_x11_ask(RecallDesktopAskX11 *ask, const RecallDisplayX11 *display)
{
    xcb_connection_t *xcb = display->xcb;
    xcb_window_t root = display->screen->root;

    g_assert(!ask->is_asked);
    ask->geometry = xcb_get_geometry(xcb, root);
    ask->tree = xcb_query_tree(xcb, root);
    ask->active = ask_root(display, RECALL_ATOM_NET_ACTIVE_WINDOW, 1);
    ask->stacking =
        ask_root(display, RECALL_ATOM_NET_CLIENT_LIST_STACKING, RECALL_DESKTOP_X11_N_CLIENTS_MAX);
    ask->clients = ask_root(display, RECALL_ATOM_NET_CLIENT_LIST, RECALL_DESKTOP_X11_N_CLIENTS_MAX);
    ask->desktop = ask_root(display, RECALL_ATOM_NET_CURRENT_DESKTOP, 1);
    ask->manager = ask_root(display, RECALL_ATOM_NET_SUPPORTING_WM_CHECK, 1);
    ask->compositor = xcb_get_selection_owner(xcb, display->atoms[RECALL_ATOM_COMPOSITOR]);
    ask->pointer = xcb_query_pointer(xcb, root);
    ask->focus = xcb_get_input_focus(xcb);
    ask->is_asked = TRUE;
    ask->is_answered = FALSE;
    xcb_flush(xcb);
}

gboolean
recall_desktop_x11_is_answered(RecallDesktopAskX11 *ask, const RecallDisplayX11 *display)
{
    xcb_generic_error_t *error = NULL;
    void *reply = NULL;

    if (!ask->is_asked)
        return FALSE;
    if (!ask->is_answered &&
        xcb_poll_for_reply(display->xcb, ask->focus.sequence, &reply, &error) != 0) {
        ask->is_answered = TRUE;
        ask->focus_reply = reply;
        g_free(error);
    }
    return ask->is_answered;
}

static GArray *
take_xids(const RecallDisplayX11 *display, xcb_get_property_cookie_t cookie)
{
    g_autofree xcb_get_property_reply_t *reply = xcb_get_property_reply(display->xcb, cookie, NULL);
    GArray *xids = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    if (reply != NULL && reply->format == 32)
        g_array_append_vals(xids, xcb_get_property_value(reply),
                            (unsigned)xcb_get_property_value_length(reply) / 4);
    return xids;
}

static gboolean
take_number(const RecallDisplayX11 *display, xcb_get_property_cookie_t cookie, uint32_t *out_number)
{
    g_autoptr(GArray) numbers = take_xids(display, cookie);

    if (numbers->len == 0)
        return FALSE;
    *out_number = g_array_index(numbers, uint32_t, 0);
    return TRUE;
}

static void
reverse(GArray *xids)
{
    for (unsigned i = 0, j = xids->len; i + 1 < j; i++) {
        uint32_t low = g_array_index(xids, uint32_t, i);

        j--;
        g_array_index(xids, uint32_t, i) = g_array_index(xids, uint32_t, j);
        g_array_index(xids, uint32_t, j) = low;
    }
}

/* The server lists from the bottom up. */
static GArray *
take_children(RecallDesktopAskX11 *ask, const RecallDisplayX11 *display)
{
    g_autofree xcb_query_tree_reply_t *reply = xcb_query_tree_reply(display->xcb, ask->tree, NULL);
    GArray *xids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    int n_children = reply != NULL ? xcb_query_tree_children_length(reply) : 0;
    int n_kept = MIN(n_children, RECALL_DESKTOP_X11_N_CHILDREN_MAX);

    if (n_kept > 0)
        g_array_append_vals(xids, xcb_query_tree_children(reply) + n_children - n_kept,
                            (unsigned)n_kept);
    reverse(xids);
    return xids;
}

static void
take_focus(RecallDesktopAskX11 *ask, const RecallDisplayX11 *display, RecallDesktopX11 *self)
{
    g_autofree xcb_get_input_focus_reply_t *focus = g_steal_pointer(&ask->focus_reply);
    g_autofree xcb_query_pointer_reply_t *pointer =
        xcb_query_pointer_reply(display->xcb, ask->pointer, NULL);

    if (focus != NULL)
        self->focus_xid = focus->focus;
    if (pointer != NULL && pointer->same_screen)
        self->pointer_xid = pointer->child;
}

static void
take_clients(RecallDesktopAskX11 *ask, const RecallDisplayX11 *display, RecallDesktopX11 *self)
{
    g_autoptr(GArray) stacking = take_xids(display, ask->stacking);
    g_autoptr(GArray) clients = take_xids(display, ask->clients);

    self->client_xids = stacking->len > 0 ? g_steal_pointer(&stacking) : g_steal_pointer(&clients);
    reverse(self->client_xids);
}

void
recall_desktop_x11_take(RecallDesktopX11 *self,
                        RecallDesktopAskX11 *ask,
                        const RecallDisplayX11 *display)
{
    xcb_connection_t *xcb = display->xcb;
    g_autofree xcb_get_geometry_reply_t *geometry =
        xcb_get_geometry_reply(xcb, ask->geometry, NULL);
    g_autofree xcb_get_selection_owner_reply_t *compositor =
        xcb_get_selection_owner_reply(xcb, ask->compositor, NULL);

    if (geometry != NULL)
        self->screen = (BaseRect){0, 0, geometry->width, geometry->height};
    self->has_compositor = compositor != NULL && compositor->owner != XCB_NONE;
    self->child_xids = take_children(ask, display);
    take_number(display, ask->manager, &self->manager_xid);
    take_clients(ask, display, self);
    self->has_desktop = take_number(display, ask->desktop, &self->desktop);
    take_number(display, ask->active, &self->active_xid);
    take_focus(ask, display, self);
    ask->is_asked = FALSE;
}

/* What a window manager wrote on the root window outlives it; the window that it names does not. */
void
recall_desktop_x11_confirm(RecallDesktopX11 *self, const RecallDisplayX11 *display)
{
    uint32_t named = 0;

    if (self->manager_xid != 0)
        take_number(display,
                    xcb_get_property(display->xcb, FALSE, self->manager_xid,
                                     display->atoms[RECALL_ATOM_NET_SUPPORTING_WM_CHECK],
                                     XCB_GET_PROPERTY_TYPE_ANY, 0, 1),
                    &named);
    self->is_managed = self->manager_xid != 0 && named == self->manager_xid;
    if (self->is_managed)
        return;
    self->has_desktop = FALSE;
    self->active_xid = 0;
    g_array_set_size(self->client_xids, 0);
}

static gboolean
is_same_list(const GArray *a, const GArray *b)
{
    return a->len == b->len &&
           (a->len == 0 || memcmp(a->data, b->data, a->len * sizeof(uint32_t)) == 0);
}

gboolean
recall_desktop_x11_equal(const RecallDesktopX11 *self, const RecallDesktopX11 *other)
{
    if (!self->is_managed &&
        (self->focus_xid != other->focus_xid || self->pointer_xid != other->pointer_xid))
        return FALSE;
    return base_rect_equal(&self->screen, &other->screen) &&
           self->has_compositor == other->has_compositor &&
           self->manager_xid == other->manager_xid && self->active_xid == other->active_xid &&
           self->has_desktop == other->has_desktop && self->desktop == other->desktop &&
           is_same_list(self->client_xids, other->client_xids) &&
           is_same_list(self->child_xids, other->child_xids);
}

void
recall_desktop_x11_clear(RecallDesktopX11 *self)
{
    g_clear_pointer(&self->client_xids, g_array_unref);
    g_clear_pointer(&self->child_xids, g_array_unref);
}
