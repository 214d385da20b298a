/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/windows-x11.h"

#include "recall/watch/clients-x11.h"
#include "recall/watch/frames-x11.h"

#include <string.h>
#include <xcb/shape.h>
#include <xcb/xcbext.h>

#define N_SHAPE_RECTS_MAX 4096
#define OPACITY_DEPTH 32 /* bits of a pixel that has opacity */

/* What is asked first, all at once. */
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
} First;

/* A child of the root window that shows something. */
typedef struct {
    xcb_window_t xid;
    BaseRect rect; /* root pixels, with its border */
    int border_px;
    uint8_t depth;
    gboolean is_override;
    gboolean is_shaped;
    pixman_region32_t region; /* root pixels that it covers */
} Top;

/* The desktop, while a moment is put together. */
typedef struct {
    BaseRect screen;
    gboolean is_managed; /* a window manager of the EWMH kind lives */
    gboolean has_compositor;
    gboolean has_desktop;
    uint32_t desktop;
    uint32_t active_xid; /* as the window manager says, or 0 */
    uint32_t focus_xid;
    uint32_t pointer_xid; /* child of the root below the pointer */
    GArray *client_xids;  /* of uint32_t, topmost first: those the window manager lists */
    GArray *child_xids;   /* of uint32_t, topmost first */
    GArray *tops;         /* of Top, topmost first */
} Desktop;

struct RecallWindowsX11 {
    const RecallDisplayX11 *display;
    RecallClientsX11 *clients;
    RecallFramesX11 *frames;
    First first;
};

static void
clear_top(void *data)
{
    pixman_region32_fini(&((Top *)data)->region);
}

static void
clear_desktop(Desktop *self)
{
    g_clear_pointer(&self->client_xids, g_array_unref);
    g_clear_pointer(&self->child_xids, g_array_unref);
    g_clear_pointer(&self->tops, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desktop, clear_desktop)

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
recall_windows_x11_free(RecallWindowsX11 *self)
{
    if (self == NULL)
        return;
    recall_clients_x11_free(self->clients);
    recall_frames_x11_free(self->frames);
    g_free(self->first.focus_reply);
    g_free(self);
}

static xcb_get_property_cookie_t
ask_root(const RecallWindowsX11 *self, RecallAtom property, uint32_t n_words)
{
    return xcb_get_property(self->display->xcb, FALSE, self->display->screen->root,
                            self->display->atoms[property], XCB_GET_PROPERTY_TYPE_ANY, 0, n_words);
}

void
recall_windows_x11_begin(RecallWindowsX11 *self)
{
    xcb_connection_t *xcb = self->display->xcb;
    xcb_window_t root = self->display->screen->root;
    First *first = &self->first;

    g_assert(!first->is_asked);
    first->geometry = xcb_get_geometry(xcb, root);
    first->tree = xcb_query_tree(xcb, root);
    first->active = ask_root(self, RECALL_ATOM_NET_ACTIVE_WINDOW, 1);
    first->stacking =
        ask_root(self, RECALL_ATOM_NET_CLIENT_LIST_STACKING, RECALL_FRAMES_X11_N_CLIENTS_MAX);
    first->clients = ask_root(self, RECALL_ATOM_NET_CLIENT_LIST, RECALL_FRAMES_X11_N_CLIENTS_MAX);
    first->desktop = ask_root(self, RECALL_ATOM_NET_CURRENT_DESKTOP, 1);
    first->manager = ask_root(self, RECALL_ATOM_NET_SUPPORTING_WM_CHECK, 1);
    first->compositor = xcb_get_selection_owner(xcb, self->display->atoms[RECALL_ATOM_COMPOSITOR]);
    first->pointer = xcb_query_pointer(xcb, root);
    first->focus = xcb_get_input_focus(xcb);
    first->is_asked = TRUE;
    first->is_answered = FALSE;
    xcb_flush(xcb);
}

gboolean
recall_windows_x11_is_answered(RecallWindowsX11 *self)
{
    First *first = &self->first;
    xcb_generic_error_t *error = NULL;
    void *reply = NULL;

    if (!first->is_asked)
        return FALSE;
    if (!first->is_answered &&
        xcb_poll_for_reply(self->display->xcb, first->focus.sequence, &reply, &error) != 0) {
        first->is_answered = TRUE;
        first->focus_reply = reply;
        g_free(error);
    }
    return first->is_answered;
}

static GArray *
take_xids(RecallWindowsX11 *self, xcb_get_property_cookie_t cookie)
{
    g_autofree xcb_get_property_reply_t *reply =
        xcb_get_property_reply(self->display->xcb, cookie, NULL);
    GArray *xids = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    if (reply != NULL && reply->format == 32)
        g_array_append_vals(xids, xcb_get_property_value(reply),
                            (unsigned)xcb_get_property_value_length(reply) / 4);
    return xids;
}

static gboolean
take_number(RecallWindowsX11 *self, xcb_get_property_cookie_t cookie, uint32_t *out_number)
{
    g_autoptr(GArray) numbers = take_xids(self, cookie);

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
take_children(RecallWindowsX11 *self)
{
    g_autofree xcb_query_tree_reply_t *reply =
        xcb_query_tree_reply(self->display->xcb, self->first.tree, NULL);
    GArray *xids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    int n_children = reply != NULL ? xcb_query_tree_children_length(reply) : 0;
    int n_kept = MIN(n_children, RECALL_WINDOWS_X11_N_CHILDREN_MAX);

    if (n_kept > 0)
        g_array_append_vals(xids, xcb_query_tree_children(reply) + n_children - n_kept,
                            (unsigned)n_kept);
    reverse(xids);
    return xids;
}

static void
take_focus(RecallWindowsX11 *self, Desktop *desktop)
{
    g_autofree xcb_get_input_focus_reply_t *focus = g_steal_pointer(&self->first.focus_reply);
    g_autofree xcb_query_pointer_reply_t *pointer =
        xcb_query_pointer_reply(self->display->xcb, self->first.pointer, NULL);

    if (focus != NULL)
        desktop->focus_xid = focus->focus;
    if (pointer != NULL && pointer->same_screen)
        desktop->pointer_xid = pointer->child;
}

/* What a window manager wrote on the root window outlives it; the window that it names does not. */
static gboolean
is_manager_alive(RecallWindowsX11 *self)
{
    uint32_t named = 0;
    uint32_t confirmed = 0;

    if (!take_number(self, self->first.manager, &named))
        return FALSE;
    return take_number(self,
                       xcb_get_property(self->display->xcb, FALSE, named,
                                        self->display->atoms[RECALL_ATOM_NET_SUPPORTING_WM_CHECK],
                                        XCB_GET_PROPERTY_TYPE_ANY, 0, 1),
                       &confirmed) &&
           confirmed == named;
}

static void
take_lists(RecallWindowsX11 *self, Desktop *desktop)
{
    g_autoptr(GArray) stacking = take_xids(self, self->first.stacking);
    g_autoptr(GArray) clients = take_xids(self, self->first.clients);

    if (!desktop->is_managed)
        desktop->client_xids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    else if (stacking->len > 0)
        desktop->client_xids = g_steal_pointer(&stacking);
    else
        desktop->client_xids = g_steal_pointer(&clients);
    reverse(desktop->client_xids);
}

static void
take_first(RecallWindowsX11 *self, Desktop *desktop)
{
    xcb_connection_t *xcb = self->display->xcb;
    g_autofree xcb_get_geometry_reply_t *geometry =
        xcb_get_geometry_reply(xcb, self->first.geometry, NULL);
    g_autofree xcb_get_selection_owner_reply_t *compositor =
        xcb_get_selection_owner_reply(xcb, self->first.compositor, NULL);

    if (geometry != NULL)
        desktop->screen = (BaseRect){0, 0, geometry->width, geometry->height};
    desktop->has_compositor = compositor != NULL && compositor->owner != XCB_NONE;
    desktop->child_xids = take_children(self);
    desktop->is_managed = is_manager_alive(self);
    take_lists(self, desktop);
    desktop->has_desktop =
        take_number(self, self->first.desktop, &desktop->desktop) && desktop->is_managed;
    if (!take_number(self, self->first.active, &desktop->active_xid) || !desktop->is_managed)
        desktop->active_xid = 0;
    take_focus(self, desktop);
    self->first.is_asked = FALSE;
}

static void
add_top(Desktop *desktop,
        xcb_window_t xid,
        const xcb_get_window_attributes_reply_t *attributes,
        const xcb_get_geometry_reply_t *geometry)
{
    Top top = {.xid = xid};

    if (attributes == NULL || geometry == NULL || attributes->map_state != XCB_MAP_STATE_VIEWABLE ||
        attributes->_class != XCB_WINDOW_CLASS_INPUT_OUTPUT ||
        desktop->tops->len >= RECALL_WINDOW_N_MAX)
        return;
    top.border_px = geometry->border_width;
    top.rect = (BaseRect){geometry->x, geometry->y, geometry->width + 2 * top.border_px,
                          geometry->height + 2 * top.border_px};
    top.depth = geometry->depth;
    top.is_override = attributes->override_redirect;
    if (!base_rect_intersect(&top.rect, &desktop->screen, NULL))
        return;
    pixman_region32_init_rect(&top.region, top.rect.x, top.rect.y, (unsigned)top.rect.width,
                              (unsigned)top.rect.height);
    g_array_append_val(desktop->tops, top);
}

typedef struct {
    xcb_get_window_attributes_cookie_t attributes;
    xcb_get_geometry_cookie_t geometry;
} ChildQuestion;

static void
find_tops(RecallWindowsX11 *self, Desktop *desktop)
{
    xcb_connection_t *xcb = self->display->xcb;
    unsigned n_children = desktop->child_xids->len;
    g_autofree ChildQuestion *questions = g_new(ChildQuestion, n_children);

    desktop->tops = g_array_new(FALSE, FALSE, sizeof(Top));
    g_array_set_clear_func(desktop->tops, clear_top);
    for (unsigned i = 0; i < n_children; i++) {
        uint32_t xid = g_array_index(desktop->child_xids, uint32_t, i);

        questions[i].attributes = xcb_get_window_attributes(xcb, xid);
        questions[i].geometry = xcb_get_geometry(xcb, xid);
    }
    for (unsigned i = 0; i < n_children; i++) {
        g_autofree xcb_get_window_attributes_reply_t *attributes =
            xcb_get_window_attributes_reply(xcb, questions[i].attributes, NULL);
        g_autofree xcb_get_geometry_reply_t *geometry =
            xcb_get_geometry_reply(xcb, questions[i].geometry, NULL);

        add_top(desktop, g_array_index(desktop->child_xids, uint32_t, i), attributes, geometry);
    }
}

/* A shape smaller than the window: what lies outside of it shows what is below. */
static void
cut_to_shape(RecallWindowsX11 *self, Top *top, xcb_shape_get_rectangles_cookie_t cookie)
{
    g_autofree xcb_shape_get_rectangles_reply_t *reply =
        xcb_shape_get_rectangles_reply(self->display->xcb, cookie, NULL);
    int n_rects = reply != NULL ? xcb_shape_get_rectangles_rectangles_length(reply) : 0;
    const xcb_rectangle_t *rects = n_rects > 0 ? xcb_shape_get_rectangles_rectangles(reply) : NULL;
    g_autofree pixman_box32_t *boxes = NULL;
    pixman_region32_t shape;

    if (reply == NULL || n_rects > N_SHAPE_RECTS_MAX)
        return;
    boxes = g_new0(pixman_box32_t, (size_t)MAX(n_rects, 1));
    for (int i = 0; i < n_rects; i++) {
        int x = top->rect.x + top->border_px + rects[i].x;
        int y = top->rect.y + top->border_px + rects[i].y;

        boxes[i] = (pixman_box32_t){x, y, x + rects[i].width, y + rects[i].height};
    }
    pixman_region32_init_rects(&shape, boxes, n_rects);
    pixman_region32_intersect(&top->region, &top->region, &shape);
    pixman_region32_fini(&shape);
}

static void
find_bounds(RecallWindowsX11 *self, Desktop *desktop)
{
    xcb_connection_t *xcb = self->display->xcb;
    xcb_shape_query_extents_cookie_t extents[RECALL_WINDOW_N_MAX];
    xcb_shape_get_rectangles_cookie_t rects[RECALL_WINDOW_N_MAX];

    for (unsigned i = 0; i < desktop->tops->len; i++)
        extents[i] = xcb_shape_query_extents(xcb, g_array_index(desktop->tops, Top, i).xid);
    for (unsigned i = 0; i < desktop->tops->len; i++) {
        Top *top = &g_array_index(desktop->tops, Top, i);
        g_autofree xcb_shape_query_extents_reply_t *reply =
            xcb_shape_query_extents_reply(xcb, extents[i], NULL);

        top->is_shaped = reply != NULL && reply->bounding_shaped;
        if (top->is_shaped)
            rects[i] = xcb_shape_get_rectangles(xcb, top->xid, XCB_SHAPE_SK_BOUNDING);
    }
    for (unsigned i = 0; i < desktop->tops->len; i++) {
        Top *top = &g_array_index(desktop->tops, Top, i);

        if (top->is_shaped)
            cut_to_shape(self, top, rects[i]);
    }
}

/* Below a compositor a window with opacity of its own that takes no clicks is a layer over the
 * screen (drawings, subtitles, watermarks): what is below shows through it. */
static void
drop_layers(RecallWindowsX11 *self, Desktop *desktop)
{
    xcb_connection_t *xcb = self->display->xcb;
    xcb_shape_get_rectangles_cookie_t cookies[RECALL_WINDOW_N_MAX];

    for (unsigned i = 0; i < desktop->tops->len; i++) {
        const Top *top = &g_array_index(desktop->tops, Top, i);

        if (top->depth == OPACITY_DEPTH)
            cookies[i] = xcb_shape_get_rectangles(xcb, top->xid, XCB_SHAPE_SK_INPUT);
    }
    for (unsigned i = 0; i < desktop->tops->len; i++) {
        Top *top = &g_array_index(desktop->tops, Top, i);
        g_autofree xcb_shape_get_rectangles_reply_t *reply = NULL;

        if (top->depth != OPACITY_DEPTH)
            continue;
        reply = xcb_shape_get_rectangles_reply(xcb, cookies[i], NULL);
        if (reply != NULL && xcb_shape_get_rectangles_rectangles_length(reply) == 0)
            pixman_region32_clear(&top->region);
    }
}

static void
find_shapes(RecallWindowsX11 *self, Desktop *desktop)
{
    if (!self->display->has_shape)
        return;
    find_bounds(self, desktop);
    if (desktop->has_compositor)
        drop_layers(self, desktop);
}

/* An application's window in a top. */
typedef struct {
    uint32_t xid;
    const Top *top;
    BaseRect rect; /* root pixels, without border */
    gboolean is_viewable;
    xcb_get_window_attributes_cookie_t attributes;
    xcb_get_geometry_cookie_t geometry;
    xcb_translate_coordinates_cookie_t position;
} Member;

static GArray *
list_members(RecallWindowsX11 *self, Desktop *desktop)
{
    g_autoptr(GArray) top_xids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GArray *members = g_array_new(FALSE, TRUE, sizeof(Member));

    for (unsigned i = 0; i < desktop->tops->len; i++)
        g_array_append_val(top_xids, g_array_index(desktop->tops, Top, i).xid);
    recall_frames_x11_refresh(self->frames, desktop->child_xids, top_xids, desktop->client_xids);
    for (unsigned i = 0; i < desktop->tops->len; i++) {
        const Top *top = &g_array_index(desktop->tops, Top, i);
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
is_kept_hidden(const Desktop *desktop, const RecallClientX11 *client)
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
    if (client->has_kind)
        return client->kind;
    if (member->top->is_override && member->xid == member->top->xid)
        return RECALL_WINDOW_POPUP;
    return client->transient_for != 0 ? RECALL_WINDOW_DIALOG : RECALL_WINDOW_NORMAL;
}

/* What of its rectangle may show: shadows that it draws itself around it are see-through. */
static void
init_shown(const Desktop *desktop,
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
    g_free(window->app);
    window->app = g_strdup(client->app);
    g_free(window->title);
    window->title = g_strdup(client->title);
    window->rect = member->rect;
    return window;
}

/* @covered: root pixels that are not to be seen any more; grows by this window's top when
 * @is_last of the members in it */
static void
add_window(const Desktop *desktop,
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
              const Desktop *desktop,
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
find_focused(RecallWindowsX11 *self, const Desktop *desktop, GPtrArray *windows)
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
mark_active(RecallWindowsX11 *self, const Desktop *desktop, GPtrArray *windows)
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

gboolean
recall_windows_x11_finish(RecallWindowsX11 *self,
                          const pixman_region32_t *lit,
                          RecallWindowsX11List *out_list)
{
    g_auto(Desktop) desktop = {0};
    g_autoptr(GArray) members = NULL;
    g_autoptr(GPtrArray) windows = NULL;

    g_assert(self->first.is_asked && self->first.is_answered);
    take_first(self, &desktop);
    find_tops(self, &desktop);
    find_shapes(self, &desktop);
    members = list_members(self, &desktop);
    look_up_members(self, members);
    windows = stack_windows(self, &desktop, members, lit);
    mark_active(self, &desktop, windows);
    find_owners(windows);
    if (xcb_connection_has_error(self->display->xcb) != 0)
        return FALSE;
    out_list->screen = desktop.screen;
    out_list->windows = g_steal_pointer(&windows);
    return TRUE;
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

    recall_clients_x11_refresh(self->clients, none);
}
