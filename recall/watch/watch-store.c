/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/picture.h"
#include "recall/watch/redact.h"
#include "recall/watch/watch-private.h"

#define ACTOR_HUMAN "human"

/* @tiles: (transfer full): as it was stored */
static void
note_draft(RecallWatch *self, GArray *tiles)
{
    ProtocolScene *scene = recall_scene_dup_value(self->scene);

    g_array_unref(scene->tiles);
    scene->tiles = tiles;
    recall_drafts_note(self->drafts, scene);
}

/* What was stored of the beginnings of secrets that are seen now. */
static void
take_back(RecallWatch *self)
{
    g_autoptr(GPtrArray) scenes = recall_drafts_take_back(
        self->drafts, recall_content_get_new_secrets(self->content), self->seen_us);

    while (scenes->len > 0)
        recall_picture_put_again(self->parts.encoder, self->parts.store,
                                 g_ptr_array_steal_index(scenes, 0));
}

static void
put_scene(RecallWatch *self)
{
    g_autoptr(ProtocolScene) scene = recall_scene_dup_value(self->scene);
    GArray *tiles;

    recall_content_paint(self->content);
    tiles = recall_picture_put(self->parts.encoder, self->parts.store, g_steal_pointer(&scene),
                               recall_watch_get_frame(self));
    recall_content_unpaint(self->content);
    note_draft(self, tiles);
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
    recall_watch_go_on(self, TRUE);
    return G_SOURCE_REMOVE;
}

/* The text stays while the picture beside it changes: keep a new one now and then. */
static int64_t
get_picture_due_us(const RecallWatch *self)
{
    return self->is_picture_stale
               ? self->pictured_us + RECALL_WATCH_PICTURE_INTERVAL_MS * (int64_t)1000
               : INT64_MAX;
}

/* Nothing may happen in the window any more: what is withheld for a while is looked at again, and
 * a picture that is stale is kept. */
static void
await_rest(RecallWatch *self)
{
    int64_t rest_us = recall_content_get_rest_us(self->content);
    int64_t due_us = MIN(rest_us != 0 ? rest_us : INT64_MAX, get_picture_due_us(self));
    int64_t wait_ms = (due_us - g_get_monotonic_time()) / 1000;

    g_clear_handle_id(&self->rest_source, g_source_remove);
    if (due_us != INT64_MAX)
        self->rest_source = g_timeout_add(MAX(wait_ms, 0) + 1, on_rest, self);
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
        .secrets = recall_content_get_new_secrets(self->content),
        .visible = recall_content_get_visible(self->content),
    };

    recall_blinds_note_secrets(self->parts.blinds, self->xid,
                               recall_content_get_n_secrets(self->content), self->seen_us);
    recall_frame_get_size(recall_watch_get_frame(self), &view.width_px, &view.height_px);
    return recall_scene_observe(self->scene, &view);
}

void
recall_watch_store(RecallWatch *self)
{
    uint64_t last_key = recall_scene_get_key(self->scene);
    RecallSceneChange change = observe(self);
    gboolean must_picture = get_picture_due_us(self) <= g_get_monotonic_time();

    if (change == RECALL_SCENE_NEW && last_key != 0 && self->stood_us != 0)
        recall_store_touch(self->parts.store, last_key, self->stood_us);
    if (change == RECALL_SCENE_NEW)
        self->stood_us = 0;
    self->stored_us = self->seen_us;
    take_back(self); /* the scene in hand is put after it */
    if (change != RECALL_SCENE_SAME || self->must_store || must_picture ||
        (self->is_partial && !recall_content_has_unread(self->content)))
        put_scene(self);
    else
        recall_store_touch(self->parts.store, recall_scene_get_key(self->scene), self->seen_us);
    await_rest(self);
}

static gboolean
on_partial(void *user_data)
{
    RecallWatch *self = user_data;

    self->partial_source = 0;
    recall_watch_store(self);
    return G_SOURCE_REMOVE;
}

void
recall_watch_await_partial(RecallWatch *self)
{
    self->partial_source = g_timeout_add(RECALL_WATCH_PARTIAL_MS, on_partial, self);
}

void
recall_watch_store_partial(RecallWatch *self)
{
    if (self->partial_source == 0)
        return;
    g_clear_handle_id(&self->partial_source, g_source_remove);
    recall_watch_store(self);
}

gboolean
recall_watch_is_read(const RecallWatch *self)
{
    return self->cancellable == NULL && self->start_source == 0 &&
           !pixman_region32_not_empty(&self->fresh) && !pixman_region32_not_empty(&self->moved);
}

void
recall_watch_go_on(RecallWatch *self, gboolean must_look)
{
    gboolean is_due = must_look ||
                      self->seen_us - self->stored_us >= RECALL_WATCH_END_INTERVAL_US ||
                      self->seen_us < self->stored_us;

    if (!self->is_held && recall_watch_is_read(self) &&
        recall_frame_get_pixels(recall_watch_get_frame(self)) != NULL &&
        recall_scene_get_key(self->scene) != 0 && (is_due || self->must_store))
        recall_watch_store(self);
}
