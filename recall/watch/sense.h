/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/window.h"

#include <gio/gio.h>

/* What the display tells us without being asked: damage, windows, input (that and when, never
 * which key), size. One X connection, owned here; everything on the main thread. No timer runs
 * while the screen is at rest. */

#define RECALL_SENSE_REST_MS 150        /* no damage for so long is rest */
#define RECALL_SENSE_MOMENT_MAX_MS 1000 /* from the first change to the moment, at the latest */

typedef struct RecallSense RecallSense;

typedef struct {
    int64_t at_us;           /* wall clock */
    int64_t first_change_us; /* wall clock of the first change that this moment covers */
    gboolean at_rest;   /* FALSE: the screen was still changing after RECALL_SENSE_MOMENT_MAX_MS */
    gboolean had_input; /* key, button or wheel since the last moment */
    BaseRect screen;    /* root window */
    GPtrArray *windows; /* of RecallWindow, topmost first, visible ones only */
    pixman_region32_t damage; /* root pixels; whole screen on the first moment and after a resize */
} RecallMoment;

typedef struct {
    /* @moment: borrowed for the call; its windows may be those of the moment before when nothing
     * happened to them. The next moment comes only after this returned. Do not free the
     * RecallSense from here. */
    void (*on_moment)(const RecallMoment *moment, void *user_data);
    /* The X server is gone (G_IO_ERROR_CONNECTION_CLOSED), or another agent took the display over
     * (G_IO_ERROR_BUSY). Free the RecallSense from an idle callback, not from here. */
    void (*on_lost)(const GError *error, void *user_data);
} RecallSenseEvents;

/**
 * recall_sense_new:
 * @display: as in $DISPLAY, or NULL for it
 * @error: G_IO_ERROR_CONNECTION_REFUSED when there is no such display now; G_IO_ERROR_BUSY when
 *   another agent watches it (a selection owner says so); G_IO_ERROR_NOT_SUPPORTED, naming the
 *   missing extension
 */
RecallSense *recall_sense_new(const char *display,
                              const RecallSenseEvents *events,
                              void *user_data,
                              GError **error);
void recall_sense_free(RecallSense *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallSense, recall_sense_free)

/* Paused: nothing is tracked or grabbed; leaving it is followed by a whole-screen moment. */
void recall_sense_set_paused(RecallSense *self, gboolean is_paused);

/* A whole-screen moment comes soon, as after a pause. */
void recall_sense_look_again(RecallSense *self);

/* Time since the last input, or -1 when none was seen yet. */
int64_t recall_sense_idle_us(const RecallSense *self);

/* Adds to @changed the root pixels that changed since the last moment began: what an application
 * tells of them now may be of after it. Waits for the server where anything changed. */
void recall_sense_add_changes(RecallSense *self, pixman_region32_t *changed);

/* Asks for a moment after @delay_ms though nothing may have changed (a retry is due). */
void recall_sense_wake(RecallSense *self, unsigned delay_ms);

/**
 * recall_sense_grab:
 * @rect: root pixels; cut to the screen
 * @pixels: @stride bytes a row, 32 bits a pixel, B G R X in memory
 *
 * Copies what the screen shows now (MIT-SHM; XGetImage where that is missing), about 1 ms a
 * megapixel. Within on_moment the pixels are those of the windows that the moment lists: where one
 * came, went or moved meanwhile, nothing is to be had. @error: G_IO_ERROR_FAILED for that, or when
 * the screen changed size: @pixels are of no use then, and @rect is damage of the next moment,
 * which comes soon.
 */
gboolean recall_sense_grab(RecallSense *self,
                           const BaseRect *rect,
                           uint8_t *pixels,
                           size_t stride,
                           GError **error);
