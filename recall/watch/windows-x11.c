/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/windows-x11.h"

#include "recall/watch/clients-x11.h"
#include "recall/watch/desktop-x11.h"
#include "recall/watch/frames-x11.h"
#include "recall/watch/tops-x11.h"

struct RecallWindowsX11 {
    const RecallDisplayX11 *display;
    RecallClientsX11 *clients;
    RecallFramesX11 *frames;
    RecallDesktopAskX11 ask;
    RecallDesktopX11 desktop; /* when @windows was made */
    GPtrArray *windows;       /* of RecallWindow; NULL: to be made anew */
};

RecallWindowsX11 *
recall_windows_x11_new(const RecallDisplayX11 *display)
{
    RecallWindowsX11 *self = g_new0(RecallWindowsX11, 1);

    self->display = display;
    self->clients = recall_clients_x11_new(display);
    self->frames = recall_frames_x11_new(display);
    return self;
}

void
recall_windows_x11_begin(RecallWindowsX11 *self)
{
    recall_desktop_x11_ask(&self->ask, self->display);
}

gboolean
recall_windows_x11_is_answered(RecallWindowsX11 *self)
{
    return recall_desktop_x11_is_answered(&self->ask, self->display);
}

void
recall_windows_x11_free(RecallWindowsX11 *self)
{
    if (self == NULL)
        return;
    recall_clients_x11_free(self->clients);
    recall_frames_x11_free(self->frames);
    g_free(self->ask.focus_reply);
    recall_desktop_x11_clear(&self->desktop);
    g_clear_pointer(&self->windows, g_ptr_array_unref);
    g_free(self);
}

/* An application's window in a top. */
typedef struct {
    uint32_t xid;
    const RecallTopX11 *top;
    BaseRect rect; /* root pixels, without border */
    gboolean is_viewable;
    xcb_get_window_attributes_cookie_t attributes;
    xcb_get_geometry_cookie_t geometry;
    xcb_translate_coordinates_cookie_t position;
} Member;

static GArray *
list_members(RecallWindowsX11 *self, const RecallDesktopX11 *desktop, const GArray *tops)
{
    g_autoptr(GArray) top_xids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GArray *members = g_array_new(FALSE, TRUE, sizeof(Member));

    for (unsigned i = 0; i < tops->len; i++)
        g_array_append_val(top_xids, g_array_index(tops, RecallTopX11, i).xid);
    recall_frames_x11_refresh(self->frames, desktop->child_xids, top_xids, desktop->client_xids);
    for (unsigned i = 0; i < tops->len; i++) {
        const RecallTopX11 *top = &g_array_index(tops, RecallTopX11, i);
        const GArray *xids = recall_frames_x11_get_clients(self->frames, top->xid);

        for (unsigned j = 0; j < xids->len && members->len < RECALL_WINDOW_N_MAX; j++) {
            Member member = {.xid = g_array_index(xids, uint32_t, j), .top = top};

            g_array_append_val(members, member);
        }
    }
    return members;
}

static void
ask_member(RecallWindowsX11 *self, Member *member)
{
    xcb_connection_t *xcb = self->display->xcb;

    member->attributes = xcb_get_window_attributes(xcb, member->xid);
    member->geometry = xcb_get_geometry(xcb, member->xid);
    member->position =
        xcb_translate_coordinates(xcb, member->xid, self->display->screen->root, 0, 0);
}

static void
take_member(RecallWindowsX11 *self, Member *member)
{
    xcb_connection_t *xcb = self->display->xcb;
    g_autofree xcb_get_window_attributes_reply_t *attributes =
        xcb_get_window_attributes_reply(xcb, member->attributes, NULL);
    g_autofree xcb_get_geometry_reply_t *geometry =
        xcb_get_geometry_reply(xcb, member->geometry, NULL);
    g_autofree xcb_translate_coordinates_reply_t *position =
        xcb_translate_coordinates_reply(xcb, member->position, NULL);

    if (attributes == NULL || geometry == NULL || position == NULL) {
        recall_frames_x11_forget(self->frames, member->xid); /* gone since it was listed */
        return;
    }
    member->is_viewable = attributes->map_state == XCB_MAP_STATE_VIEWABLE;
    member->rect = (BaseRect){position->dst_x, position->dst_y, geometry->width, geometry->height};
}

static void
look_up_members(RecallWindowsX11 *self, GArray *members)
{
    g_autoptr(GArray) xids = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (unsigned i = 0; i < members->len; i++) {
        ask_member(self, &g_array_index(members, Member, i));
        g_array_append_val(xids, g_array_index(members, Member, i).xid);
    }
    recall_clients_x11_refresh(self->clients, xids);
    for (unsigned i = 0; i < members->len; i++)
        take_member(self, &g_array_index(members, Member, i));
}

/* Some window managers keep minimised windows, and those of other desktops, mapped behind the
 * others while a compositor draws the screen. */
static gboolean
is_kept_hidden(const RecallDesktopX11 *desktop, const RecallClientX11 *client)
{
    if (!desktop->has_compositor || !desktop->is_managed)
        return FALSE;
    return client->is_hidden ||
           (desktop->has_desktop && client->has_desktop && client->desktop != G_MAXUINT32 &&
            client->desktop != desktop->desktop);
}

static RecallWindowKind
guess_kind(const Member *member, const RecallClientX11 *client)
{
    gboolean is_override = member->top->is_override && member->xid == member->top->xid;

    if (client->has_kind && !(is_override && client->kind == RECALL_WINDOW_DIALOG))
        return client->kind;
    if (is_override) /* Firefox calls its cards over tabs utilities */
        return RECALL_WINDOW_POPUP;
    return client->transient_for != 0 ? RECALL_WINDOW_DIALOG : RECALL_WINDOW_NORMAL;
}

/* What of its rectangle may show: shadows that it draws itself around it are see-through. */
static void
init_shown(const RecallDesktopX11 *desktop,
           const Member *member,
           const BaseRect *margins,
           pixman_region32_t *out)
{
    BaseRect rect = member->rect;

    if (desktop->has_compositor) {
        rect.x += margins->x;
        rect.y += margins->y;
        rect.width -= margins->x + margins->width;
        rect.height -= margins->y + margins->height;
    }
    if (!base_rect_intersect(&rect, &desktop->screen, &rect))
        rect = (BaseRect){0};
    pixman_region32_init_rect(out, rect.x, rect.y, (unsigned)rect.width, (unsigned)rect.height);
    pixman_region32_intersect(out, out, &member->top->region);
}

static RecallWindow *
make_window(const Member *member, const RecallClientX11 *client)
{
    RecallWindow *window = recall_window_new();

    window->xid = member->xid;
    window->frame_xid = member->top->xid;
    window->transient_for = client->transient_for;
    window->pid = client->pid;
    window->kind = guess_kind(member, client);
    window->is_opted_out = client->is_opted_out;
    window->browser = client->browser;
    window->profile = client->profile;
    g_free(window->app);
    window->app = g_strdup(client->app);
    g_free(window->title);
    window->title = g_strdup(client->title);
    window->rect = member->rect;
    return window;
}

/* @covered: root pixels that are not to be seen any more; grows by what this window shows */
static void
add_window(const RecallDesktopX11 *desktop,
           const Member *member,
           const RecallClientX11 *client,
           pixman_region32_t *covered,
           GPtrArray *windows)
{
    pixman_region32_t shown;

    init_shown(desktop, member, &client->margins, &shown);
    if (member->is_viewable) {
        g_autoptr(RecallWindow) window = make_window(member, client);

        pixman_region32_subtract(&window->visible, &shown, covered);
        if (pixman_region32_not_empty(&window->visible))
            g_ptr_array_add(windows, g_steal_pointer(&window));
        pixman_region32_union(covered, covered, &shown);
    }
    pixman_region32_fini(&shown);
}

static gboolean
has_shadow(const RecallClientX11 *client)
{
    const BaseRect *margins = &client->margins;

    return margins->x + margins->y + margins->width + margins->height > 0;
}

static GPtrArray *
stack_windows(RecallWindowsX11 *self,
              const RecallDesktopX11 *desktop,
              const GArray *members,
              const pixman_region32_t *lit)
{
    GPtrArray *windows = g_ptr_array_new_with_free_func((GDestroyNotify)recall_window_unref);
    pixman_region32_t covered;

    pixman_region32_init_rect(&covered, 0, 0, (unsigned)desktop->screen.width,
                              (unsigned)desktop->screen.height);
    if (pixman_region32_not_empty((pixman_region32_t *)lit))
        pixman_region32_subtract(&covered, &covered, (pixman_region32_t *)lit);
    else
        pixman_region32_clear(&covered);
    for (unsigned i = 0; i < members->len; i++) {
        const Member *member = &g_array_index(members, Member, i);
        const Member *next = i + 1 < members->len ? member + 1 : NULL;
        const RecallClientX11 *client = recall_clients_x11_get(self->clients, member->xid);

        if (is_kept_hidden(desktop, client))
            continue;
        add_window(desktop, member, client, &covered, windows);
        if ((next == NULL || next->top != member->top) &&
            !(desktop->has_compositor && has_shadow(client)))
            pixman_region32_union(&covered, &covered, (pixman_region32_t *)&member->top->region);
    }
    pixman_region32_fini(&covered);
    return windows;
}

static RecallWindow *
find_window(GPtrArray *windows, uint32_t xid)
{
    for (unsigned i = 0; xid != 0 && i < windows->len; i++) {
        RecallWindow *window = g_ptr_array_index(windows, i);

        if (window->xid == xid || window->frame_xid == xid)
            return window;
    }
    return NULL;
}

/* The focus may be on a window deep in an application. */
static RecallWindow *
find_focused(RecallWindowsX11 *self, const RecallDesktopX11 *desktop, GPtrArray *windows)
{
    uint32_t xid = desktop->focus_xid;

    if (xid == XCB_INPUT_FOCUS_POINTER_ROOT || xid == self->display->screen->root)
        return find_window(windows, desktop->pointer_xid);
    for (unsigned depth = 0; depth < 8 && xid > XCB_INPUT_FOCUS_POINTER_ROOT; depth++) {
        RecallWindow *window = find_window(windows, xid);
        g_autofree xcb_query_tree_reply_t *reply = NULL;

        if (window != NULL)
            return window;
        reply =
            xcb_query_tree_reply(self->display->xcb, xcb_query_tree(self->display->xcb, xid), NULL);
        xid = reply != NULL ? reply->parent : XCB_NONE;
    }
    return NULL;
}

static void
mark_active(RecallWindowsX11 *self, const RecallDesktopX11 *desktop, GPtrArray *windows)
{
    RecallWindow *active = desktop->is_managed ? find_window(windows, desktop->active_xid)
                                               : find_focused(self, desktop, windows);

    if (active != NULL)
        active->is_active = TRUE;
}

/* Of the windows of the same process, the active one, else the topmost. */
static uint32_t
guess_owner(GPtrArray *windows, const RecallWindow *popup)
{
    uint32_t owner_xid = 0;

    for (unsigned i = 0; popup->pid != 0 && i < windows->len; i++) {
        const RecallWindow *window = g_ptr_array_index(windows, i);

        if (window->pid != popup->pid || window->kind > RECALL_WINDOW_DIALOG)
            continue;
        if (window->is_active)
            return window->xid;
        if (owner_xid == 0)
            owner_xid = window->xid;
    }
    return owner_xid;
}

static void
find_owners(GPtrArray *windows)
{
    for (unsigned i = 0; i < windows->len; i++) {
        RecallWindow *window = g_ptr_array_index(windows, i);
        const RecallWindow *owner = find_window(windows, window->transient_for);

        if (window->kind == RECALL_WINDOW_POPUP)
            window->owner_xid = owner != NULL ? owner->xid : guess_owner(windows, window);
    }
}

static void
make_windows(RecallWindowsX11 *self, const pixman_region32_t *lit)
{
    RecallDesktopX11 *desktop = &self->desktop;
    g_autoptr(GArray) tops = NULL;
    g_autoptr(GArray) members = NULL;

    recall_desktop_x11_confirm(desktop, self->display);
    tops = recall_tops_x11_find(self->display, desktop->child_xids, &desktop->screen,
                                desktop->has_compositor);
    members = list_members(self, desktop, tops);
    look_up_members(self, members);
    self->windows = stack_windows(self, desktop, members, lit);
    mark_active(self, desktop, self->windows);
    find_owners(self->windows);
}

gboolean
recall_windows_x11_finish(RecallWindowsX11 *self,
                          const pixman_region32_t *lit,
                          RecallWindowsX11List *out_list)
{
    g_auto(RecallDesktopX11) desktop = {0};

    recall_desktop_x11_take(&desktop, &self->ask, self->display);
    if (self->windows != NULL && !recall_desktop_x11_equal(&self->desktop, &desktop))
        recall_windows_x11_distrust(self);
    if (self->windows == NULL) {
        recall_desktop_x11_clear(&self->desktop);
        self->desktop = desktop;
        desktop = (RecallDesktopX11){0};
        make_windows(self, lit);
    }
    if (xcb_connection_has_error(self->display->xcb) != 0)
        return FALSE;
    out_list->screen = self->desktop.screen;
    out_list->has_compositor = self->desktop.has_compositor;
    out_list->windows = g_ptr_array_ref(self->windows);
    return TRUE;
}

void
recall_windows_x11_distrust(RecallWindowsX11 *self)
{
    g_clear_pointer(&self->windows, g_ptr_array_unref);
}

void
recall_windows_x11_notice(RecallWindowsX11 *self, const xcb_generic_event_t *event)
{
    uint8_t type = event->response_type & 0x7F;

    if ((type >= XCB_CREATE_NOTIFY && type <= XCB_CIRCULATE_NOTIFY) ||
        type == XCB_PROPERTY_NOTIFY ||
        (self->display->has_shape && type == self->display->shape_event))
        recall_windows_x11_distrust(self);
}

gboolean
recall_windows_x11_handle(RecallWindowsX11 *self, const xcb_generic_event_t *event)
{
    if ((event->response_type & 0x7F) == XCB_REPARENT_NOTIFY)
        recall_frames_x11_forget(self->frames,
                                 ((const xcb_reparent_notify_event_t *)event)->window);
    return recall_clients_x11_handle(self->clients, event);
}

void
recall_windows_x11_forget(RecallWindowsX11 *self)
{
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    recall_windows_x11_distrust(self);
    recall_clients_x11_refresh(self->clients, none);
}
