/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/worker.h"
#include "recall/watch/blinds.h"
#include "recall/watch/sense.h"
#include "recall/watch/store.h"
#include "recall/watch/text-a11y.h"
#include "recall/watch/text-ocr.h"

/* The watch over one window: its frame, what is being read of it, and its scene. Windows are
 * watched side by side: one whose application hangs keeps no other waiting. Main thread. */

/* Between the starts of two readings of a window: what stands for a second must be read within it,
 * and reading takes its own time. Typing can wait longer than a page that was turned. */
#define RECALL_WATCH_SMALL_INTERVAL_MS 700
#define RECALL_WATCH_LARGE_INTERVAL_MS 250
#define RECALL_WATCH_PARTIAL_MS 500 /* what was told waits so long for what OCR reads beside it */
#define RECALL_WATCH_READING_MAX_MS 10000 /* then it is given up and begun anew */
#define RECALL_WATCH_UNDECIDED_MIN_MS                                                              \
    300                                     /* until what may not be kept yet is read again: first \
                                             */
#define RECALL_WATCH_UNDECIDED_MAX_MS 20000 /* ... and, as it cannot be decided, at last */
#define RECALL_WATCH_LARGE_AREA_PX (256 * 256)
#define RECALL_WATCH_N_MOVING_MAX 4    /* moments without rest: then what moves is read, too */
#define RECALL_WATCH_LATE_MS 300       /* until it is asked again that told what stood elsewhere */
#define RECALL_WATCH_N_LATE_MAX 3      /* times one after the other */
#define RECALL_WATCH_BUSY_MIN_MS 1000  /* what does not come to rest is sampled: at first ... */
#define RECALL_WATCH_BUSY_MAX_MS 16000 /* ... and, while it brings no text, at the slowest */
#define RECALL_WATCH_END_INTERVAL_US                                                               \
    ((int64_t)10 * G_USEC_PER_SEC)             /* the end of what stays moves */
#define RECALL_WATCH_PICTURE_INTERVAL_MS 15000 /* a picture that changes beside unchanged text */

/* The parts that all watches use; they outlive every watch. */
typedef struct {
    RecallA11y *a11y;
    RecallOcr *ocr;
    RecallStore *store;
    BaseWorker *encoder;  /* codes the pixels of tiles */
    RecallBlinds *blinds; /* say what may be kept */
    /* @error: why pixels could not be read, NULL when they could again */
    void (*on_read)(const GError *error, void *user_data);
    void *user_data;
} RecallWatchParts;

typedef struct RecallWatch RecallWatch;

RecallWatch *recall_watch_new(const RecallWatchParts *parts, uint32_t xid);

/* Cancels what is under way. */
void recall_watch_free(RecallWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallWatch, recall_watch_free)

/**
 * recall_watch_see:
 * @window: as it is now, visible at least in part
 * @app: of @window, or of the window that it belongs to
 *
 * Grabs what @moment changed of it and starts to read what is worth it. A failed grab is
 * not an error: the next moment brings it again.
 */
void recall_watch_see(RecallWatch *self,
                      RecallWindow *window,
                      const char *app,
                      const RecallMoment *moment,
                      RecallSense *sense);

/* It may not be looked at: what is in hand and not stored goes. */
void recall_watch_shut(RecallWatch *self);

/* Nothing of it is visible any more: its pixels are dropped, its scene waits for its return. */
void recall_watch_hide(RecallWatch *self, int64_t at_us);

/* What it shows has stood until @at_us (wall clock): the store is told. */
void recall_watch_tell_end(RecallWatch *self, int64_t at_us);

/* What it shows is stored again though it is the same: at once, or when it is visible again. */
void recall_watch_store_again(RecallWatch *self);

/* Monotonic time since when something seen is not yet stored, or 0. */
int64_t recall_watch_get_behind_us(const RecallWatch *self);

/* Monotonic time at which it was hidden, or 0 while it is visible. */
int64_t recall_watch_get_hidden_us(const RecallWatch *self);
