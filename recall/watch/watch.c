/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/watch.h"

#include "recall/watch/frame.h"
#include "recall/watch/picture.h"
#include "recall/watch/redact.h"
#include "recall/watch/scene.h"

#define OCR_MARGIN_PX 32 /* around a change: the lines that it touches lie within */
#define COVER_MARGIN_X_PX 6
#define COVER_MARGIN_Y_PX 3
#define N_USEFUL_RUNS 3 /* a sample with so many lines of words is text that moves */
#define ACTOR_HUMAN "human"

struct RecallWatch {
    RecallWatchParts parts;
    uint32_t xid;
    RecallWindow *window;
    RecallWindow *read_window; /* as it was when the reading under way began */
    RecallSense *sense;        /* borrowed, of the last moment */
    gboolean is_held;          /* nothing may be kept before it is decided */
    gboolean was_denied;       /* pixels of what is denied may be in the frame */
    unsigned undecided_ms;     /* until it is read again, 0: it is decided */
    char *app;
    RecallFrame *frame; /* NULL while hidden */
    RecallScene *scene;
    RecallRedact *redact;
    pixman_region32_t visible; /* this and all below: window pixels */
    pixman_region32_t fresh;   /* waits to be read */
    pixman_region32_t reading; /* is being read */
    pixman_region32_t wanted;  /* the part of it that is being read by OCR */
    pixman_region32_t secret;  /* password fields: nothing in them is kept */
    pixman_region32_t covered; /* what accessible text speaks for */
    pixman_region32_t unread;  /* of the pixels that may be kept: their text is not known yet */
    GPtrArray *accessible_runs;
    GPtrArray *ocr_runs;
    char *url;
    char *file;
    GCancellable *cancellable; /* of the reading under way, NULL when there is none */
    unsigned start_source;
    unsigned busy_source;
    unsigned rest_source;    /* something is withheld until it rests */
    unsigned partial_source; /* what was told is stored without what is being read by OCR */
    unsigned busy_interval_ms;
    gboolean is_sample;        /* the reading under way looks at what does not come to rest */
    gboolean is_picture_stale; /* pixels changed since it was stored */
    gboolean is_partial;       /* in the picture that was stored last unread parts are painted */
    gboolean must_store;       /* a label or a place changed: store even if no text did */
    int64_t stored_us;         /* wall clock of the moment that was stored last */
    int64_t seen_us;           /* wall clock of the last moment or reading */
    int64_t changed_us;        /* wall clock of the first change in @fresh, or 0 */
    int64_t reading_changed_us;
    int64_t behind_us; /* monotonic times from here on, 0: none */
    int64_t reading_behind_us;
    int64_t started_us;
    int64_t pictured_us;
    int64_t hidden_us;
};

static void schedule(RecallWatch *self);
static void go_on(RecallWatch *self, gboolean must_look);

RecallWatch *
recall_watch_new(const RecallWatchParts *parts, uint32_t xid)
{
    RecallWatch *self = g_new0(RecallWatch, 1);

    self->parts = *parts;
    self->xid = xid;
    self->scene = recall_scene_new();
    self->redact = recall_redact_new();
    pixman_region32_init(&self->visible);
    pixman_region32_init(&self->fresh);
    pixman_region32_init(&self->reading);
    pixman_region32_init(&self->wanted);
    pixman_region32_init(&self->secret);
    pixman_region32_init(&self->covered);
    pixman_region32_init(&self->unread);
    self->accessible_runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    self->ocr_runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    self->busy_interval_ms = RECALL_WATCH_BUSY_MIN_MS;
    return self;
}

static void
stop_reading(RecallWatch *self)
{
    g_clear_handle_id(&self->start_source, g_source_remove);
    g_clear_handle_id(&self->busy_source, g_source_remove);
    g_clear_handle_id(&self->rest_source, g_source_remove);
    g_clear_handle_id(&self->partial_source, g_source_remove);
    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    if (self->frame != NULL)
        recall_frame_release(self->frame);
    pixman_region32_clear(&self->fresh);
    pixman_region32_clear(&self->reading);
    self->behind_us = self->reading_behind_us = 0;
}

void
recall_watch_free(RecallWatch *self)
{
    if (self == NULL)
        return;
    stop_reading(self);
    recall_window_unref(self->window);
    recall_window_unref(self->read_window);
    g_free(self->app);
    recall_frame_free(self->frame);
    recall_scene_free(self->scene);
    recall_redact_free(self->redact);
    pixman_region32_fini(&self->visible);
    pixman_region32_fini(&self->fresh);
    pixman_region32_fini(&self->reading);
    pixman_region32_fini(&self->wanted);
    pixman_region32_fini(&self->secret);
    pixman_region32_fini(&self->covered);
    pixman_region32_fini(&self->unread);
    g_ptr_array_unref(self->accessible_runs);
    g_ptr_array_unref(self->ocr_runs);
    g_free(self->url);
    g_free(self->file);
    g_free(self);
}

int64_t
recall_watch_get_behind_us(const RecallWatch *self)
{
    if (self->is_held)
        return 0; /* nothing waits to be stored */
    return self->reading_behind_us != 0 ? self->reading_behind_us : self->behind_us;
}

int64_t
recall_watch_get_hidden_us(const RecallWatch *self)
{
    return self->hidden_us;
}

/* --- storing --- */

static gboolean
touches(const pixman_region32_t *region, const BaseRect *rect)
{
    pixman_box32_t box = {rect->x, rect->y, rect->x + rect->width, rect->y + rect->height};

    return pixman_region32_contains_rectangle((pixman_region32_t *)region, &box) !=
           PIXMAN_REGION_OUT;
}

/* Pixels around accessible text that its boxes leave out, such as the end of a clipped entry. */
static gboolean
is_told(const RecallWatch *self, const RecallRun *run)
{
    for (unsigned i = 0; i < self->accessible_runs->len; i++) {
        if (base_rect_intersect(&((RecallRun *)self->accessible_runs->pdata[i])->box, &run->box,
                                NULL))
            return TRUE;
    }
    return FALSE;
}

/* What a page hides by its colour or opacity is in its accessible text all the same. */
static gboolean
is_shown(const RecallWatch *self, const RecallRun *run)
{
    BaseRect middle = {run->box.x + run->box.width / 2, run->box.y + run->box.height / 2, 1, 1};

    return touches(&self->visible, &middle) && !touches(&self->secret, &run->box) &&
           recall_frame_has_ink(self->frame, &run->box);
}

static GPtrArray *
dup_shown_runs(const RecallWatch *self)
{
    GPtrArray *runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);

    for (unsigned i = 0; i < self->accessible_runs->len; i++) {
        RecallRun *run = self->accessible_runs->pdata[i];

        if (is_shown(self, run) && runs->len < RECALL_TEXT_N_RUNS_MAX)
            g_ptr_array_add(runs, recall_run_ref(run));
    }
    for (unsigned i = 0; i < self->ocr_runs->len; i++) {
        RecallRun *run = self->ocr_runs->pdata[i];

        if (is_shown(self, run) && !is_told(self, run) && runs->len < RECALL_TEXT_N_RUNS_MAX)
            g_ptr_array_add(runs, recall_run_ref(run));
    }
    return runs;
}

static gboolean
has_unread(const RecallWatch *self)
{
    pixman_region32_t unread;
    gboolean has_some;

    pixman_region32_init(&unread);
    pixman_region32_intersect(&unread, (pixman_region32_t *)&self->unread,
                              (pixman_region32_t *)&self->visible);
    has_some = pixman_region32_not_empty(&unread);
    pixman_region32_fini(&unread);
    return has_some;
}

/* Painted over are password fields, secrets, and what was not read yet: it may be a secret. */
static RecallFrame *
dup_painted(RecallWatch *self)
{
    pixman_region32_t hidden;
    RecallFrame *painted;

    pixman_region32_init(&hidden);
    pixman_region32_union(&hidden, &self->secret,
                          (pixman_region32_t *)recall_redact_get_hidden(self->redact));
    pixman_region32_union(&hidden, &hidden, &self->unread);
    painted = recall_frame_dup_painted(self->frame, &hidden);
    pixman_region32_fini(&hidden);
    return painted;
}

static void
put_scene(RecallWatch *self)
{
    g_autoptr(ProtocolScene) scene = recall_scene_dup_value(self->scene);
    g_autoptr(RecallFrame) painted = dup_painted(self);

    recall_picture_put(self->parts.encoder, self->parts.store, g_steal_pointer(&scene),
                       painted != NULL ? painted : self->frame);
    self->pictured_us = g_get_monotonic_time();
    self->must_store = FALSE;
    self->is_picture_stale = FALSE;
    self->is_partial = has_unread(self);
}

static gboolean
on_rest(void *user_data)
{
    RecallWatch *self = user_data;

    self->rest_source = 0;
    go_on(self, TRUE);
    return G_SOURCE_REMOVE;
}

/* Nothing may happen in the window any more: what is withheld for a while is looked at again. */
static void
await_rest(RecallWatch *self)
{
    int64_t rest_us = recall_redact_get_rest_us(self->redact);
    int64_t wait_ms = (rest_us - g_get_monotonic_time()) / 1000;

    g_clear_handle_id(&self->rest_source, g_source_remove);
    if (rest_us != 0)
        self->rest_source = g_timeout_add(MAX(wait_ms, 0) + 1, on_rest, self);
}

/* The text stays while the picture beside it changes: keep a new one now and then. */
static gboolean
is_picture_old(const RecallWatch *self)
{
    return self->is_picture_stale &&
           g_get_monotonic_time() - self->pictured_us > RECALL_WATCH_PICTURE_INTERVAL_MS * 1000;
}

static RecallSceneChange
observe(RecallWatch *self)
{
    g_autoptr(GPtrArray) shown = dup_shown_runs(self);
    g_autoptr(GPtrArray) runs = recall_redact_runs(self->redact, shown, g_get_monotonic_time());
    g_autofree char *title = recall_redact_dup_text(self->window->title);
    g_autofree char *url = recall_redact_dup_text(self->url);
    g_autofree char *file = recall_redact_dup_text(self->file);
    RecallSceneView view = {
        .at_us = self->seen_us,
        .changed_us = self->is_sample ? 0 : self->reading_changed_us,
        .app = self->app,
        .title = title,
        .url = url,
        .file = file,
        .actor = ACTOR_HUMAN,
        .runs = runs,
        .visible = &self->visible,
    };

    await_rest(self);
    recall_frame_get_size(self->frame, &view.width_px, &view.height_px);
    return recall_scene_observe(self->scene, &view);
}

static void
store(RecallWatch *self)
{
    RecallSceneChange change = observe(self);

    self->stored_us = self->seen_us;
    if (change != RECALL_SCENE_SAME || self->must_store || is_picture_old(self) ||
        (self->is_partial && !has_unread(self)))
        put_scene(self);
    else
        recall_store_touch(self->parts.store, recall_scene_get_key(self->scene), self->seen_us);
}

static gboolean
on_partial(void *user_data)
{
    RecallWatch *self = user_data;

    self->partial_source = 0;
    store(self);
    return G_SOURCE_REMOVE;
}

/* What was told is not lost when the reading by OCR is not waited for any more. */
static void
store_partial(RecallWatch *self)
{
    if (self->partial_source == 0)
        return;
    g_clear_handle_id(&self->partial_source, g_source_remove);
    store(self);
}

/* --- reading --- */

static void
finish_reading(RecallWatch *self)
{
    g_clear_handle_id(&self->partial_source, g_source_remove);
    recall_frame_release(self->frame);
    g_clear_object(&self->cancellable);
    pixman_region32_clear(&self->reading);
    self->reading_behind_us = 0;
    self->is_sample = FALSE;
    schedule(self);
}

/* A sample that brings lines of words is text that moves (a terminal that prints): stay with it.
 * Else it is a video: look ever less. */
static void
adapt_to_sample(RecallWatch *self, const GPtrArray *runs)
{
    unsigned n_useful = 0;

    for (unsigned i = 0; i < runs->len; i++)
        n_useful += ((RecallRun *)runs->pdata[i])->words->len >= 2;
    if (n_useful >= N_USEFUL_RUNS)
        self->busy_interval_ms = RECALL_WATCH_BUSY_MIN_MS;
    else
        self->busy_interval_ms = MIN(self->busy_interval_ms * 2, RECALL_WATCH_BUSY_MAX_MS);
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

/* Window pixels: what of the window can be seen at all. */
static BaseRect
get_shown_rect(const RecallWatch *self)
{
    const pixman_box32_t *shown = pixman_region32_extents((pixman_region32_t *)&self->visible);

    return (BaseRect){shown->x1, shown->y1, shown->x2 - shown->x1, shown->y2 - shown->y1};
}

static BaseRect
get_ocr_rect(const RecallWatch *self)
{
    const pixman_box32_t *box = pixman_region32_extents((pixman_region32_t *)&self->wanted);
    BaseRect rect = {0, box->y1 - OCR_MARGIN_PX, self->window->rect.width,
                     box->y2 - box->y1 + 2 * OCR_MARGIN_PX};
    BaseRect shown = get_shown_rect(self);

    base_rect_intersect(&rect, &shown, &rect);
    return rect;
}

static void
take_ocr_runs(RecallWatch *self, GPtrArray *runs)
{
    BaseRect rect = get_ocr_rect(self);

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
}

/* What the reader left for later stays unread. */
static void
note_read(RecallWatch *self, const pixman_region32_t *left)
{
    pixman_region32_subtract(&self->unread, &self->unread, &self->wanted);
    pixman_region32_union(&self->unread, &self->unread, (pixman_region32_t *)left);
}

static void
on_ocr_read(GObject *source, GAsyncResult *result, void *user_data)
{
    RecallWatch *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) runs = NULL;
    pixman_region32_t unread;

    pixman_region32_init(&unread);
    runs = recall_ocr_read_finish(NULL, result, &unread, &error);
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        if (runs != NULL) {
            take_ocr_runs(self, runs);
            note_read(self, &unread);
            if (self->is_sample)
                adapt_to_sample(self, runs);
            pixman_region32_union(&self->fresh, &self->fresh, &unread);
        }
        self->parts.on_read(error, self->parts.user_data);
        store(self);
        finish_reading(self);
    }
    pixman_region32_fini(&unread);
}

/* Whole rows: a line that grew may now be found as other runs than before, and those of its runs
 * that did not change are in the reader's cache. */
static void
find_wanted(RecallWatch *self)
{
    int n_boxes;
    const pixman_box32_t *boxes;

    pixman_region32_subtract(&self->reading, &self->reading, &self->covered);
    pixman_region32_intersect(&self->reading, &self->reading, &self->visible);
    boxes = pixman_region32_rectangles(&self->reading, &n_boxes);
    pixman_region32_clear(&self->wanted);
    for (int i = 0; i < n_boxes; i++)
        pixman_region32_union_rect(&self->wanted, &self->wanted, 0, boxes[i].y1,
                                   self->window->rect.width, boxes[i].y2 - boxes[i].y1);
    pixman_region32_subtract(&self->wanted, &self->wanted, &self->covered);
    pixman_region32_intersect(&self->wanted, &self->wanted, &self->visible);
}

static void
start_ocr(RecallWatch *self)
{
    BaseRect rect;
    pixman_region32_t ignored;
    RecallOcrRequest request;

    find_wanted(self);
    if (!pixman_region32_not_empty(&self->wanted)) {
        store(self);
        finish_reading(self);
        return;
    }
    rect = get_ocr_rect(self);
    pixman_region32_init_rect(&ignored, rect.x, rect.y, rect.width, rect.height);
    pixman_region32_subtract(&ignored, &ignored, &self->visible);
    pixman_region32_union(&ignored, &ignored, &self->covered);
    request = (RecallOcrRequest){
        .pixels = recall_frame_get_pixels(self->frame) +
                  (size_t)rect.y * recall_frame_get_stride(self->frame) + (size_t)rect.x * 4,
        .stride = recall_frame_get_stride(self->frame),
        .rect = rect,
        .whole = get_shown_rect(self),
        .wanted = &self->wanted,
        .ignored = &ignored,
        .is_strict = pixman_region32_not_empty(&self->covered),
        .priority = self->window->is_active,
    };
    recall_ocr_read_async(self->parts.ocr, &request, self->cancellable, on_ocr_read, self);
    pixman_region32_fini(&ignored);
}

/* A little more than the boxes: the rims of letters reach beyond them and would be read again. */
static void
cover(RecallWatch *self, const pixman_region32_t *told)
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

static void
take_accessible(RecallWatch *self, RecallText *text)
{
    g_ptr_array_unref(self->accessible_runs);
    self->accessible_runs = g_ptr_array_ref(text->runs);
    cover(self, &text->covered);
    pixman_region32_copy(&self->secret, &text->secret);
    recall_blinds_note_places(self->parts.blinds, self->xid,
                              pixman_region32_not_empty(&self->secret), self->seen_us);
    remove_runs(self->ocr_runs, &self->covered, NULL);
    g_free(self->url);
    self->url = g_steal_pointer(&text->url);
    g_free(self->file);
    self->file = g_steal_pointer(&text->file);
}

/* No answer: what changed is left to OCR, what did not still stands. */
static void
give_up_accessible(RecallWatch *self)
{
    remove_runs(self->accessible_runs, &self->reading, NULL);
    pixman_region32_subtract(&self->covered, &self->covered, &self->reading);
}

static void
drop_runs(RecallWatch *self)
{
    g_ptr_array_set_size(self->ocr_runs, 0);
    g_ptr_array_unref(self->accessible_runs);
    self->accessible_runs = g_ptr_array_new_with_free_func((GDestroyNotify)recall_run_unref);
    pixman_region32_clear(&self->covered);
}

static void
clear_content(RecallWatch *self)
{
    g_clear_pointer(&self->frame, recall_frame_free);
    drop_runs(self);
    pixman_region32_clear(&self->visible);
    pixman_region32_clear(&self->unread);
}

/* Nothing that was read of it is kept; its pixels stay to tell what changes. */
static void
hold(RecallWatch *self, const PolicyCaptureDecision *decision)
{
    self->is_held = TRUE;
    self->was_denied |= decision->verdict == POLICY_CAPTURE_DENY;
    drop_runs(self);
    if (decision->verdict == POLICY_CAPTURE_UNDECIDED) {
        self->undecided_ms = CLAMP(self->undecided_ms * 2, RECALL_WATCH_UNDECIDED_MIN_MS,
                                   RECALL_WATCH_UNDECIDED_MAX_MS);
        pixman_region32_copy(&self->fresh, &self->visible);
    } else {
        self->undecided_ms = 0;
    }
    finish_reading(self);
}

/* It may be kept again, but the pixels in hand may be of before: look anew, then read anew. */
static void
look_anew(RecallWatch *self)
{
    self->was_denied = FALSE;
    stop_reading(self);
    clear_content(self);
    recall_sense_wake(self->sense, 0);
}

/* Returns: whether what was read may be kept */
static gboolean
decide(RecallWatch *self, const RecallText *text)
{
    PolicyCaptureDecision decision =
        recall_blinds_tell(self->parts.blinds, self->read_window, text != NULL ? text->name : NULL,
                           text != NULL ? text->url : NULL);

    if (decision.verdict != POLICY_CAPTURE_ALLOW) {
        hold(self, &decision);
        return FALSE;
    }
    self->is_held = FALSE;
    self->undecided_ms = 0;
    if (self->was_denied)
        look_anew(self);
    return self->frame != NULL;
}

/* Its text was told now, and it may change while OCR reads the rest. */
static void
hold_frame(RecallWatch *self)
{
    recall_frame_hold(self->frame);
    pixman_region32_union(&self->unread, &self->unread, &self->reading);
    pixman_region32_union(&self->unread, &self->unread, &self->fresh);
    pixman_region32_subtract(&self->unread, &self->unread, &self->covered);
}

static void
on_a11y_read(GObject *source, GAsyncResult *result, void *user_data)
{
    RecallWatch *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallText) text = recall_a11y_read_finish(NULL, result, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (!decide(self, text))
        return;
    if (text != NULL) {
        if (self->is_sample)
            adapt_to_sample(self, text->runs);
        take_accessible(self, text);
    } else {
        give_up_accessible(self);
    }
    hold_frame(self);
    if (text != NULL && text->runs->len > 0)
        self->partial_source = g_timeout_add(RECALL_WATCH_PARTIAL_MS, on_partial, self);
    start_ocr(self);
}

static void
start_reading(RecallWatch *self)
{
    self->cancellable = g_cancellable_new();
    self->started_us = g_get_monotonic_time();
    self->reading_behind_us = self->behind_us;
    self->behind_us = 0;
    self->reading_changed_us = self->changed_us;
    self->changed_us = 0;
    self->seen_us = g_get_real_time(); /* trees are read live, not as they were at the moment */
    self->is_picture_stale |= !self->is_sample;
    pixman_region32_copy(&self->reading, &self->fresh);
    pixman_region32_clear(&self->fresh);
    recall_window_unref(self->read_window);
    self->read_window = recall_window_ref(self->window);
    recall_a11y_read_async(self->parts.a11y, self->window, &self->visible, &self->reading,
                           self->cancellable, on_a11y_read, self);
}

static gboolean
on_start(void *user_data)
{
    RecallWatch *self = user_data;

    self->start_source = 0;
    start_reading(self);
    return G_SOURCE_REMOVE;
}

static gboolean
is_large(const pixman_region32_t *region)
{
    int n_boxes;
    const pixman_box32_t *boxes = pixman_region32_rectangles((pixman_region32_t *)region, &n_boxes);
    int64_t area_px = 0;

    for (int i = 0; i < n_boxes; i++)
        area_px += (int64_t)(boxes[i].x2 - boxes[i].x1) * (boxes[i].y2 - boxes[i].y1);
    return area_px >= RECALL_WATCH_LARGE_AREA_PX;
}

static int64_t
get_due_us(const RecallWatch *self)
{
    int64_t interval_ms =
        is_large(&self->fresh) ? RECALL_WATCH_LARGE_INTERVAL_MS : RECALL_WATCH_SMALL_INTERVAL_MS;

    if (self->undecided_ms != 0)
        interval_ms = self->undecided_ms;
    return self->started_us == 0 ? 0 : self->started_us + interval_ms * 1000;
}

/* A reading that nobody answers must not keep the window unread for ever. */
static void
give_up_reading(RecallWatch *self)
{
    int64_t due_us = self->started_us + RECALL_WATCH_READING_MAX_MS * (int64_t)1000;

    if (self->cancellable == NULL || g_get_monotonic_time() < due_us)
        return;
    store_partial(self);
    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    recall_frame_release(self->frame);
    pixman_region32_union(&self->fresh, &self->fresh, &self->reading);
    pixman_region32_clear(&self->reading);
    self->reading_behind_us = 0;
    self->is_sample = FALSE;
}

/* The first change is read at once, those that follow at most once in an interval. */
static void
schedule(RecallWatch *self)
{
    int64_t now_us = g_get_monotonic_time();

    int64_t due_us;

    give_up_reading(self);
    if (self->cancellable != NULL || self->frame == NULL ||
        !pixman_region32_not_empty(&self->fresh))
        return;
    if (self->behind_us == 0)
        self->behind_us = now_us;
    g_clear_handle_id(&self->start_source, g_source_remove);
    due_us = get_due_us(self);
    if (now_us >= due_us)
        start_reading(self);
    else
        self->start_source = g_timeout_add((due_us - now_us) / 1000 + 1, on_start, self);
}

/* --- seeing --- */

static gboolean
on_busy(void *user_data)
{
    RecallWatch *self = user_data;

    self->busy_source = 0;
    recall_frame_take_busy(self->frame, &self->fresh);
    self->is_sample = TRUE;
    schedule(self);
    return G_SOURCE_REMOVE;
}

static void
grab(RecallWatch *self, const pixman_region32_t *region, RecallSense *sense)
{
    int n_boxes = 0;
    const pixman_box32_t *boxes = pixman_region32_rectangles((pixman_region32_t *)region, &n_boxes);

    for (int i = 0; i < n_boxes; i++) {
        BaseRect rect = {boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
                         boxes[i].y2 - boxes[i].y1};
        BaseRect on_screen = {rect.x + self->window->rect.x, rect.y + self->window->rect.y,
                              rect.width, rect.height};
        size_t stride = (size_t)rect.width * 4;
        g_autofree uint8_t *pixels = g_malloc(stride * rect.height);

        if (recall_sense_grab(sense, &on_screen, pixels, stride, NULL))
            recall_frame_put(self->frame, &rect, pixels, stride);
    }
}

/* A region of many small rectangles costs a round trip for each: take their extents then, as far
 * as they are visible. */
static void
simplify(pixman_region32_t *region, const pixman_region32_t *visible)
{
    const pixman_box32_t box = *pixman_region32_extents(region);

    if (pixman_region32_n_rects(region) > 8)
        pixman_region32_intersect_rect(region, (pixman_region32_t *)visible, box.x1, box.y1,
                                       box.x2 - box.x1, box.y2 - box.y1);
}

/* What changed by @moment or was not visible before. */
static void
grab_changes(RecallWatch *self,
             const pixman_region32_t *was_visible,
             const RecallMoment *moment,
             RecallSense *sense)
{
    pixman_region32_t changed;
    pixman_region32_t uncovered;

    pixman_region32_init(&changed);
    pixman_region32_init(&uncovered);
    pixman_region32_copy(&changed, (pixman_region32_t *)&moment->damage);
    pixman_region32_translate(&changed, -self->window->rect.x, -self->window->rect.y);
    pixman_region32_intersect(&changed, &changed, &self->visible);
    pixman_region32_subtract(&uncovered, &self->visible, (pixman_region32_t *)was_visible);
    pixman_region32_union(&changed, &changed, &uncovered);
    simplify(&changed, &self->visible);
    grab(self, &changed, sense);
    pixman_region32_fini(&changed);
    pixman_region32_fini(&uncovered);
}

static gboolean
fits(const RecallWatch *self, const RecallWindow *window)
{
    uint32_t width_px;
    uint32_t height_px;

    if (self->frame == NULL)
        return FALSE;
    recall_frame_get_size(self->frame, &width_px, &height_px);
    return (int)width_px == window->rect.width && (int)height_px == window->rect.height;
}

static void
take_window(RecallWatch *self, RecallWindow *window, const char *app)
{
    if (self->window != NULL && !g_str_equal(self->window->title, window->title)) {
        store_partial(self); /* it was told under the title that it had */
        self->must_store = TRUE;
        self->undecided_ms = MIN(self->undecided_ms, RECALL_WATCH_UNDECIDED_MIN_MS);
    }
    if (!fits(self, window)) {
        store_partial(self);
        stop_reading(self);
        clear_content(self);
        self->frame = recall_frame_new(window->rect.width, window->rect.height);
    }
    recall_window_ref(window);
    recall_window_unref(self->window);
    self->window = window;
    g_free(self->app);
    self->app = g_strdup(app);
    self->hidden_us = 0;
}

static gboolean
is_read(const RecallWatch *self)
{
    return self->cancellable == NULL && self->start_source == 0 &&
           !pixman_region32_not_empty(&self->fresh);
}

/* Nothing to read: the same content is shown on, perhaps under another title. */
static void
go_on(RecallWatch *self, gboolean must_look)
{
    gboolean is_due = must_look ||
                      self->seen_us - self->stored_us >= RECALL_WATCH_END_INTERVAL_US ||
                      self->seen_us < self->stored_us;

    if (!self->is_held && is_read(self) && recall_frame_get_pixels(self->frame) != NULL &&
        recall_scene_get_key(self->scene) != 0 && (is_due || self->must_store))
        store(self);
}

/* What was read last is not known to be allowed any more: what was grabbed since goes. */
static void
take_state(RecallWatch *self)
{
    gboolean is_held = recall_blinds_get(self->parts.blinds, self->xid) != RECALL_BLINDS_KEEP;

    if (is_held && !self->is_held) {
        stop_reading(self);
        clear_content(self);
        self->frame = recall_frame_new(self->window->rect.width, self->window->rect.height);
        self->undecided_ms = 0;
    }
    self->is_held = is_held;
}

void
recall_watch_see(RecallWatch *self,
                 RecallWindow *window,
                 const char *app,
                 const RecallMoment *moment,
                 RecallSense *sense)
{
    pixman_region32_t was_visible;

    self->sense = sense;
    take_window(self, window, app);
    take_state(self);
    pixman_region32_init(&was_visible);
    pixman_region32_copy(&was_visible, &self->visible);
    pixman_region32_copy(&self->visible, &window->visible);
    pixman_region32_translate(&self->visible, -window->rect.x, -window->rect.y);
    pixman_region32_intersect_rect(&self->visible, &self->visible, 0, 0, window->rect.width,
                                   window->rect.height);
    grab_changes(self, &was_visible, moment, sense);
    pixman_region32_fini(&was_visible);
    self->seen_us = moment->at_us;
    recall_frame_end_moment(self->frame, moment->at_rest, &self->fresh);
    if (self->changed_us == 0 && pixman_region32_not_empty(&self->fresh))
        self->changed_us = moment->first_change_us;
    if (recall_frame_has_busy(self->frame) && self->busy_source == 0)
        self->busy_source = g_timeout_add(self->busy_interval_ms, on_busy, self);
    go_on(self, FALSE);
    schedule(self);
}

void
recall_watch_shut(RecallWatch *self)
{
    stop_reading(self);
    clear_content(self);
    self->was_denied = self->is_held = FALSE;
    self->undecided_ms = 0;
    if (self->hidden_us == 0)
        self->hidden_us = g_get_monotonic_time();
}

/* What was read of it still holds when it looks the same again. */
void
recall_watch_hide(RecallWatch *self, int64_t at_us)
{
    if (self->frame == NULL || self->hidden_us != 0)
        return;
    store_partial(self);
    if (is_read(self))
        recall_frame_fold(self->frame);
    else
        clear_content(self);
    stop_reading(self);
    pixman_region32_clear(&self->visible);
    if (recall_scene_get_key(self->scene) != 0)
        recall_store_touch(self->parts.store, recall_scene_get_key(self->scene), at_us);
    self->hidden_us = g_get_monotonic_time();
}
