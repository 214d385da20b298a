/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/region.h"

int64_t
recall_region_area_px(const pixman_region32_t *region)
{
    int n_boxes;
    const pixman_box32_t *boxes = pixman_region32_rectangles((pixman_region32_t *)region, &n_boxes);
    int64_t area_px = 0;

    for (int i = 0; i < n_boxes; i++)
        area_px += (int64_t)(boxes[i].x2 - boxes[i].x1) * (boxes[i].y2 - boxes[i].y1);
    return area_px;
}

int64_t
recall_region_area_in_px(const pixman_region32_t *region, const BaseRect *box)
{
    pixman_region32_t part;
    int64_t area_px;

    pixman_region32_init(&part);
    pixman_region32_intersect_rect(&part, (pixman_region32_t *)region, box->x, box->y,
                                   (unsigned)box->width, (unsigned)box->height);
    area_px = recall_region_area_px(&part);
    pixman_region32_fini(&part);
    return area_px;
}
