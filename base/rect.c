/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/rect.h"

gboolean
base_rect_is_empty(const BaseRect *self)
{
    return self->width <= 0 || self->height <= 0;
}

gboolean
base_rect_intersect(const BaseRect *a, const BaseRect *b, BaseRect *out)
{
    int left = MAX(a->x, b->x);
    int top = MAX(a->y, b->y);
    int right = MIN(a->x + a->width, b->x + b->width);
    int bottom = MIN(a->y + a->height, b->y + b->height);
    gboolean meets =
        !base_rect_is_empty(a) && !base_rect_is_empty(b) && left < right && top < bottom;

    if (out != NULL)
        *out = meets ? (BaseRect){left, top, right - left, bottom - top} : (BaseRect){0};
    return meets;
}

void
base_rect_union(const BaseRect *a, const BaseRect *b, BaseRect *out)
{
    if (base_rect_is_empty(a)) {
        *out = *b;
    } else if (base_rect_is_empty(b)) {
        *out = *a;
    } else {
        int left = MIN(a->x, b->x);
        int top = MIN(a->y, b->y);
        int right = MAX(a->x + a->width, b->x + b->width);
        int bottom = MAX(a->y + a->height, b->y + b->height);

        *out = (BaseRect){left, top, right - left, bottom - top};
    }
}

gboolean
base_rect_contains(const BaseRect *outer, const BaseRect *inner)
{
    return !base_rect_is_empty(inner) && inner->x >= outer->x && inner->y >= outer->y &&
           inner->x + inner->width <= outer->x + outer->width &&
           inner->y + inner->height <= outer->y + outer->height;
}

gboolean
base_rect_equal(const BaseRect *a, const BaseRect *b)
{
    return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

BaseRect
base_rect_grow(const BaseRect *self, int margin)
{
    return (BaseRect){self->x - margin, self->y - margin, self->width + 2 * margin,
                      self->height + 2 * margin};
}

gboolean
base_rect_has_centre(const BaseRect *self, const BaseRect *of)
{
    BaseRect centre = {of->x + of->width / 2, of->y + of->height / 2, 1, 1};

    return base_rect_contains(self, &centre);
}
