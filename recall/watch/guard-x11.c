/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/guard-x11.h"

#define N_MOVED_MAX 64 /* windows; when more move, no place is trusted */

struct RecallGuardX11 {
    const RecallDisplayX11 *display;
    gboolean is_selected; /* the server announces */
    gboolean is_moment;
    gboolean has_moved; /* since the moment began */
    gboolean trusts_nothing;
    pixman_region32_t moved; /* root pixels */
    GArray *unplaced;        /* of uint32_t: did something, it is not known where */
    GHashTable *places; /* xid to BaseRect: of windows made meanwhile, which may be gone already */
};

RecallGuardX11 *
recall_guard_x11_new(const RecallDisplayX11 *display)
{
    RecallGuardX11 *self = g_new0(RecallGuardX11, 1);

    self->display = display;
    pixman_region32_init(&self->moved);
    self->unplaced = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    self->places = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return self;
}

void
recall_guard_x11_free(RecallGuardX11 *self)
{
    if (self == NULL)
        return;
    pixman_region32_fini(&self->moved);
    g_array_unref(self->unplaced);
    g_hash_table_unref(self->places);
    g_free(self);
}

static void
select_children(RecallGuardX11 *self, gboolean is_on)
{
    uint32_t mask =
        XCB_EVENT_MASK_STRUCTURE_NOTIFY | (is_on ? XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY : 0);

    xcb_change_window_attributes(self->display->xcb, self->display->screen->root, XCB_CW_EVENT_MASK,
                                 &mask);
    self->is_selected = is_on;
}

void
recall_guard_x11_begin(RecallGuardX11 *self)
{
    self->is_moment = TRUE;
    self->has_moved = FALSE;
    self->trusts_nothing = FALSE;
    pixman_region32_clear(&self->moved);
    g_array_set_size(self->unplaced, 0);
    g_hash_table_remove_all(self->places);
    if (!self->is_selected)
        select_children(self, TRUE);
}

void
recall_guard_x11_end(RecallGuardX11 *self)
{
    self->is_moment = FALSE;
    if (self->has_moved)
        recall_guard_x11_rest(self);
}

void
recall_guard_x11_rest(RecallGuardX11 *self)
{
    if (self->is_selected)
        select_children(self, FALSE);
}

static void
add_rect(RecallGuardX11 *self, const BaseRect *rect)
{
    pixman_region32_union_rect(&self->moved, &self->moved, rect->x, rect->y, (unsigned)rect->width,
                               (unsigned)rect->height);
}

static void
note_created(RecallGuardX11 *self, const xcb_create_notify_event_t *event)
{
    BaseRect rect = {event->x, event->y, event->width + 2 * event->border_width,
                     event->height + 2 * event->border_width};

    if (g_hash_table_size(self->places) < N_MOVED_MAX)
        g_hash_table_insert(self->places, GUINT_TO_POINTER(event->window),
                            g_memdup2(&rect, sizeof(rect)));
}

static void
note_unplaced(RecallGuardX11 *self, xcb_window_t xid)
{
    if (self->unplaced->len < N_MOVED_MAX)
        g_array_append_val(self->unplaced, xid);
    else
        self->trusts_nothing = TRUE;
}

static void
note_place(RecallGuardX11 *self, const xcb_generic_event_t *event)
{
    switch (event->response_type & 0x7F) {
    case XCB_CREATE_NOTIFY:
        note_created(self, (const xcb_create_notify_event_t *)event);
        break;
    case XCB_MAP_NOTIFY:
    case XCB_UNMAP_NOTIFY:
    case XCB_REPARENT_NOTIFY:
    case XCB_CIRCULATE_NOTIFY: /* all begin with the parent and the window */
        note_unplaced(self, ((const xcb_map_notify_event_t *)event)->window);
        break;
    case XCB_CONFIGURE_NOTIFY: /* where it was before is not told */
        self->trusts_nothing = TRUE;
        break;
    default: /* one that is destroyed was unmapped before */
        break;
    }
}

/* Events about a window itself come from elsewhere; these are told to its parent. */
static gboolean
is_about_child(const RecallGuardX11 *self, const xcb_generic_event_t *event)
{
    const xcb_map_notify_event_t *head = (const xcb_map_notify_event_t *)event;

    switch (event->response_type & 0x7F) {
    case XCB_CREATE_NOTIFY:
    case XCB_DESTROY_NOTIFY:
    case XCB_MAP_NOTIFY:
    case XCB_UNMAP_NOTIFY:
    case XCB_REPARENT_NOTIFY:
    case XCB_CIRCULATE_NOTIFY:
    case XCB_CONFIGURE_NOTIFY:
        return head->event == self->display->screen->root && head->window != head->event;
    default:
        return FALSE;
    }
}

void
recall_guard_x11_handle(RecallGuardX11 *self, const xcb_generic_event_t *event)
{
    if (!is_about_child(self, event))
        return;
    self->has_moved = TRUE;
    if (self->is_moment)
        note_place(self, event);
    else
        recall_guard_x11_rest(self);
}

void
recall_guard_x11_distrust(RecallGuardX11 *self, const pixman_region32_t *region)
{
    pixman_region32_union(&self->moved, &self->moved, (pixman_region32_t *)region);
}

static void
place(RecallGuardX11 *self, uint32_t xid, xcb_get_geometry_cookie_t cookie)
{
    const BaseRect *known = g_hash_table_lookup(self->places, GUINT_TO_POINTER(xid));
    g_autofree xcb_get_geometry_reply_t *reply =
        xcb_get_geometry_reply(self->display->xcb, cookie, NULL);

    if (known != NULL) {
        add_rect(self, known);
    } else if (reply != NULL) {
        BaseRect rect = {reply->x, reply->y, reply->width + 2 * reply->border_width,
                         reply->height + 2 * reply->border_width};

        add_rect(self, &rect);
    } else {
        self->trusts_nothing = TRUE;
    }
}

static void
place_all(RecallGuardX11 *self)
{
    xcb_get_geometry_cookie_t cookies[N_MOVED_MAX];

    for (unsigned i = 0; i < self->unplaced->len; i++)
        cookies[i] =
            xcb_get_geometry(self->display->xcb, g_array_index(self->unplaced, uint32_t, i));
    for (unsigned i = 0; i < self->unplaced->len; i++)
        place(self, g_array_index(self->unplaced, uint32_t, i), cookies[i]);
    g_array_set_size(self->unplaced, 0);
}

gboolean
recall_guard_x11_allows(RecallGuardX11 *self, const BaseRect *rect)
{
    pixman_box32_t box = {rect->x, rect->y, rect->x + rect->width, rect->y + rect->height};

    if (!self->is_moment)
        return TRUE;
    place_all(self);
    return !self->trusts_nothing &&
           pixman_region32_contains_rectangle(&self->moved, &box) == PIXMAN_REGION_OUT;
}
