/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/painted.h"

static const RecallWindow *
find_window(const GPtrArray *windows, uint32_t xid)
{
    for (unsigned i = 0; windows != NULL && i < windows->len; i++) {
        const RecallWindow *window = windows->pdata[i];

        if (window->xid == xid)
            return window;
    }
    return NULL;
}

/* A window takes its pixels with it when it moves. */
static void
take_over(const RecallWindow *window, const RecallWindow *last, pixman_region32_t *painted)
{
    pixman_region32_copy(painted, (pixman_region32_t *)&last->painted);
    pixman_region32_translate(painted, window->rect.x - last->rect.x,
                              window->rect.y - last->rect.y);
}

void
recall_painted_update(const GPtrArray *windows,
                      const GPtrArray *last,
                      const pixman_region32_t *damage)
{
    for (unsigned i = 0; i < windows->len; i++) {
        RecallWindow *window = windows->pdata[i];
        const RecallWindow *before = find_window(last, window->xid);
        pixman_region32_t painted;

        pixman_region32_init(&painted);
        if (before != NULL)
            take_over(window, before, &painted);
        pixman_region32_union(&painted, &painted, (pixman_region32_t *)damage);
        pixman_region32_intersect(&window->painted, &painted, &window->visible);
        pixman_region32_fini(&painted);
    }
}
