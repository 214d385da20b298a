/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* A rectangle in whole pixels; @x and @y may be negative (partly off the screen). Empty when a
 * side is 0 or less. The reader of a variable named ..._rect learns from its comment what the
 * coordinates are relative to: the root window or the window it describes. */
typedef struct {
    int x;
    int y;
    int width;
    int height;
} BaseRect;

gboolean base_rect_is_empty(const BaseRect *self);

/* @out: (out) (optional): the common part; all zero when there is none. May be @a or @b */
gboolean base_rect_intersect(const BaseRect *a, const BaseRect *b, BaseRect *out);

/* The smallest rectangle that holds both; an empty one does not count. @out may be @a or @b */
void base_rect_union(const BaseRect *a, const BaseRect *b, BaseRect *out);

gboolean base_rect_contains(const BaseRect *outer, const BaseRect *inner);
gboolean base_rect_equal(const BaseRect *a, const BaseRect *b);

/* @self with so much more on each side. */
BaseRect base_rect_grow(const BaseRect *self, int margin);

/* Whether the middle of @of is in @self. */
gboolean base_rect_has_centre(const BaseRect *self, const BaseRect *of);
