/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/tops-x11.h"

#include "recall/watch/window.h"

#include <xcb/shape.h>

#define N_SHAPE_RECTS_MAX 4096
#define OPACITY_DEPTH 32 /* bits of a pixel that has opacity */

static void
clear_top(void *data)
{
    pixman_region32_fini(&((RecallTopX11 *)data)->region);
}

static void
add_top(GArray *tops,
        const BaseRect *screen,
        xcb_window_t xid,
        const xcb_get_window_attributes_reply_t *attributes,
        const xcb_get_geometry_reply_t *geometry)
{
    RecallTopX11 top = {.xid = xid};

    if (attributes == NULL || geometry == NULL || attributes->map_state != XCB_MAP_STATE_VIEWABLE ||
        attributes->_class != XCB_WINDOW_CLASS_INPUT_OUTPUT || tops->len >= RECALL_WINDOW_N_MAX)
        return;
    top.border_px = geometry->border_width;
    top.rect = (BaseRect){geometry->x, geometry->y, geometry->width + 2 * top.border_px,
                          geometry->height + 2 * top.border_px};
    top.depth = geometry->depth;
    top.is_override = attributes->override_redirect;
    if (!base_rect_intersect(&top.rect, screen, NULL))
        return;
    pixman_region32_init_rect(&top.region, top.rect.x, top.rect.y, (unsigned)top.rect.width,
                              (unsigned)top.rect.height);
    g_array_append_val(tops, top);
}

/* A shape smaller than the window: what lies outside of it shows what is below. */
static void
cut_to_shape(const RecallDisplayX11 *display,
             RecallTopX11 *top,
             xcb_shape_get_rectangles_cookie_t cookie)
{
    g_autofree xcb_shape_get_rectangles_reply_t *reply =
        xcb_shape_get_rectangles_reply(display->xcb, cookie, NULL);
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
find_bounds(const RecallDisplayX11 *display, GArray *tops)
{
    xcb_connection_t *xcb = display->xcb;
    xcb_shape_query_extents_cookie_t extents[RECALL_WINDOW_N_MAX];
    xcb_shape_get_rectangles_cookie_t rects[RECALL_WINDOW_N_MAX];

    for (unsigned i = 0; i < tops->len; i++) {
        xcb_shape_select_input(xcb, g_array_index(tops, RecallTopX11, i).xid, TRUE);
        extents[i] = xcb_shape_query_extents(xcb, g_array_index(tops, RecallTopX11, i).xid);
    }
    for (unsigned i = 0; i < tops->len; i++) {
        RecallTopX11 *top = &g_array_index(tops, RecallTopX11, i);
        g_autofree xcb_shape_query_extents_reply_t *reply =
            xcb_shape_query_extents_reply(xcb, extents[i], NULL);

        top->is_shaped = reply != NULL && reply->bounding_shaped;
        if (top->is_shaped)
            rects[i] = xcb_shape_get_rectangles(xcb, top->xid, XCB_SHAPE_SK_BOUNDING);
    }
    for (unsigned i = 0; i < tops->len; i++) {
        RecallTopX11 *top = &g_array_index(tops, RecallTopX11, i);

        if (top->is_shaped)
            cut_to_shape(display, top, rects[i]);
    }
}

/* Below a compositor a window with opacity of its own that takes no clicks is a layer over the
 * screen (drawings, subtitles, watermarks): what is below shows through it. */
static void
drop_layers(const RecallDisplayX11 *display, GArray *tops)
{
    xcb_connection_t *xcb = display->xcb;
    xcb_shape_get_rectangles_cookie_t cookies[RECALL_WINDOW_N_MAX];

    for (unsigned i = 0; i < tops->len; i++) {
        const RecallTopX11 *top = &g_array_index(tops, RecallTopX11, i);

        if (top->depth == OPACITY_DEPTH)
            cookies[i] = xcb_shape_get_rectangles(xcb, top->xid, XCB_SHAPE_SK_INPUT);
    }
    for (unsigned i = 0; i < tops->len; i++) {
        RecallTopX11 *top = &g_array_index(tops, RecallTopX11, i);
        g_autofree xcb_shape_get_rectangles_reply_t *reply = NULL;

        if (top->depth != OPACITY_DEPTH)
            continue;
        reply = xcb_shape_get_rectangles_reply(xcb, cookies[i], NULL);
        if (reply != NULL && xcb_shape_get_rectangles_rectangles_length(reply) == 0)
            pixman_region32_clear(&top->region);
    }
}

typedef struct {
    xcb_get_window_attributes_cookie_t attributes;
    xcb_get_geometry_cookie_t geometry;
} ChildQuestion;

static void
find_mapped(const RecallDisplayX11 *display,
            const GArray *child_xids,
            const BaseRect *screen,
            GArray *tops)
{
    g_autofree ChildQuestion *questions = g_new(ChildQuestion, child_xids->len);

    for (unsigned i = 0; i < child_xids->len; i++) {
        uint32_t xid = g_array_index(child_xids, uint32_t, i);

        questions[i].attributes = xcb_get_window_attributes(display->xcb, xid);
        questions[i].geometry = xcb_get_geometry(display->xcb, xid);
    }
    for (unsigned i = 0; i < child_xids->len; i++) {
        g_autofree xcb_get_window_attributes_reply_t *attributes =
            xcb_get_window_attributes_reply(display->xcb, questions[i].attributes, NULL);
        g_autofree xcb_get_geometry_reply_t *geometry =
            xcb_get_geometry_reply(display->xcb, questions[i].geometry, NULL);

        add_top(tops, screen, g_array_index(child_xids, uint32_t, i), attributes, geometry);
    }
}

GArray *
recall_tops_x11_find(const RecallDisplayX11 *display,
                     const GArray *child_xids,
                     const BaseRect *screen,
                     gboolean has_compositor)
{
    GArray *tops = g_array_new(FALSE, FALSE, sizeof(RecallTopX11));

    g_array_set_clear_func(tops, clear_top);
    find_mapped(display, child_xids, screen, tops);
    if (display->has_shape)
        find_bounds(display, tops);
    if (display->has_shape && has_compositor)
        drop_layers(display, tops);
    return tops;
}
