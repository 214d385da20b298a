/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/look.h"
#include "recall/watch/watch-private.h"

RecallWatch *
recall_watch_new(const RecallWatchParts *parts, uint32_t xid)
{
    RecallWatch *self = g_new0(RecallWatch, 1);

    self->parts = *parts;
    self->xid = xid;
    self->scene = recall_scene_new();
    self->drafts = recall_drafts_new();
    self->content = recall_content_new();
    pixman_region32_init(&self->fresh);
    pixman_region32_init(&self->reading);
    pixman_region32_init(&self->moved);
    self->busy_interval_ms = RECALL_WATCH_BUSY_MIN_MS;
    return self;
}

RecallFrame *
recall_watch_get_frame(const RecallWatch *self)
{
    return recall_content_get_frame(self->content);
}

void
recall_watch_free(RecallWatch *self)
{
    if (self == NULL)
        return;
    recall_watch_stop_reading(self);
    recall_window_unref(self->window);
    recall_window_unref(self->read_window);
    g_free(self->app);
    recall_scene_free(self->scene);
    recall_drafts_free(self->drafts);
    recall_content_free(self->content);
    pixman_region32_fini(&self->fresh);
    pixman_region32_fini(&self->reading);
    pixman_region32_fini(&self->moved);
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

/* --- seeing --- */

static gboolean
on_busy(void *user_data)
{
    RecallWatch *self = user_data;

    self->busy_source = 0;
    recall_frame_take_busy(recall_watch_get_frame(self), &self->fresh);
    self->is_sample = TRUE;
    recall_watch_schedule(self);
    return G_SOURCE_REMOVE;
}

static gboolean
fits(const RecallWatch *self, const RecallWindow *window)
{
    return recall_content_fits(self->content, window->rect.width, window->rect.height);
}

static void
take_window(RecallWatch *self, RecallWindow *window, const char *app)
{
    if (self->window != NULL && !g_str_equal(self->window->title, window->title)) {
        recall_watch_store_partial(self); /* it was told under the title that it had */
        self->must_store = TRUE;
        self->undecided_ms = MIN(self->undecided_ms, RECALL_WATCH_UNDECIDED_MIN_MS);
    }
    if (!fits(self, window)) {
        recall_watch_store_partial(self);
        recall_watch_stop_reading(self);
        recall_content_begin(self->content, window->rect.width, window->rect.height);
    }
    recall_window_ref(window);
    recall_window_unref(self->window);
    self->window = window;
    g_free(self->app);
    self->app = g_strdup(app);
    self->hidden_us = 0;
}

/* What was read last is not known to be allowed any more: what was grabbed since goes. */
static void
take_state(RecallWatch *self)
{
    gboolean is_held = recall_blinds_get(self->parts.blinds, self->xid) != RECALL_BLINDS_KEEP;

    if (is_held && !self->is_held) {
        recall_watch_stop_reading(self);
        recall_content_begin(self->content, self->window->rect.width, self->window->rect.height);
        self->undecided_ms = 0;
    }
    self->is_held = is_held;
}

/* What moves is not read by OCR where its application tells of it; but not for ever. */
static void
note_motion(RecallWatch *self, gboolean at_rest)
{
    self->n_moving =
        at_rest || self->n_moving >= RECALL_WATCH_N_MOVING_MAX ? 0 : self->n_moving + 1;
    if (self->n_moving > 0)
        return;
    pixman_region32_union(&self->fresh, &self->fresh, &self->moved);
    pixman_region32_clear(&self->moved);
}

/* What was read last stood until the first change that a moment covers. */
static void
note_stood(RecallWatch *self, int64_t first_change_us)
{
    if (self->hidden_us == 0 && !self->is_held && recall_watch_is_read(self))
        self->stood_us = first_change_us;
}

void
recall_watch_see(RecallWatch *self,
                 RecallWindow *window,
                 const char *app,
                 const RecallMoment *moment,
                 RecallSense *sense)
{
    self->sense = sense;
    note_stood(self, moment->first_change_us);
    take_window(self, window, app);
    take_state(self);
    recall_look_take(self->content, window, moment, sense);
    self->seen_us = moment->at_us;
    recall_frame_end_moment(recall_watch_get_frame(self), moment->at_rest, &self->fresh);
    self->must_store |= recall_content_settle(self->content, &self->fresh) && self->is_partial;
    note_motion(self, moment->at_rest);
    if (!recall_watch_is_owed(self))
        self->behind_us = 0;
    if (self->changed_us == 0 && pixman_region32_not_empty(&self->fresh))
        self->changed_us = moment->first_change_us;
    if (recall_frame_has_busy(recall_watch_get_frame(self)) && self->busy_source == 0)
        self->busy_source = g_timeout_add(self->busy_interval_ms, on_busy, self);
    recall_watch_go_on(self, FALSE);
    recall_watch_schedule(self);
}

void
recall_watch_shut(RecallWatch *self)
{
    recall_watch_stop_reading(self);
    recall_content_clear(self->content);
    self->was_denied = self->is_held = FALSE;
    self->undecided_ms = 0;
    if (self->hidden_us == 0)
        self->hidden_us = g_get_monotonic_time();
}

/* What was read of it still holds when it looks the same again. */
void
recall_watch_hide(RecallWatch *self, int64_t at_us)
{
    if (recall_watch_get_frame(self) == NULL || self->hidden_us != 0)
        return;
    recall_watch_store_partial(self);
    if (recall_watch_is_read(self))
        recall_content_fold(self->content);
    else
        recall_content_clear(self->content);
    recall_watch_stop_reading(self);
    if (recall_scene_get_key(self->scene) != 0)
        recall_store_touch(self->parts.store, recall_scene_get_key(self->scene), at_us);
    self->hidden_us = g_get_monotonic_time();
}

void
recall_watch_tell_end(RecallWatch *self, int64_t at_us)
{
    if (self->hidden_us != 0 || self->is_held || recall_watch_get_frame(self) == NULL ||
        recall_scene_get_key(self->scene) == 0 || !recall_watch_is_read(self))
        return;
    if (at_us - self->seen_us < RECALL_SCENE_RETURN_MAX_US) {
        recall_store_touch(self->parts.store, recall_scene_get_key(self->scene), at_us);
    } else {
        self->seen_us = at_us;
        recall_watch_go_on(self, TRUE);
    }
}

void
recall_watch_store_again(RecallWatch *self)
{
    self->must_store = TRUE;
    if (self->hidden_us == 0 && recall_watch_get_frame(self) != NULL)
        recall_watch_go_on(self, FALSE);
}
