/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/recorder.h"

#define SIDE_MIN_PX 8      /* smaller windows show nothing that could be read */
#define DIALOG_DEPTH_MAX 4 /* dialogs of dialogs, up to their window */

struct RecallRecorder {
    RecallWatchParts parts;
    GHashTable *watches; /* xid to RecallWatch */
};

RecallRecorder *
recall_recorder_new(const RecallWatchParts *parts)
{
    RecallRecorder *self = g_new0(RecallRecorder, 1);

    self->parts = *parts;
    self->watches = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)recall_watch_free);
    return self;
}

void
recall_recorder_free(RecallRecorder *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->watches);
    g_free(self);
}

void
recall_recorder_reset(RecallRecorder *self)
{
    g_hash_table_remove_all(self->watches);
}

void
recall_recorder_store_again(RecallRecorder *self)
{
    GHashTableIter iter;
    void *watch;

    g_hash_table_iter_init(&iter, self->watches);
    while (g_hash_table_iter_next(&iter, NULL, &watch))
        recall_watch_store_again(watch);
}

void
recall_recorder_tell_ends(RecallRecorder *self, int64_t at_us)
{
    GHashTableIter iter;
    void *watch;

    g_hash_table_iter_init(&iter, self->watches);
    while (g_hash_table_iter_next(&iter, NULL, &watch))
        recall_watch_tell_end(watch, at_us);
}

static gboolean
may_be_remembered(const RecallWindow *window)
{
    return window->rect.width >= SIDE_MIN_PX && window->rect.height >= SIDE_MIN_PX &&
           window->rect.width <= PROTOCOL_SCENE_SIDE_MAX_PX &&
           window->rect.height <= PROTOCOL_SCENE_SIDE_MAX_PX;
}

/* The window of the same program that @window says to be a dialog of, or NULL. */
static const RecallWindow *
find_dialog_owner(const RecallWindow *window, const GPtrArray *windows)
{
    if (window->kind != RECALL_WINDOW_DIALOG || window->transient_for == 0 || window->pid == 0)
        return NULL;
    for (unsigned i = 0; i < windows->len; i++) {
        const RecallWindow *other = windows->pdata[i];

        if (other->pid == window->pid && *other->app != '\0' &&
            (other->xid == window->transient_for || other->frame_xid == window->transient_for))
            return other;
    }
    return NULL;
}

/* A menu has no class of its own, and a dialog may have another than its program's windows: they
 * belong to the application of their owner. */
static const char *
find_app(const RecallWindow *window, const GPtrArray *windows)
{
    for (unsigned depth = 0; depth < DIALOG_DEPTH_MAX; depth++) {
        const RecallWindow *owner = find_dialog_owner(window, windows);

        if (owner == NULL)
            break;
        window = owner;
    }
    for (unsigned i = 0; *window->app == '\0' && i < windows->len; i++) {
        const RecallWindow *other = windows->pdata[i];

        if (other->xid != window->xid && *other->app != '\0' &&
            (other->xid == window->owner_xid || (window->pid != 0 && other->pid == window->pid)))
            return other->app;
    }
    return window->app;
}

static RecallWatch *
get_watch(RecallRecorder *self, uint32_t xid)
{
    RecallWatch *watch = g_hash_table_lookup(self->watches, GUINT_TO_POINTER(xid));

    if (watch == NULL && g_hash_table_size(self->watches) < RECALL_RECORDER_N_WATCHES_MAX) {
        watch = recall_watch_new(&self->parts, xid);
        g_hash_table_insert(self->watches, GUINT_TO_POINTER(xid), watch);
    }
    return watch;
}

static gboolean
is_shut(const RecallRecorder *self, uint32_t xid)
{
    return recall_blinds_get(self->parts.blinds, xid) == RECALL_BLINDS_SHUT;
}

/* Before anything else of a moment: nothing more of them is stored. */
static void
shut_watches(RecallRecorder *self, const GPtrArray *windows)
{
    for (unsigned i = 0; i < windows->len; i++) {
        uint32_t xid = ((const RecallWindow *)windows->pdata[i])->xid;
        RecallWatch *watch = g_hash_table_lookup(self->watches, GUINT_TO_POINTER(xid));

        if (watch != NULL && is_shut(self, xid))
            recall_watch_shut(watch);
    }
}

static gboolean
is_long_hidden(const RecallWatch *watch, gboolean is_crowded)
{
    int64_t hidden_us = recall_watch_get_hidden_us(watch);

    return hidden_us != 0 &&
           (is_crowded || g_get_monotonic_time() - hidden_us > RECALL_RECORDER_HIDDEN_MAX_US);
}

/* Watches whose window is not in @visible are hidden; those hidden for long are dropped. */
static void
hide_others(RecallRecorder *self, GHashTable *visible, int64_t at_us)
{
    gboolean is_crowded = g_hash_table_size(self->watches) > RECALL_RECORDER_N_WATCHES_MAX / 2;
    GHashTableIter iter;
    void *xid;
    void *watch;

    g_hash_table_iter_init(&iter, self->watches);
    while (g_hash_table_iter_next(&iter, &xid, &watch)) {
        if (g_hash_table_contains(visible, xid))
            continue;
        recall_watch_hide(watch, at_us);
        if (is_long_hidden(watch, is_crowded))
            g_hash_table_iter_remove(&iter);
    }
}

void
recall_recorder_observe(RecallRecorder *self, const RecallMoment *moment, RecallSense *sense)
{
    g_autoptr(GHashTable) visible = g_hash_table_new(NULL, NULL);

    recall_blinds_see(self->parts.blinds, moment->windows, moment->at_us);
    shut_watches(self, moment->windows);
    for (unsigned i = 0; i < moment->windows->len; i++) {
        RecallWindow *window = moment->windows->pdata[i];

        if (!is_shut(self, window->xid) && may_be_remembered(window) &&
            pixman_region32_not_empty(&window->painted))
            g_hash_table_add(visible, GUINT_TO_POINTER(window->xid));
    }
    hide_others(self, visible, moment->at_us);
    for (unsigned i = 0; i < moment->windows->len; i++) {
        RecallWindow *window = moment->windows->pdata[i];
        RecallWatch *watch = g_hash_table_contains(visible, GUINT_TO_POINTER(window->xid))
                                 ? get_watch(self, window->xid)
                                 : NULL;

        if (watch != NULL)
            recall_watch_see(watch, window, find_app(window, moment->windows), moment, sense);
    }
}

int64_t
recall_recorder_lag_us(RecallRecorder *self)
{
    int64_t oldest_us = 0;
    GHashTableIter iter;
    void *watch;

    g_hash_table_iter_init(&iter, self->watches);
    while (g_hash_table_iter_next(&iter, NULL, &watch)) {
        int64_t behind_us = recall_watch_get_behind_us(watch);

        if (behind_us != 0 && (oldest_us == 0 || behind_us < oldest_us))
            oldest_us = behind_us;
    }
    return oldest_us != 0 ? g_get_monotonic_time() - oldest_us : 0;
}
