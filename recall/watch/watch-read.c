/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/region.h"
#include "recall/watch/watch-private.h"

#define N_USEFUL_RUNS 3 /* a sample with so many lines of words is text that moves */

void
recall_watch_stop_reading(RecallWatch *self)
{
    g_clear_handle_id(&self->start_source, g_source_remove);
    g_clear_handle_id(&self->busy_source, g_source_remove);
    g_clear_handle_id(&self->rest_source, g_source_remove);
    g_clear_handle_id(&self->partial_source, g_source_remove);
    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    if (recall_watch_get_frame(self) != NULL)
        recall_frame_release(recall_watch_get_frame(self));
    pixman_region32_clear(&self->fresh);
    pixman_region32_clear(&self->reading);
    pixman_region32_clear(&self->moved);
    self->behind_us = self->reading_behind_us = 0;
}

gboolean
recall_watch_is_owed(const RecallWatch *self)
{
    return pixman_region32_not_empty((pixman_region32_t *)&self->fresh) ||
           recall_content_is_unsettled(self->content) ||
           (self->n_late > 0 && pixman_region32_not_empty((pixman_region32_t *)&self->moved));
}

static void
finish_reading(RecallWatch *self)
{
    g_clear_handle_id(&self->partial_source, g_source_remove);
    recall_frame_release(recall_watch_get_frame(self));
    g_clear_object(&self->cancellable);
    pixman_region32_clear(&self->reading);
    if (self->behind_us == 0 && recall_watch_is_owed(self))
        self->behind_us = self->reading_behind_us;
    self->reading_behind_us = 0;
    self->is_sample = FALSE;
    recall_watch_schedule(self);
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

static void
on_search_read(GObject *source, GAsyncResult *result, void *user_data)
{
    RecallWatch *self = user_data;
    g_autoptr(GError) error = NULL;
    pixman_region32_t left;
    g_autoptr(GPtrArray) runs = NULL;

    pixman_region32_init(&left);
    runs = recall_ocr_read_finish(NULL, result, &left, &error);
    if (runs != NULL && !pixman_region32_not_empty(&left))
        recall_content_take_search(self->content, runs);
    pixman_region32_fini(&left);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    recall_watch_store(self);
    finish_reading(self);
}

/* Something does not stand where it was told. */
static void
search(RecallWatch *self)
{
    RecallOcrRequest request = recall_content_get_search_request(self->content);

    request.priority = self->window->is_active;
    recall_ocr_read_async(self->parts.ocr, &request, self->cancellable, on_search_read, self);
}

static void
on_proof_read(GObject *source, GAsyncResult *result, void *user_data)
{
    RecallWatch *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) runs = recall_ocr_read_finish(NULL, result, NULL, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (runs != NULL && !recall_content_take_proof(self->content, runs)) {
        search(self);
        return;
    }
    recall_watch_store(self);
    finish_reading(self);
}

static gboolean
find_doubts(RecallWatch *self)
{
    return recall_content_find_doubts(self->content, &self->reading, g_get_monotonic_time());
}

/* All is read; what is secret of it may have to be seen where it was told. */
static void
prove(RecallWatch *self)
{
    RecallOcrRequest request;

    if (!find_doubts(self)) {
        recall_watch_store(self);
        finish_reading(self);
        return;
    }
    request = recall_content_get_proof_request(self->content);
    request.priority = self->window->is_active;
    recall_ocr_read_async(self->parts.ocr, &request, self->cancellable, on_proof_read, self);
}

static void
on_layers_read(GObject *source, GAsyncResult *result, void *user_data)
{
    RecallWatch *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) runs = NULL;
    pixman_region32_t left;

    pixman_region32_init(&left);
    runs = recall_ocr_read_finish(NULL, result, &left, &error);
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        recall_content_take_layers(self->content, runs, &left);
        pixman_region32_union(&self->fresh, &self->fresh, &left);
        prove(self);
    }
    pixman_region32_fini(&left);
}

/* All is read; some of what was told may lie under the rest. */
static void
uncover(RecallWatch *self)
{
    RecallOcrRequest request;

    if (!recall_content_has_open_layers(self->content)) {
        prove(self);
        return;
    }
    request = recall_content_get_layers_request(self->content);
    request.priority = self->window->is_active;
    recall_ocr_read_async(self->parts.ocr, &request, self->cancellable, on_layers_read, self);
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
            recall_content_take_ocr(self->content, runs, &unread);
            if (self->is_sample)
                adapt_to_sample(self, runs);
            pixman_region32_union(&self->fresh, &self->fresh, &unread);
        }
        self->parts.on_read(error, self->parts.user_data);
        uncover(self);
    }
    pixman_region32_fini(&unread);
}

static void
start_ocr(RecallWatch *self)
{
    RecallOcrRequest request;
    gboolean is_wanted = recall_content_find_wanted(self->content, &self->reading,
                                                    self->n_moving > 0 ? &self->moved : NULL);

    if (pixman_region32_not_empty(&self->moved))
        recall_sense_wake(self->sense, RECALL_SENSE_MOMENT_MAX_MS);
    if (!is_wanted) {
        uncover(self);
        return;
    }
    request = recall_content_get_request(self->content);
    request.priority = self->window->is_active;
    recall_ocr_read_async(self->parts.ocr, &request, self->cancellable, on_ocr_read, self);
}

/* Nothing that was read of it is kept; its pixels stay to tell what changes. */
static void
hold(RecallWatch *self, const PolicyCaptureDecision *decision)
{
    self->is_held = TRUE;
    self->was_denied |= decision->verdict == POLICY_CAPTURE_DENY;
    recall_content_drop_text(self->content);
    if (decision->verdict == POLICY_CAPTURE_UNDECIDED) {
        self->undecided_ms = CLAMP(self->undecided_ms * 2, RECALL_WATCH_UNDECIDED_MIN_MS,
                                   RECALL_WATCH_UNDECIDED_MAX_MS);
        pixman_region32_copy(&self->fresh,
                             (pixman_region32_t *)recall_content_get_visible(self->content));
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
    recall_watch_stop_reading(self);
    recall_content_clear(self->content);
    recall_sense_wake(self->sense, 0);
}

/* What must not be kept of an allowed window. @text: (nullable)
 * Returns: FALSE when it must be told first what is in it */
static gboolean
hide_parts(RecallWatch *self, RecallText *text)
{
    if (text != NULL)
        recall_blinds_note_places(self->parts.blinds, self->xid,
                                  pixman_region32_not_empty(&text->secret), self->seen_us);
    return recall_blinds_hide_names(self->parts.blinds, self->read_window, text, self->seen_us);
}

/* Returns: whether what was read may be kept */
static gboolean
decide(RecallWatch *self, RecallText *text)
{
    PolicyCaptureDecision decision =
        recall_blinds_tell(self->parts.blinds, self->read_window, text != NULL ? text->name : NULL,
                           text != NULL ? text->url : NULL);

    if (decision.verdict == POLICY_CAPTURE_ALLOW && !hide_parts(self, text))
        decision.verdict = POLICY_CAPTURE_UNDECIDED;
    if (decision.verdict != POLICY_CAPTURE_ALLOW) {
        hold(self, &decision);
        return FALSE;
    }
    self->is_held = FALSE;
    self->undecided_ms = 0;
    if (self->was_denied)
        look_anew(self);
    return recall_watch_get_frame(self) != NULL;
}

/* The application tells what stood elsewhere: it is late. What it hides is told so, too: it is not
 * asked for ever. */
static gboolean
is_late(RecallWatch *self)
{
    if (!recall_content_is_misplaced(self->content, &self->reading))
        self->n_late = 0;
    else if (self->n_late <= RECALL_WATCH_N_LATE_MAX)
        self->n_late++;
    return self->n_late > 0 && self->n_late <= RECALL_WATCH_N_LATE_MAX;
}

/* Nothing is kept of it before it is read again. */
static void
ask_later(RecallWatch *self)
{
    pixman_region32_union(&self->moved, &self->moved, &self->reading);
    recall_sense_wake(self->sense, RECALL_WATCH_LATE_MS);
    finish_reading(self);
}

/* The application answered when the screen had gone on. */
static void
distrust(RecallWatch *self)
{
    pixman_region32_t since;

    pixman_region32_init(&since);
    recall_sense_add_changes(self->sense, &since);
    pixman_region32_translate(&since, -self->window->rect.x, -self->window->rect.y);
    recall_content_distrust(self->content, &since);
    pixman_region32_fini(&since);
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
        recall_content_take_accessible(self->content, text);
    } else {
        recall_content_give_up_accessible(self->content, &self->reading);
    }
    recall_content_hold(self->content, &self->reading, &self->fresh);
    if (text != NULL && is_late(self)) {
        ask_later(self);
        return;
    }
    if (text != NULL)
        distrust(self);
    recall_content_find_layers(self->content, &self->reading); /* before anything is stored of it */
    (void)find_doubts(self);
    if (text != NULL && text->runs->len > 0)
        recall_watch_await_partial(self);
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
    recall_a11y_read_async(self->parts.a11y, self->window,
                           recall_content_get_visible(self->content), &self->reading,
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

static int64_t
get_due_us(const RecallWatch *self)
{
    int64_t interval_ms = recall_region_area_px(&self->fresh) >= RECALL_WATCH_LARGE_AREA_PX
                              ? RECALL_WATCH_LARGE_INTERVAL_MS
                              : RECALL_WATCH_SMALL_INTERVAL_MS;

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
    recall_watch_store_partial(self);
    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    recall_frame_release(recall_watch_get_frame(self));
    pixman_region32_union(&self->fresh, &self->fresh, &self->reading);
    pixman_region32_clear(&self->reading);
    self->reading_behind_us = 0;
    self->is_sample = FALSE;
}

void
recall_watch_schedule(RecallWatch *self)
{
    int64_t now_us = g_get_monotonic_time();
    int64_t due_us;

    give_up_reading(self);
    if (self->cancellable != NULL || recall_watch_get_frame(self) == NULL ||
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
