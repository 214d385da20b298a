/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/watch.h"

#include "recall/watch/content.h"
#include "recall/watch/look.h"
#include "recall/watch/picture.h"
#include "recall/watch/redact.h"
#include "recall/watch/scene.h"

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
    RecallScene *scene;
    RecallContent *content;    /* without a frame while hidden */
    pixman_region32_t fresh;   /* window pixels: waits to be read */
    pixman_region32_t reading; /* is being read */
    pixman_region32_t moved;   /* waits to be read until the window has come to rest */
    unsigned n_moving;         /* moments without rest */
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
    self->content = recall_content_new();
    pixman_region32_init(&self->fresh);
    pixman_region32_init(&self->reading);
    pixman_region32_init(&self->moved);
    self->busy_interval_ms = RECALL_WATCH_BUSY_MIN_MS;
    return self;
}

static RecallFrame *
get_frame(const RecallWatch *self)
{
    return recall_content_get_frame(self->content);
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
    if (get_frame(self) != NULL)
        recall_frame_release(get_frame(self));
    pixman_region32_clear(&self->fresh);
    pixman_region32_clear(&self->reading);
    pixman_region32_clear(&self->moved);
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
    recall_scene_free(self->scene);
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

/* --- storing --- */

static void
put_scene(RecallWatch *self)
{
    g_autoptr(ProtocolScene) scene = recall_scene_dup_value(self->scene);

    recall_content_paint(self->content);
    recall_picture_put(self->parts.encoder, self->parts.store, g_steal_pointer(&scene),
                       get_frame(self));
    recall_content_unpaint(self->content);
    self->pictured_us = g_get_monotonic_time();
    self->must_store = FALSE;
    self->is_picture_stale = FALSE;
    self->is_partial = recall_content_has_unread(self->content);
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
    int64_t rest_us = recall_content_get_rest_us(self->content);
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
    g_autoptr(GPtrArray) runs = recall_content_dup_runs(self->content, g_get_monotonic_time());
    g_autofree char *title = recall_redact_dup_text(self->window->title);
    g_autofree char *url = recall_redact_dup_text(recall_content_get_url(self->content));
    g_autofree char *file = recall_redact_dup_text(recall_content_get_file(self->content));
    RecallSceneView view = {
        .at_us = self->seen_us,
        .changed_us = self->is_sample ? 0 : self->reading_changed_us,
        .app = self->app,
        .title = title,
        .url = url,
        .file = file,
        .actor = ACTOR_HUMAN,
        .runs = runs,
        .visible = recall_content_get_visible(self->content),
    };

    await_rest(self);
    recall_blinds_note_secrets(self->parts.blinds, self->xid,
                               recall_content_get_n_secrets(self->content), self->seen_us);
    recall_frame_get_size(get_frame(self), &view.width_px, &view.height_px);
    return recall_scene_observe(self->scene, &view);
}

static void
store(RecallWatch *self)
{
    RecallSceneChange change = observe(self);

    self->stored_us = self->seen_us;
    if (change != RECALL_SCENE_SAME || self->must_store || is_picture_old(self) ||
        (self->is_partial && !recall_content_has_unread(self->content)))
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
    recall_frame_release(get_frame(self));
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
    store(self);
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
    store(self);
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
        store(self);
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

static void
take_accessible(RecallWatch *self, RecallText *text)
{
    recall_content_take_accessible(self->content, text);
    recall_blinds_note_places(self->parts.blinds, self->xid,
                              recall_content_has_passwords(self->content), self->seen_us);
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
    stop_reading(self);
    recall_content_clear(self->content);
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
    return get_frame(self) != NULL;
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
        recall_content_give_up_accessible(self->content, &self->reading);
    }
    recall_content_hold(self->content, &self->reading, &self->fresh);
    if (text != NULL && recall_sense_has_changed(self->sense))
        recall_content_distrust(self->content);
    recall_content_find_layers(self->content, &self->reading); /* before anything is stored of it */
    (void)find_doubts(self);
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
    recall_frame_release(get_frame(self));
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
    if (self->cancellable != NULL || get_frame(self) == NULL ||
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
    recall_frame_take_busy(get_frame(self), &self->fresh);
    self->is_sample = TRUE;
    schedule(self);
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
        store_partial(self); /* it was told under the title that it had */
        self->must_store = TRUE;
        self->undecided_ms = MIN(self->undecided_ms, RECALL_WATCH_UNDECIDED_MIN_MS);
    }
    if (!fits(self, window)) {
        store_partial(self);
        stop_reading(self);
        recall_content_begin(self->content, window->rect.width, window->rect.height);
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
           !pixman_region32_not_empty(&self->fresh) && !pixman_region32_not_empty(&self->moved);
}

/* Nothing to read: the same content is shown on, perhaps under another title. */
static void
go_on(RecallWatch *self, gboolean must_look)
{
    gboolean is_due = must_look ||
                      self->seen_us - self->stored_us >= RECALL_WATCH_END_INTERVAL_US ||
                      self->seen_us < self->stored_us;

    if (!self->is_held && is_read(self) && recall_frame_get_pixels(get_frame(self)) != NULL &&
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

void
recall_watch_see(RecallWatch *self,
                 RecallWindow *window,
                 const char *app,
                 const RecallMoment *moment,
                 RecallSense *sense)
{
    self->sense = sense;
    take_window(self, window, app);
    take_state(self);
    recall_look_take(self->content, window, moment, sense);
    self->seen_us = moment->at_us;
    recall_frame_end_moment(get_frame(self), moment->at_rest, &self->fresh);
    self->must_store |= recall_content_settle(self->content, &self->fresh) && self->is_partial;
    note_motion(self, moment->at_rest);
    if (self->changed_us == 0 && pixman_region32_not_empty(&self->fresh))
        self->changed_us = moment->first_change_us;
    if (recall_frame_has_busy(get_frame(self)) && self->busy_source == 0)
        self->busy_source = g_timeout_add(self->busy_interval_ms, on_busy, self);
    go_on(self, FALSE);
    schedule(self);
}

void
recall_watch_shut(RecallWatch *self)
{
    stop_reading(self);
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
    if (get_frame(self) == NULL || self->hidden_us != 0)
        return;
    store_partial(self);
    if (is_read(self))
        recall_content_fold(self->content);
    else
        recall_content_clear(self->content);
    stop_reading(self);
    if (recall_scene_get_key(self->scene) != 0)
        recall_store_touch(self->parts.store, recall_scene_get_key(self->scene), at_us);
    self->hidden_us = g_get_monotonic_time();
}
