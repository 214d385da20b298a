/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/content.h"
#include "recall/watch/drafts.h"
#include "recall/watch/scene.h"
#include "recall/watch/watch.h"

/* What the parts of a watch share: seeing (watch.c), reading (watch-read.c) and storing
 * (watch-store.c). Nobody else includes this. */

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
    RecallDrafts *drafts;
    RecallContent *content;    /* without a frame while hidden */
    pixman_region32_t fresh;   /* window pixels: waits to be read */
    pixman_region32_t reading; /* is being read */
    pixman_region32_t moved;   /* waits to be read until the window has come to rest */
    unsigned n_moving;         /* moments without rest */
    unsigned n_late;           /* readings one after the other that told what stood elsewhere */
    GCancellable *cancellable; /* of the reading under way, NULL when there is none */
    unsigned start_source;
    unsigned busy_source;
    unsigned rest_source;    /* something is withheld, or a picture stale */
    unsigned partial_source; /* what was told is stored without what is being read by OCR */
    unsigned busy_interval_ms;
    gboolean is_sample;        /* the reading under way looks at what does not come to rest */
    gboolean is_picture_stale; /* pixels changed since it was stored */
    gboolean is_partial;       /* in the picture that was stored last unread parts are painted */
    gboolean must_store;       /* a label, a place, the vault changed: store even if no text did */
    int64_t stored_us;         /* wall clock of the moment that was stored last */
    int64_t seen_us;           /* wall clock of the last moment or reading */
    int64_t stood_us;          /* wall clock up to which the scene in hand stood for sure, or 0 */
    int64_t changed_us;        /* wall clock of the first change in @fresh, or 0 */
    int64_t reading_changed_us;
    int64_t behind_us; /* monotonic times from here on, 0: none */
    int64_t reading_behind_us;
    int64_t started_us;
    int64_t pictured_us;
    int64_t hidden_us;
};

RecallFrame *recall_watch_get_frame(const RecallWatch *self);

/* --- reading --- */

/* The first change is read at once, those that follow at most once in an interval. */
void recall_watch_schedule(RecallWatch *self);

/* Drops the reading under way and whatever waits to be read. */
void recall_watch_stop_reading(RecallWatch *self);

/* --- storing --- */

void recall_watch_store(RecallWatch *self);

/* What was told is stored without what OCR reads, when that takes long; and at once, so that it is
 * not lost when the reading by OCR is not waited for any more. */
void recall_watch_await_partial(RecallWatch *self);
void recall_watch_store_partial(RecallWatch *self);

gboolean recall_watch_is_read(const RecallWatch *self);

/* Whether something that was seen is still to be read, or to be kept. */
gboolean recall_watch_is_owed(const RecallWatch *self);

/* Nothing to read: the same content is shown on, perhaps under another title. */
void recall_watch_go_on(RecallWatch *self, gboolean must_look);
