/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/debounce.h"
#include "recall/watch/display-x11.h"
#include "recall/watch/grab-x11.h"
#include "recall/watch/guard-x11.h"
#include "recall/watch/painted.h"
#include "recall/watch/windows-x11.h"

#include <xcb/damage.h>
#include <xcb/randr.h>
#include <xcb/xfixes.h>
#include <xcb/xinput.h>

#define N_EVENTS_PER_TURN_MAX 512 /* then the main loop has its turn */
#define N_DAMAGE_RECTS_MAX 4096   /* more are told as the one around them */

struct RecallSense {
    RecallDisplayX11 *display;
    RecallWindowsX11 *windows;
    RecallGrabX11 *grab;
    RecallGuardX11 *guard;
    RecallSenseEvents events;
    void *user_data;
    GSource *source;
    GQueue waiting; /* of xcb_generic_event_t: taken from the connection and not yet handled */
    RecallDebounce debounce;
    RecallDebounceMoment moment; /* the one whose questions are out */
    int64_t moment_wall_us;
    int64_t moment_mono_us;
    gboolean is_asking;
    xcb_xfixes_fetch_region_cookie_t region_cookie;
    xcb_damage_damage_t damage;   /* 0 while paused */
    xcb_xfixes_region_t part;     /* damage of the last sample */
    xcb_xfixes_region_t gathered; /* damage since the last moment */
    pixman_region32_t lit;        /* root pixels that a monitor shows; empty for all */
    pixman_region32_t missed; /* root pixels that could not be read: damage of the next moment */
    GPtrArray *last_windows;  /* of the last moment */
    BaseRect screen;
    int64_t last_input_us; /* monotonic; 0 for none */
    gboolean is_whole;     /* the next moment's damage is the whole screen */
    gboolean is_paused;
    gboolean is_lost;
};

typedef struct {
    GSource source;
    RecallSense *sense;
} SenseSource;

/* --- what the server is asked to tell --- */

static void
select_input(RecallSense *self, gboolean is_on)
{
    struct {
        xcb_input_event_mask_t head;
        uint32_t mask;
    } wanted = {
        .head = {.deviceid = XCB_INPUT_DEVICE_ALL_MASTER, .mask_len = 1},
        .mask = is_on ? XCB_INPUT_XI_EVENT_MASK_RAW_KEY_PRESS |
                            XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_PRESS |
                            XCB_INPUT_XI_EVENT_MASK_RAW_TOUCH_BEGIN
                      : 0,
    };

    xcb_input_xi_select_events(self->display->xcb, self->display->screen->root, 1, &wanted.head);
}

static void
select_root(RecallSense *self)
{
    xcb_connection_t *xcb = self->display->xcb;
    xcb_window_t root = self->display->screen->root;
    uint32_t mask = XCB_EVENT_MASK_STRUCTURE_NOTIFY;

    xcb_change_window_attributes(xcb, root, XCB_CW_EVENT_MASK, &mask);
    if (self->display->randr_event != 0)
        xcb_randr_select_input(
            xcb, root, XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE | XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE);
}

static void
start_tracking(RecallSense *self)
{
    xcb_connection_t *xcb = self->display->xcb;

    self->damage = xcb_generate_id(xcb);
    xcb_damage_create(xcb, self->damage, self->display->screen->root,
                      XCB_DAMAGE_REPORT_LEVEL_NON_EMPTY);
    select_input(self, TRUE);
    self->is_whole = TRUE;
    recall_debounce_init(&self->debounce, g_get_monotonic_time());
    recall_debounce_change(&self->debounce, g_get_monotonic_time());
}

static void
stop_tracking(RecallSense *self)
{
    xcb_damage_destroy(self->display->xcb, self->damage);
    self->damage = 0;
    select_input(self, FALSE);
    recall_guard_x11_rest(self->guard);
    recall_windows_x11_forget(self->windows);
    recall_grab_x11_trim(self->grab);
    recall_debounce_init(&self->debounce, g_get_monotonic_time());
}

/* What several monitors show of the root window; the rest of it nobody sees. */
static void
learn_monitors(RecallSense *self)
{
    xcb_connection_t *xcb = self->display->xcb;
    g_autofree xcb_randr_get_monitors_reply_t *reply = NULL;
    xcb_randr_monitor_info_iterator_t at;

    pixman_region32_clear(&self->lit);
    if (self->display->randr_event == 0)
        return;
    reply = xcb_randr_get_monitors_reply(
        xcb, xcb_randr_get_monitors(xcb, self->display->screen->root, TRUE), NULL);
    if (reply == NULL)
        return;
    at = xcb_randr_get_monitors_monitors_iterator(reply);
    for (; at.rem > 0; xcb_randr_monitor_info_next(&at))
        pixman_region32_union_rect(&self->lit, &self->lit, at.data->x, at.data->y, at.data->width,
                                   at.data->height);
}

/* --- the moment --- */

/* Takes the damage from the server's side into a region there; no answer is waited for. */
static void
sample_damage(RecallSense *self)
{
    xcb_connection_t *xcb = self->display->xcb;

    xcb_damage_subtract(xcb, self->damage, XCB_NONE, self->part);
    xcb_xfixes_union_region(xcb, self->gathered, self->part, self->gathered);
}

static void
begin_moment(RecallSense *self)
{
    xcb_connection_t *xcb = self->display->xcb;

    self->moment_wall_us = g_get_real_time();
    self->moment_mono_us = g_get_monotonic_time();
    recall_guard_x11_begin(self->guard);
    sample_damage(self);
    self->region_cookie = xcb_xfixes_fetch_region(xcb, self->gathered);
    xcb_xfixes_set_region(xcb, self->gathered, 0, NULL);
    recall_windows_x11_begin(self->windows);
    self->is_asking = TRUE;
}

/* Waits for the answer. */
static void
take_damage(RecallSense *self, xcb_xfixes_fetch_region_cookie_t cookie, pixman_region32_t *damage)
{
    g_autofree xcb_xfixes_fetch_region_reply_t *reply =
        xcb_xfixes_fetch_region_reply(self->display->xcb, cookie, NULL);
    int n_rects = reply != NULL ? xcb_xfixes_fetch_region_rectangles_length(reply) : 0;
    const xcb_rectangle_t *rects = n_rects > 0 ? xcb_xfixes_fetch_region_rectangles(reply) : NULL;
    g_autofree pixman_box32_t *boxes = NULL;

    if (n_rects > N_DAMAGE_RECTS_MAX) {
        rects = &reply->extents;
        n_rects = 1;
    }
    boxes = g_new0(pixman_box32_t, (size_t)MAX(n_rects, 1));
    for (int i = 0; i < n_rects; i++)
        boxes[i] = (pixman_box32_t){rects[i].x, rects[i].y, rects[i].x + rects[i].width,
                                    rects[i].y + rects[i].height};
    pixman_region32_init_rects(damage, boxes, n_rects);
}

static void
complete_damage(RecallSense *self, const BaseRect *screen, pixman_region32_t *damage)
{
    if (!base_rect_equal(screen, &self->screen))
        self->is_whole = TRUE;
    self->screen = *screen;
    if (self->is_whole)
        pixman_region32_union_rect(damage, damage, 0, 0, (unsigned)screen->width,
                                   (unsigned)screen->height);
    pixman_region32_intersect_rect(damage, damage, 0, 0, (unsigned)screen->width,
                                   (unsigned)screen->height);
    self->is_whole = FALSE;
}

/* It was damage of the moment before. */
static void
add_missed(RecallSense *self, pixman_region32_t *damage)
{
    pixman_region32_union(damage, damage, &self->missed);
    pixman_region32_intersect_rect(damage, damage, 0, 0, (unsigned)self->screen.width,
                                   (unsigned)self->screen.height);
    pixman_region32_clear(&self->missed);
}

static gboolean
has_window(const GPtrArray *windows, uint32_t xid)
{
    for (unsigned i = 0; i < windows->len; i++) {
        if (((const RecallWindow *)windows->pdata[i])->xid == xid)
            return TRUE;
    }
    return FALSE;
}

/* A compositor may still fade out what is closed already. At rest it has done so. */
static void
distrust_closed(RecallSense *self, const RecallWindowsX11List *list)
{
    if (self->moment.at_rest || !list->has_compositor || self->last_windows == NULL)
        return;
    for (unsigned i = 0; i < self->last_windows->len; i++) {
        const RecallWindow *window = self->last_windows->pdata[i];

        if (!has_window(list->windows, window->xid))
            recall_guard_x11_distrust(self->guard, &window->visible);
    }
}

/* @list: windows is (transfer full) */
static void
tell_moment(RecallSense *self, RecallMoment *moment, RecallWindowsX11List *list)
{
    complete_damage(self, &list->screen, &moment->damage);
    recall_painted_update(list->windows, self->last_windows, &moment->damage);
    add_missed(self, &moment->damage);
    distrust_closed(self, list);
    moment->screen = list->screen;
    moment->windows = list->windows;
    self->events.on_moment(moment, self->user_data);
    g_clear_pointer(&self->last_windows, g_ptr_array_unref);
    self->last_windows = g_steal_pointer(&list->windows);
}

static void
set_aside_events(RecallSense *self)
{
    xcb_generic_event_t *event;

    while ((event = xcb_poll_for_queued_event(self->display->xcb)) != NULL)
        g_queue_push_tail(&self->waiting, event);
}

static void
notice(RecallSense *self, const xcb_generic_event_t *event)
{
    recall_guard_x11_handle(self->guard, event);
    recall_windows_x11_notice(self->windows, event);
}

/* What the server announced before it answered happened before. */
static void
look_ahead(RecallSense *self)
{
    unsigned n_seen = g_queue_get_length(&self->waiting);

    set_aside_events(self);
    for (GList *at = g_queue_peek_nth_link(&self->waiting, n_seen); at != NULL; at = at->next)
        notice(self, at->data);
}

static void
finish_moment(RecallSense *self)
{
    RecallMoment moment = {
        .at_us = self->moment_wall_us,
        .first_change_us =
            self->moment_wall_us - (self->moment_mono_us - self->moment.first_change_us),
        .at_rest = self->moment.at_rest,
        .had_input = self->moment.had_input,
    };
    RecallWindowsX11List list = {0};

    self->is_asking = FALSE;
    take_damage(self, self->region_cookie, &moment.damage);
    look_ahead(self);
    if (recall_windows_x11_finish(self->windows, &self->lit, &list) && !self->is_paused)
        tell_moment(self, &moment, &list);
    recall_guard_x11_end(self->guard);
    g_clear_pointer(&list.windows, g_ptr_array_unref);
    pixman_region32_fini(&moment.damage);
}

static void
act(RecallSense *self)
{
    switch (recall_debounce_act(&self->debounce, g_get_monotonic_time(), &self->moment)) {
    case RECALL_DEBOUNCE_MOMENT:
        begin_moment(self);
        break;
    case RECALL_DEBOUNCE_SAMPLE:
        sample_damage(self);
        break;
    case RECALL_DEBOUNCE_WAIT:
        break;
    }
}

/* --- events --- */

static void
handle_input(RecallSense *self, const xcb_ge_generic_event_t *event)
{
    int64_t now_us = g_get_monotonic_time();

    if (event->extension != self->display->input_opcode || self->is_paused)
        return;
    self->last_input_us = now_us;
    recall_debounce_input(&self->debounce, now_us, event->event_type == XCB_INPUT_RAW_KEY_PRESS);
}

static void
handle_resize(RecallSense *self)
{
    learn_monitors(self);
    recall_windows_x11_distrust(self->windows);
    self->is_whole = TRUE;
    if (!self->is_paused)
        recall_debounce_change(&self->debounce, g_get_monotonic_time());
}

static void
set_lost(RecallSense *self, GIOErrorEnum code, const char *sentence)
{
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, (int)code, sentence);

    if (self->is_lost)
        return;
    self->is_lost = TRUE;
    g_source_destroy(self->source);
    self->events.on_lost(error, self->user_data);
}

static void
handle_event(RecallSense *self, const xcb_generic_event_t *event)
{
    uint8_t type = event->response_type & 0x7F;
    uint8_t randr = self->display->randr_event;

    notice(self, event);
    if (type == self->display->damage_event + XCB_DAMAGE_NOTIFY) {
        if (!self->is_paused)
            recall_debounce_notice(&self->debounce, g_get_monotonic_time());
    } else if (type == XCB_GE_GENERIC) {
        handle_input(self, (const xcb_ge_generic_event_t *)event);
    } else if ((randr != 0 && type >= randr && type <= randr + XCB_RANDR_NOTIFY) ||
               (type == XCB_CONFIGURE_NOTIFY &&
                ((const xcb_configure_notify_event_t *)event)->window ==
                    self->display->screen->root)) {
        handle_resize(self);
    } else if (type == XCB_SELECTION_CLEAR) {
        set_lost(self, G_IO_ERROR_BUSY, "another agent took over the display");
    } else if (recall_windows_x11_handle(self->windows, event) && !self->is_paused) {
        recall_debounce_change(&self->debounce, g_get_monotonic_time());
    }
}

static void
handle_events(RecallSense *self)
{
    for (unsigned i = 0; i < N_EVENTS_PER_TURN_MAX && !self->is_lost; i++) {
        g_autofree xcb_generic_event_t *event = g_queue_pop_head(&self->waiting);

        if (event == NULL)
            event = xcb_poll_for_event(self->display->xcb);
        if (event == NULL)
            return;
        handle_event(self, event);
    }
}

/* --- the main loop --- */

/* Answers are read together with events, so either may wait in memory with nothing on the socket.
 */
static gboolean
prepare(GSource *source, int *timeout_ms)
{
    RecallSense *self = ((SenseSource *)source)->sense;
    xcb_connection_t *xcb = self->display->xcb;

    *timeout_ms = -1;
    xcb_flush(xcb);
    if (xcb_connection_has_error(xcb) != 0)
        return TRUE;
    set_aside_events(self);
    return !g_queue_is_empty(&self->waiting) ||
           (self->is_asking && recall_windows_x11_is_answered(self->windows));
}

static void
schedule(RecallSense *self)
{
    /* One moment at a time: the next begins when this one is told. */
    g_source_set_ready_time(self->source,
                            self->is_asking ? -1 : recall_debounce_next_us(&self->debounce));
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, void *user_data)
{
    RecallSense *self = ((SenseSource *)source)->sense;

    handle_events(self);
    if (!self->is_lost && self->is_asking && recall_windows_x11_is_answered(self->windows))
        finish_moment(self);
    if (!self->is_lost && xcb_connection_has_error(self->display->xcb) != 0)
        set_lost(self, G_IO_ERROR_CONNECTION_CLOSED, "the X server is gone");
    if (self->is_lost)
        return G_SOURCE_REMOVE;
    if (!self->is_asking)
        act(self);
    schedule(self);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {.prepare = prepare, .dispatch = dispatch};

static void
attach(RecallSense *self)
{
    self->source = g_source_new(&source_funcs, sizeof(SenseSource));
    ((SenseSource *)self->source)->sense = self;
    g_source_set_static_name(self->source, "recall-sense");
    g_source_add_unix_fd(self->source, xcb_get_file_descriptor(self->display->xcb),
                         G_IO_IN | G_IO_HUP | G_IO_ERR);
    g_source_attach(self->source, g_main_context_get_thread_default());
}

RecallSense *
recall_sense_new(const char *display,
                 const RecallSenseEvents *events,
                 void *user_data,
                 GError **error)
{
    g_autoptr(RecallSense) self = g_new0(RecallSense, 1);

    self->events = *events;
    self->user_data = user_data;
    pixman_region32_init(&self->lit);
    pixman_region32_init(&self->missed);
    g_queue_init(&self->waiting);
    self->display = recall_display_x11_open(display, error);
    if (self->display == NULL)
        return NULL;
    self->grab = recall_grab_x11_new(self->display, error);
    if (self->grab == NULL)
        return NULL;
    self->windows = recall_windows_x11_new(self->display);
    self->guard = recall_guard_x11_new(self->display);
    self->part = xcb_generate_id(self->display->xcb);
    self->gathered = xcb_generate_id(self->display->xcb);
    xcb_xfixes_create_region(self->display->xcb, self->part, 0, NULL);
    xcb_xfixes_create_region(self->display->xcb, self->gathered, 0, NULL);
    select_root(self);
    learn_monitors(self);
    start_tracking(self);
    attach(self);
    schedule(self);
    return g_steal_pointer(&self);
}

void
recall_sense_free(RecallSense *self)
{
    if (self == NULL)
        return;
    if (self->source != NULL) {
        g_source_destroy(self->source);
        g_source_unref(self->source);
    }
    g_queue_clear_full(&self->waiting, g_free);
    g_clear_pointer(&self->last_windows, g_ptr_array_unref);
    recall_guard_x11_free(self->guard);
    recall_windows_x11_free(self->windows);
    recall_grab_x11_free(self->grab);
    recall_display_x11_close(self->display);
    pixman_region32_fini(&self->lit);
    pixman_region32_fini(&self->missed);
    g_free(self);
}

void
recall_sense_set_paused(RecallSense *self, gboolean is_paused)
{
    if (self->is_lost || self->is_paused == is_paused)
        return;
    self->is_paused = is_paused;
    if (is_paused)
        stop_tracking(self);
    else
        start_tracking(self);
    schedule(self);
}

void
recall_sense_look_again(RecallSense *self)
{
    if (self->is_lost || self->is_paused)
        return;
    self->is_whole = TRUE;
    recall_debounce_change(&self->debounce, g_get_monotonic_time());
    schedule(self);
}

int64_t
recall_sense_idle_us(const RecallSense *self)
{
    return self->last_input_us != 0 ? g_get_monotonic_time() - self->last_input_us : -1;
}

void
recall_sense_add_changes(RecallSense *self, pixman_region32_t *changed)
{
    pixman_region32_t damage;

    if (self->is_asking)
        pixman_region32_union_rect(changed, changed, 0, 0, (unsigned)self->screen.width,
                                   (unsigned)self->screen.height);
    if (self->debounce.first_change_us == 0 || self->is_asking || self->is_lost || self->is_paused)
        return;
    sample_damage(self);
    take_damage(self, xcb_xfixes_fetch_region(self->display->xcb, self->gathered), &damage);
    pixman_region32_union(changed, changed, &damage);
    pixman_region32_union(changed, changed, &self->missed);
    pixman_region32_fini(&damage);
}

void
recall_sense_wake(RecallSense *self, unsigned delay_ms)
{
    if (self->is_lost || self->is_paused)
        return;
    recall_debounce_wake(&self->debounce, g_get_monotonic_time() + (int64_t)delay_ms * 1000);
    schedule(self);
}

static gboolean
grab_checked(RecallSense *self,
             const BaseRect *rect,
             uint8_t *pixels,
             size_t stride,
             GError **error)
{
    if (!recall_grab_x11_take(self->grab, rect, pixels, stride, error))
        return FALSE;
    look_ahead(self);
    if (recall_guard_x11_allows(self->guard, rect))
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                "a window came, went or moved while the screen was read: "
                "try again at the next moment");
    return FALSE;
}

gboolean
recall_sense_grab(RecallSense *self,
                  const BaseRect *rect,
                  uint8_t *pixels,
                  size_t stride,
                  GError **error)
{
    BaseRect part;
    size_t offset;

    if (!base_rect_intersect(rect, &self->screen, &part))
        return TRUE;
    offset = stride * (size_t)(part.y - rect->y) + 4 * (size_t)(part.x - rect->x);
    if (grab_checked(self, &part, pixels + offset, stride, error))
        return TRUE;
    pixman_region32_union_rect(&self->missed, &self->missed, part.x, part.y, (unsigned)part.width,
                               (unsigned)part.height);
    recall_debounce_change(&self->debounce, g_get_monotonic_time());
    if (!self->is_lost && !self->is_paused)
        schedule(self);
    return FALSE;
}
