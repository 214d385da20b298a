/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/look.h"

#define N_RECTS_MAX 8 /* each costs a round trip: of more the extents are taken */
#define STRIP_PX (512 * 1024)

/* @rect: window pixels */
static void
grab_strip(RecallContent *content,
           const RecallWindow *window,
           const BaseRect *rect,
           RecallSense *sense,
           uint8_t *pixels)
{
    BaseRect on_screen = {rect->x + window->rect.x, rect->y + window->rect.y, rect->width,
                          rect->height};
    size_t stride = (size_t)rect->width * 4;

    if (recall_sense_grab(sense, &on_screen, pixels, stride, NULL))
        recall_frame_put(recall_content_get_frame(content), rect, pixels, stride);
}

/* In strips, so that no copy of all of it is needed. */
static void
grab_box(RecallContent *content,
         const RecallWindow *window,
         const pixman_box32_t *box,
         RecallSense *sense)
{
    int width = box->x2 - box->x1;
    int n_rows = MAX(STRIP_PX / width, 1);
    g_autofree uint8_t *pixels = g_malloc((size_t)width * 4 * MIN(n_rows, box->y2 - box->y1));

    for (int y = box->y1; y < box->y2; y += n_rows) {
        BaseRect rect = {box->x1, y, width, MIN(n_rows, box->y2 - y)};

        grab_strip(content, window, &rect, sense, pixels);
    }
}

static void
grab(RecallContent *content,
     const RecallWindow *window,
     const pixman_region32_t *region,
     RecallSense *sense)
{
    int n_boxes = 0;
    const pixman_box32_t *boxes = pixman_region32_rectangles((pixman_region32_t *)region, &n_boxes);

    for (int i = 0; i < n_boxes; i++)
        grab_box(content, window, &boxes[i], sense);
}

/* As far as it is visible. */
static void
simplify(pixman_region32_t *region, const pixman_region32_t *visible)
{
    const pixman_box32_t box = *pixman_region32_extents(region);

    if (pixman_region32_n_rects(region) > N_RECTS_MAX)
        pixman_region32_intersect_rect(region, (pixman_region32_t *)visible, box.x1, box.y1,
                                       (unsigned)(box.x2 - box.x1), (unsigned)(box.y2 - box.y1));
}

static void
find_visible(const RecallWindow *window, pixman_region32_t *visible)
{
    pixman_region32_copy(visible, (pixman_region32_t *)&window->painted);
    pixman_region32_translate(visible, -window->rect.x, -window->rect.y);
    pixman_region32_intersect_rect(visible, visible, 0, 0, (unsigned)window->rect.width,
                                   (unsigned)window->rect.height);
}

/* What changed by @moment or was not visible before. */
static void
find_changes(const RecallWindow *window,
             const pixman_region32_t *was_visible,
             const pixman_region32_t *visible,
             const RecallMoment *moment,
             pixman_region32_t *changed)
{
    pixman_region32_t uncovered;

    pixman_region32_init(&uncovered);
    pixman_region32_copy(changed, (pixman_region32_t *)&moment->damage);
    pixman_region32_translate(changed, -window->rect.x, -window->rect.y);
    pixman_region32_intersect(changed, changed, (pixman_region32_t *)visible);
    pixman_region32_subtract(&uncovered, (pixman_region32_t *)visible,
                             (pixman_region32_t *)was_visible);
    pixman_region32_union(changed, changed, &uncovered);
    simplify(changed, visible);
    pixman_region32_fini(&uncovered);
}

void
recall_look_take(RecallContent *content,
                 const RecallWindow *window,
                 const RecallMoment *moment,
                 RecallSense *sense)
{
    pixman_region32_t visible;
    pixman_region32_t changed;

    pixman_region32_init(&visible);
    pixman_region32_init(&changed);
    find_visible(window, &visible);
    find_changes(window, recall_content_get_visible(content), &visible, moment, &changed);
    recall_content_set_visible(content, &visible);
    grab(content, window, &changed, sense);
    pixman_region32_fini(&visible);
    pixman_region32_fini(&changed);
}
