/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/content-private.h"
#include "recall/watch/drawn.h"
#include "recall/watch/fit.h"

#define ROOM_RIM_PX 1 /* letters in a room reach over it a little */
#define MARKS_PX 3    /* what marks misspelt words stands at the bottom of a room */
#define COVER_MARGIN_X_PX 6
#define COVER_MARGIN_Y_PX 3
#define N_MISPLACED_MIN 3
#define MISPLACED_SHARE 8 /* one of so many runs */

RecallContent *
recall_content_new(void)
{
    RecallContent *self = g_new0(RecallContent, 1);

    self->redact = recall_redact_new();
    self->layers = recall_layers_new();
    self->proof = recall_proof_new();
    self->accessible_runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    self->ocr_runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    pixman_region32_init(&self->visible);
    pixman_region32_init(&self->covered);
    pixman_region32_init(&self->spoken);
    pixman_region32_init(&self->secret);
    pixman_region32_init(&self->recast);
    pixman_region32_init(&self->untold);
    pixman_region32_init(&self->wanted);
    pixman_region32_init(&self->ignored);
    pixman_region32_init(&self->unread);
    pixman_region32_init(&self->unproven);
    pixman_region32_init(&self->changed);
    pixman_region32_init(&self->unsettled);
    pixman_region32_init(&self->painted);
    return self;
}

void
recall_content_free(RecallContent *self)
{
    if (self == NULL)
        return;
    recall_frame_free(self->frame);
    recall_redact_free(self->redact);
    recall_layers_free(self->layers);
    recall_proof_free(self->proof);
    g_ptr_array_unref(self->accessible_runs);
    g_ptr_array_unref(self->ocr_runs);
    g_free(self->url);
    g_free(self->file);
    pixman_region32_fini(&self->visible);
    pixman_region32_fini(&self->covered);
    pixman_region32_fini(&self->spoken);
    pixman_region32_fini(&self->secret);
    pixman_region32_fini(&self->recast);
    pixman_region32_fini(&self->untold);
    pixman_region32_fini(&self->wanted);
    pixman_region32_fini(&self->ignored);
    pixman_region32_fini(&self->unread);
    pixman_region32_fini(&self->unproven);
    pixman_region32_fini(&self->changed);
    pixman_region32_fini(&self->unsettled);
    pixman_region32_fini(&self->painted);
    g_free(self);
}

/* --- pixels --- */

RecallFrame *
recall_content_get_frame(const RecallContent *self)
{
    return self->frame;
}

/* Secrets that stood where pixels are others now are gone; how it looked there with them is not
 * known any more. */
static void
take_changes(RecallContent *self)
{
    pixman_region32_t gone;

    pixman_region32_init(&gone);
    pixman_region32_clear(&self->changed);
    recall_frame_take_changes(self->frame, &self->changed);
    pixman_region32_union(&self->unread, &self->unread, &self->changed);
    recall_redact_wash(self->redact, &self->changed, &gone);
    recall_frame_forget_looks(self->frame, &gone);
    pixman_region32_fini(&gone);
}

void
recall_content_drop_text(RecallContent *self)
{
    g_ptr_array_set_size(self->ocr_runs, 0);
    g_ptr_array_unref(self->accessible_runs);
    self->accessible_runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    recall_layers_begin(self->layers, self->accessible_runs, &self->covered);
    pixman_region32_clear(&self->covered);
    pixman_region32_clear(&self->spoken);
    pixman_region32_clear(&self->recast);
    pixman_region32_clear(&self->untold);
    if (self->frame != NULL)
        take_changes(self);
}

void
recall_content_clear(RecallContent *self)
{
    g_clear_pointer(&self->frame, recall_frame_free);
    recall_content_drop_text(self);
    pixman_region32_clear(&self->visible);
    pixman_region32_clear(&self->unread);
    pixman_region32_clear(&self->unsettled);
}

void
recall_content_fold(RecallContent *self)
{
    recall_frame_fold(self->frame);
    pixman_region32_clear(&self->visible);
}

void
recall_content_begin(RecallContent *self, int width_px, int height_px)
{
    recall_content_clear(self);
    self->frame = recall_frame_new((uint32_t)width_px, (uint32_t)height_px);
}

gboolean
recall_content_fits(const RecallContent *self, int width_px, int height_px)
{
    uint32_t frame_width_px;
    uint32_t frame_height_px;

    if (self->frame == NULL)
        return FALSE;
    recall_frame_get_size(self->frame, &frame_width_px, &frame_height_px);
    return (int)frame_width_px == width_px && (int)frame_height_px == height_px;
}

void
recall_content_set_visible(RecallContent *self, const pixman_region32_t *visible)
{
    pixman_region32_copy(&self->visible, (pixman_region32_t *)visible);
}

const pixman_region32_t *
recall_content_get_visible(const RecallContent *self)
{
    return &self->visible;
}

/* --- what was read --- */

static gboolean
touches(const pixman_region32_t *region, const BaseRect *rect)
{
    pixman_box32_t box = {rect->x, rect->y, rect->x + rect->width, rect->y + rect->height};

    return pixman_region32_contains_rectangle((pixman_region32_t *)region, &box) !=
           PIXMAN_REGION_OUT;
}

/* Runs that @region speaks for go; those of which it holds only a part beyond @inside stay. */
static void
remove_runs(GPtrArray *runs, const pixman_region32_t *region, const BaseRect *inside)
{
    for (unsigned i = runs->len; i > 0; i--) {
        const BaseRect *box = &((RecallRun *)runs->pdata[i - 1])->box;

        if (touches(region, box) && (inside == NULL || base_rect_contains(inside, box)))
            g_ptr_array_remove_index(runs, i - 1);
    }
}

/* A little more than the boxes: the rims of letters reach beyond them and would be read again. */
static void
cover(RecallContent *self, const pixman_region32_t *told)
{
    int n_boxes;
    const pixman_box32_t *boxes = pixman_region32_rectangles((pixman_region32_t *)told, &n_boxes);

    pixman_region32_clear(&self->covered);
    for (int i = 0; i < n_boxes; i++)
        pixman_region32_union_rect(&self->covered, &self->covered, boxes[i].x1 - COVER_MARGIN_X_PX,
                                   boxes[i].y1 - COVER_MARGIN_Y_PX,
                                   boxes[i].x2 - boxes[i].x1 + 2 * COVER_MARGIN_X_PX,
                                   boxes[i].y2 - boxes[i].y1 + 2 * COVER_MARGIN_Y_PX);
}

static BaseRect
get_middle(const RecallRun *run)
{
    return (BaseRect){run->box.x + run->box.width / 2, run->box.y + run->box.height / 2, 1, 1};
}

/* What is drawn in another form than it is told is left to OCR.
 * @recast: what of that the application's tree gives away */
static void
drop_recast(RecallContent *self, const pixman_region32_t *recast)
{
    pixman_region32_copy(&self->recast, (pixman_region32_t *)recast);
    for (unsigned i = self->accessible_runs->len; i > 0; i--) {
        const RecallRun *run = self->accessible_runs->pdata[i - 1];

        if (recall_drawn_is_as_told(run, self->frame))
            continue;
        pixman_region32_union_rect(&self->recast, &self->recast, run->room.x - ROOM_RIM_PX,
                                   run->room.y - ROOM_RIM_PX,
                                   (unsigned)run->room.width + 2 * ROOM_RIM_PX,
                                   (unsigned)run->room.height + 2 * ROOM_RIM_PX);
        g_ptr_array_remove_index(self->accessible_runs, i - 1);
    }
    pixman_region32_subtract(&self->covered, &self->covered, &self->recast);
}

/* Runs of OCR that accessible text speaks for. */
static void
drop_told(RecallContent *self)
{
    for (unsigned i = self->ocr_runs->len; i > 0; i--) {
        const RecallRun *run = self->ocr_runs->pdata[i - 1];
        BaseRect middle = get_middle(run);

        if (touches(&self->covered, &run->box) && !touches(&self->recast, &middle))
            g_ptr_array_remove_index(self->ocr_runs, i - 1);
    }
}

void
recall_content_take_accessible(RecallContent *self, RecallText *text)
{
    g_ptr_array_unref(self->accessible_runs);
    self->accessible_runs = g_ptr_array_ref(text->runs);
    cover(self, &text->covered);
    drop_recast(self, &text->recast);
    pixman_region32_copy(&self->spoken, &text->spoken);
    pixman_region32_copy(&self->secret, &text->secret);
    pixman_region32_copy(&self->untold, &text->untold);
    drop_told(self);
    recall_redact_set_page(self->redact, text->url != NULL ? text->url : text->file);
    g_free(self->url);
    self->url = g_steal_pointer(&text->url);
    g_free(self->file);
    self->file = g_steal_pointer(&text->file);
}

void
recall_content_give_up_accessible(RecallContent *self, const pixman_region32_t *changed)
{
    remove_runs(self->accessible_runs, changed, NULL);
    pixman_region32_subtract(&self->covered, &self->covered, (pixman_region32_t *)changed);
    pixman_region32_subtract(&self->spoken, &self->spoken, (pixman_region32_t *)changed);
}

/* What was covered while it was read has no run in the scene: its pixels are not kept, either. */
static void
note_told(RecallContent *self, const pixman_region32_t *told)
{
    pixman_region32_t shown;

    pixman_region32_init(&shown);
    pixman_region32_intersect(&shown, (pixman_region32_t *)told, &self->visible);
    pixman_region32_subtract(&self->unread, &self->unread, &shown);
    pixman_region32_fini(&shown);
}

void
recall_content_hold(RecallContent *self,
                    const pixman_region32_t *asked,
                    const pixman_region32_t *since)
{
    recall_frame_hold(self->frame);
    pixman_region32_union(&self->unread, &self->unread, (pixman_region32_t *)asked);
    take_changes(self);
    note_told(self, &self->covered);
    pixman_region32_union(&self->unread, &self->unread, (pixman_region32_t *)since);
}

void
recall_content_distrust(RecallContent *self, const pixman_region32_t *since)
{
    const pixman_box32_t *box;

    pixman_region32_intersect(&self->unsettled, (pixman_region32_t *)since, &self->visible);
    box = pixman_region32_extents(&self->unsettled);
    pixman_region32_intersect_rect(&self->unsettled, &self->changed, box->x1, box->y1,
                                   (unsigned)(box->x2 - box->x1), (unsigned)(box->y2 - box->y1));
    pixman_region32_intersect(&self->unsettled, &self->unsettled, &self->covered);
}

gboolean
recall_content_is_unsettled(const RecallContent *self)
{
    return pixman_region32_not_empty((pixman_region32_t *)&self->unsettled);
}

gboolean
recall_content_settle(RecallContent *self, pixman_region32_t *fresh)
{
    gboolean was_unsettled = recall_content_is_unsettled(self);
    gboolean looks_otherwise = recall_frame_has_changes(self->frame);

    if (was_unsettled && looks_otherwise) {
        pixman_region32_union(fresh, fresh, &self->unsettled);
        pixman_region32_union(&self->unread, &self->unread, &self->unsettled);
    }
    pixman_region32_clear(&self->unsettled);
    return was_unsettled && !looks_otherwise;
}

/* What the reader left for later stays unread. */
static void
note_read(RecallContent *self, const pixman_region32_t *left)
{
    note_told(self, &self->wanted);
    pixman_region32_union(&self->unread, &self->unread, (pixman_region32_t *)left);
}

void
recall_content_take_ocr(RecallContent *self, GPtrArray *runs, const pixman_region32_t *left)
{
    BaseRect rect = recall_content_get_ocr_rect(self, &self->wanted);

    remove_runs(self->ocr_runs, &self->wanted, &rect);
    for (unsigned i = 0; i < runs->len; i++) {
        RecallRun *run = runs->pdata[i];
        pixman_region32_t box;

        pixman_region32_init_rect(&box, run->box.x, run->box.y, run->box.width, run->box.height);
        remove_runs(self->ocr_runs, &box, NULL);
        pixman_region32_fini(&box);
    }
    for (unsigned i = 0; i < runs->len; i++)
        g_ptr_array_add(self->ocr_runs, recall_run_ref(runs->pdata[i]));
    note_read(self, left);
}

/* --- what may be kept --- */

gboolean
recall_content_has_unread(const RecallContent *self)
{
    pixman_region32_t unread;
    gboolean has_some;

    pixman_region32_init(&unread);
    pixman_region32_union(&unread, (pixman_region32_t *)&self->unread,
                          (pixman_region32_t *)&self->unsettled);
    if (self->frame != NULL)
        recall_frame_add_changes(self->frame, &unread);
    pixman_region32_intersect(&unread, &unread, (pixman_region32_t *)&self->visible);
    has_some = pixman_region32_not_empty(&unread);
    pixman_region32_fini(&unread);
    return has_some || recall_content_has_open_layers(self) || recall_proof_is_pending(self->proof);
}

const char *
recall_content_get_url(const RecallContent *self)
{
    return self->url;
}

const char *
recall_content_get_file(const RecallContent *self)
{
    return self->file;
}

/* Pixels around accessible text that its boxes leave out, such as the end of a clipped entry. */
static gboolean
is_told(const RecallContent *self, const RecallRun *run)
{
    for (unsigned i = 0; i < self->accessible_runs->len; i++) {
        if (base_rect_intersect(&((RecallRun *)self->accessible_runs->pdata[i])->box, &run->box,
                                NULL))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_in_view(const RecallContent *self, const RecallRun *run)
{
    BaseRect middle = get_middle(run);

    return touches(&self->visible, &middle);
}

/* What a page hides by its colour or opacity is in its accessible text all the same. */
static gboolean
may_show(const RecallContent *self, const RecallRun *run)
{
    BaseRect place = run->box;

    if (run->room.height > MARKS_PX) {
        place.y = run->room.y;
        place.height = run->room.height - MARKS_PX;
    }
    return !touches(&self->secret, &run->box) && recall_frame_has_ink(self->frame, &place);
}

static void
add_told(const RecallContent *self, GPtrArray *runs)
{
    for (unsigned i = 0; i < self->accessible_runs->len; i++) {
        RecallRun *run = self->accessible_runs->pdata[i];

        if (is_in_view(self, run) && runs->len < RECALL_TEXT_N_RUNS_MAX)
            g_ptr_array_add(runs, recall_fit_dup(run, self->frame));
    }
}

gboolean
recall_content_is_misplaced(const RecallContent *self, const pixman_region32_t *changed)
{
    unsigned n_told = 0;
    unsigned n_blank = 0;

    for (unsigned i = 0; i < self->accessible_runs->len; i++) {
        const RecallRun *run = self->accessible_runs->pdata[i];

        if (!is_in_view(self, run) || !touches(changed, &run->box))
            continue;
        n_told++;
        n_blank += !recall_frame_has_ink(self->frame, &run->box);
    }
    return n_blank >= N_MISPLACED_MIN && n_blank * MISPLACED_SHARE >= n_told;
}

/* What is told where nothing stands is hidden, or stands elsewhere, and so may what is told where
 * a password field is; it may be the label of what stands there.
 * @unproven: where boxes are wrong OCR reads what they leave uncovered: parts of secrets, too */
static GPtrArray *
dup_runs_in_view(const RecallContent *self, const pixman_region32_t *unproven)
{
    GPtrArray *runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);

    add_told(self, runs);
    for (unsigned i = 0; i < self->ocr_runs->len; i++) {
        RecallRun *run = self->ocr_runs->pdata[i];

        if (is_in_view(self, run) && may_show(self, run) && !is_told(self, run) &&
            !touches(unproven, &run->box) && runs->len < RECALL_TEXT_N_RUNS_MAX)
            g_ptr_array_add(runs, recall_run_ref(run));
    }
    return runs;
}

/* Returns: (transfer full): those of @runs that are not told where nothing stands, nor where a
 * password field is */
static GPtrArray *
dup_showable(const RecallContent *self, const GPtrArray *runs)
{
    GPtrArray *showable = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);

    for (unsigned i = 0; i < runs->len; i++) {
        RecallRun *run = runs->pdata[i];

        if (may_show(self, run))
            g_ptr_array_add(showable, recall_run_ref(run));
    }
    return showable;
}

gboolean
recall_content_find_doubts(RecallContent *self, const pixman_region32_t *changed, int64_t now_us)
{
    g_autoptr(GPtrArray) runs = NULL;
    g_autoptr(GPtrArray) secret = NULL;

    pixman_region32_clear(&self->unproven);
    runs = dup_runs_in_view(self, &self->unproven);
    secret = recall_redact_pick(self->redact, runs, now_us);
    for (unsigned i = secret->len; i > 0; i--) {
        const RecallRun *run = secret->pdata[i - 1];

        if (run->source != PROTOCOL_SOURCE_ACCESSIBLE || touches(&self->secret, &run->box))
            g_ptr_array_remove_index(secret, i - 1);
    }
    recall_proof_begin(self->proof, secret, changed);
    return recall_proof_is_pending(self->proof);
}

void
recall_content_find_layers(RecallContent *self, const pixman_region32_t *changed)
{
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);

    add_told(self, told);
    recall_layers_begin(self->layers, told, changed);
}

gboolean
recall_content_has_open_layers(const RecallContent *self)
{
    return pixman_region32_not_empty((pixman_region32_t *)recall_layers_get_wanted(self->layers));
}

void
recall_content_take_layers(RecallContent *self,
                           const GPtrArray *runs,
                           const pixman_region32_t *left)
{
    recall_layers_take(self->layers, self->frame, runs, left);
}

gboolean
recall_content_take_proof(RecallContent *self, const GPtrArray *runs)
{
    recall_proof_take(self->proof, runs, &self->visible);
    return !recall_proof_is_pending(self->proof);
}

void
recall_content_take_search(RecallContent *self, const GPtrArray *runs)
{
    recall_proof_take_all(self->proof, runs, self->accessible_runs, &self->visible);
}

GPtrArray *
recall_content_dup_runs(RecallContent *self, int64_t now_us)
{
    g_autoptr(GPtrArray) runs = NULL;
    g_autoptr(GPtrArray) masked = NULL;
    g_autoptr(GPtrArray) shown = NULL;

    pixman_region32_clear(&self->unproven);
    recall_proof_hide(self->proof, &self->visible, &self->unproven);
    runs = dup_runs_in_view(self, &self->unproven);
    masked = recall_redact_runs(self->redact, runs, now_us);
    shown = recall_layers_dup_shown(self->layers, runs, masked);
    return dup_showable(self, shown);
}

unsigned
recall_content_get_n_secrets(const RecallContent *self)
{
    return recall_redact_get_n_secrets(self->redact);
}

const GPtrArray *
recall_content_get_new_secrets(const RecallContent *self)
{
    return recall_redact_get_new_secrets(self->redact);
}

int64_t
recall_content_get_rest_us(const RecallContent *self)
{
    return recall_redact_get_rest_us(self->redact);
}

void
recall_content_paint(RecallContent *self)
{
    pixman_region32_union(&self->painted, &self->secret,
                          (pixman_region32_t *)recall_redact_get_hidden(self->redact));
    pixman_region32_union(&self->painted, &self->painted, &self->unread);
    pixman_region32_union(&self->painted, &self->painted, &self->unsettled);
    recall_frame_add_changes(self->frame, &self->painted);
    pixman_region32_union(&self->painted, &self->painted, &self->untold);
    recall_proof_hide(self->proof, &self->visible, &self->painted);
    self->before = recall_frame_paint(self->frame, &self->painted);
}

void
recall_content_unpaint(RecallContent *self)
{
    recall_frame_unpaint(self->frame, &self->painted, g_steal_pointer(&self->before));
}
