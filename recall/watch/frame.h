/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/pixels.h"

/* What a window last looked like, and which of its changes are worth reading. Pixels are looked at
 * in blocks of RECALL_PIXELS_BLOCK_WIDTH_PX by _HEIGHT_PX. Pure: no display, no clock.
 *
 * A change is *fresh* (read it now), *known* (a caret that blinks: so few blocks, and each looks as
 * it did at one of the last readings) or *busy* (it changed at RECALL_FRAME_N_BUSY moments in a row
 * without coming to rest: a video; read it now and then). A busy block that rests is fresh. */

#define RECALL_FRAME_N_KNOWN_BLOCKS_MAX 4 /* a caret with its line is no larger */
#define RECALL_FRAME_N_BUSY 4

typedef struct RecallFrame RecallFrame;

RecallFrame *recall_frame_new(uint32_t width_px, uint32_t height_px);
void recall_frame_free(RecallFrame *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallFrame, recall_frame_free)

/* Until recall_frame_release(), the pixels that the functions below give and look at, and those
 * that were seen, stay as they are now; what is put meanwhile is there after it. So what was read
 * of a window can be kept with the picture that it was read from. Costs a copy of the blocks that
 * are put. */
void recall_frame_hold(RecallFrame *self);
void recall_frame_release(RecallFrame *self);

/* Paints over @region in the pixels that recall_frame_get_pixels() gives, until
 * recall_frame_unpaint(), before anything else is done with the frame.
 * Returns: (transfer full) (nullable): what stood there */
uint8_t *recall_frame_paint(RecallFrame *self, const pixman_region32_t *region);

/* @before: (transfer full) (nullable): what recall_frame_paint() of the same region returned */
void recall_frame_unpaint(RecallFrame *self, const pixman_region32_t *region, uint8_t *before);

/* B G R X, recall_frame_get_stride() bytes a row; valid until the next call but of those that only
 * look at them; NULL while the frame is folded. */
uint8_t *recall_frame_get_pixels(RecallFrame *self);
size_t recall_frame_get_stride(const RecallFrame *self);
void
recall_frame_get_size(const RecallFrame *self, uint32_t *out_width_px, uint32_t *out_height_px);

/* Window pixels that were ever put. Borrowed. */
const pixman_region32_t *recall_frame_get_seen(const RecallFrame *self);

/* Takes new pixels for @rect (window pixels, inside the frame); adds the blocks that really differ
 * to the changes of this moment. */
void
recall_frame_put(RecallFrame *self, const BaseRect *rect, const uint8_t *pixels, size_t stride);

/**
 * recall_frame_end_moment:
 * @at_rest: the screen came to rest
 * @fresh: initialised; window pixels to read now are added
 *
 * Sorts the changes since the last call. Busy ones are kept back until they rest or are taken.
 */
void recall_frame_end_moment(RecallFrame *self, gboolean at_rest, pixman_region32_t *fresh);

/* What looks as it does now is read: adds to @changed where pixels are others than at the last
 * call, a known change left out, and knows these looks from now on. */
void recall_frame_take_changes(RecallFrame *self, pixman_region32_t *changed);

/* Whether that would add anything, for the pixels that were put last. */
gboolean recall_frame_has_changes(const RecallFrame *self);

/* Adds what that would add for the pixels that recall_frame_get_pixels() gives. */
void recall_frame_add_changes(const RecallFrame *self, pixman_region32_t *changed);

/* Of blocks that @region touches no look is known any more but that of now: the text that was read
 * there at earlier ones is another. */
void recall_frame_forget_looks(RecallFrame *self, const pixman_region32_t *region);

/* Whether anything stands out inside @rect: text that is as light as its ground is not shown. TRUE
 * where a part was never seen. */
gboolean recall_frame_has_ink(RecallFrame *self, const BaseRect *rect);

/* In which columns of @rect something stands out: sets those of @columns, one for each pixel of its
 * width. A column of one colour, such as a rule, is empty.
 * Returns: FALSE with none set when a part was never seen */
gboolean recall_frame_find_ink(RecallFrame *self, const BaseRect *rect, gboolean *columns);

/* The window is hidden: gives the pixels back and keeps how each block looked, so that what looks
 * the same when it is shown again is no change. recall_frame_put() undoes it. */
void recall_frame_fold(RecallFrame *self);

/* Whether busy changes are kept back, and handing them over for reading. */
gboolean recall_frame_has_busy(const RecallFrame *self);
void recall_frame_take_busy(RecallFrame *self, pixman_region32_t *fresh);
