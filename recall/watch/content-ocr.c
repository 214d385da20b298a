/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/content-private.h"

#define OCR_MARGIN_PX 32 /* around a change: the lines that it touches lie within */

/* Where nothing stands out there is nothing to read, and no run that stood there is shown. */
static void
drop_blank(RecallContent *self)
{
    pixman_region32_t blank;
    int n_boxes;
    const pixman_box32_t *boxes = pixman_region32_rectangles(&self->wanted, &n_boxes);

    pixman_region32_init(&blank);
    for (int i = 0; i < n_boxes; i++) {
        BaseRect box = {boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
                        boxes[i].y2 - boxes[i].y1};

        if (!recall_frame_has_ink(self->frame, &box))
            pixman_region32_union_rect(&blank, &blank, box.x, box.y, (unsigned)box.width,
                                       (unsigned)box.height);
    }
    pixman_region32_subtract(&self->wanted, &self->wanted, &blank);
    pixman_region32_subtract(&self->unread, &self->unread, &blank);
    pixman_region32_fini(&blank);
}

static void
leave_spoken(RecallContent *self, pixman_region32_t *left)
{
    pixman_region32_t spoken;

    pixman_region32_init(&spoken);
    pixman_region32_intersect(&spoken, &self->wanted, &self->spoken);
    pixman_region32_union(left, left, &spoken);
    pixman_region32_subtract(&self->wanted, &self->wanted, &spoken);
    pixman_region32_fini(&spoken);
}

/* Whole rows: a line that grew may now be found as other runs than before, and those of its runs
 * that did not change are in the reader's cache. */
gboolean
recall_content_find_wanted(RecallContent *self,
                           const pixman_region32_t *changed,
                           pixman_region32_t *left)
{
    pixman_region32_t rest;
    int n_boxes;
    const pixman_box32_t *boxes;
    uint32_t width_px;
    uint32_t height_px;

    recall_frame_get_size(self->frame, &width_px, &height_px);
    pixman_region32_init(&rest);
    pixman_region32_subtract(&rest, (pixman_region32_t *)changed, &self->covered);
    pixman_region32_intersect(&rest, &rest, &self->visible);
    boxes = pixman_region32_rectangles(&rest, &n_boxes);
    pixman_region32_clear(&self->wanted);
    for (int i = 0; i < n_boxes; i++)
        pixman_region32_union_rect(&self->wanted, &self->wanted, 0, boxes[i].y1, width_px,
                                   (unsigned)(boxes[i].y2 - boxes[i].y1));
    pixman_region32_fini(&rest);
    pixman_region32_subtract(&self->wanted, &self->wanted, &self->covered);
    pixman_region32_intersect(&self->wanted, &self->wanted, &self->visible);
    if (left != NULL)
        leave_spoken(self, left);
    drop_blank(self);
    return pixman_region32_not_empty(&self->wanted);
}

/* What of the window can be seen at all. */
static BaseRect
get_shown_rect(const RecallContent *self)
{
    const pixman_box32_t *shown = pixman_region32_extents((pixman_region32_t *)&self->visible);

    return (BaseRect){shown->x1, shown->y1, shown->x2 - shown->x1, shown->y2 - shown->y1};
}

BaseRect
recall_content_get_ocr_rect(const RecallContent *self, const pixman_region32_t *wanted)
{
    const pixman_box32_t *box = pixman_region32_extents((pixman_region32_t *)wanted);
    BaseRect rect = {box->x1 - OCR_MARGIN_PX, box->y1 - OCR_MARGIN_PX,
                     box->x2 - box->x1 + 2 * OCR_MARGIN_PX, box->y2 - box->y1 + 2 * OCR_MARGIN_PX};
    BaseRect shown = get_shown_rect(self);

    base_rect_intersect(&rect, &shown, &rect);
    return rect;
}

static RecallOcrRequest
make_request(RecallContent *self, const pixman_region32_t *wanted)
{
    BaseRect rect = recall_content_get_ocr_rect(self, wanted);
    size_t stride = recall_frame_get_stride(self->frame);

    pixman_region32_clear(&self->ignored);
    pixman_region32_union_rect(&self->ignored, &self->ignored, rect.x, rect.y, (unsigned)rect.width,
                               (unsigned)rect.height);
    return (RecallOcrRequest){
        .pixels =
            recall_frame_get_pixels(self->frame) + (size_t)rect.y * stride + (size_t)rect.x * 4,
        .stride = stride,
        .rect = rect,
        .whole = get_shown_rect(self),
        .wanted = wanted,
        .ignored = &self->ignored,
    };
}

RecallOcrRequest
recall_content_get_request(RecallContent *self)
{
    RecallOcrRequest request = make_request(self, &self->wanted);

    pixman_region32_subtract(&self->ignored, &self->ignored, &self->visible);
    pixman_region32_union(&self->ignored, &self->ignored, &self->covered);
    if (pixman_region32_not_empty(&self->covered) && !pixman_region32_not_empty(&self->recast))
        request.words = PROTOCOL_READER_SURE;
    return request;
}

/* Reads all that stands in @wanted. */
static RecallOcrRequest
make_exact_request(RecallContent *self, const pixman_region32_t *wanted)
{
    RecallOcrRequest request = make_request(self, wanted);

    pixman_region32_subtract(&self->ignored, &self->ignored, (pixman_region32_t *)wanted);
    request.words = PROTOCOL_READER_ANY;
    return request;
}

RecallOcrRequest
recall_content_get_layers_request(RecallContent *self)
{
    return make_exact_request(self, recall_layers_get_wanted(self->layers));
}

RecallOcrRequest
recall_content_get_proof_request(RecallContent *self)
{
    return make_exact_request(self, recall_proof_get_wanted(self->proof));
}

RecallOcrRequest
recall_content_get_search_request(RecallContent *self)
{
    return make_exact_request(self, &self->visible);
}
