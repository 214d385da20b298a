/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"

#include <pixman.h>
#include <stdint.h>

/* The pixels of a window: how it looks now, and how it looked when they were held. There is one
 * copy: of the blocks that were put since, the other look is kept beside, and whichever is asked
 * for is put in place. B G R X, the X zero. Pure. */

#define RECALL_PIXELS_BLOCK_WIDTH_PX 64
#define RECALL_PIXELS_BLOCK_HEIGHT_PX 32

typedef struct RecallPixels RecallPixels;

/* All black until something is put. */
RecallPixels *recall_pixels_new(uint32_t width_px, uint32_t height_px);
void recall_pixels_free(RecallPixels *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallPixels, recall_pixels_free)

/* Keeps how it looks now until recall_pixels_release(). */
void recall_pixels_hold(RecallPixels *self);
void recall_pixels_release(RecallPixels *self);

/* Either is recall_pixels_get_stride() bytes a row, and valid until the next call on @self. What is
 * written to the held look is seen in the other where nothing was put since. */
uint8_t *recall_pixels_get_held(RecallPixels *self); /* as now while nothing is held */
const uint8_t *recall_pixels_get_now(RecallPixels *self);
size_t recall_pixels_get_stride(const RecallPixels *self);

/* Takes new pixels for a part of one block. The X of @pixels is undefined.
 * Returns: around what differed, empty when nothing did */
BaseRect
recall_pixels_put(RecallPixels *self, const BaseRect *part, const uint8_t *pixels, size_t stride);

/* Paints over @region, which is inside, in the held look until recall_pixels_unpaint().
 * Returns: (transfer full): what stood there */
uint8_t *recall_pixels_paint(RecallPixels *self, const pixman_region32_t *region);

/* @before: (transfer full): what recall_pixels_paint() of the same region returned */
void recall_pixels_unpaint(RecallPixels *self, const pixman_region32_t *region, uint8_t *before);

/* Whether anything in @rect stands out from its first pixel, in the held look. */
gboolean recall_pixels_has_ink(RecallPixels *self, const BaseRect *rect);

/* Sets those of @columns in which something stands out from the first row of @rect. */
void recall_pixels_find_ink(RecallPixels *self, const BaseRect *rect, gboolean *columns);
