/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/text.h"

/* Turns what is read from one window, again and again, into scenes. Pure: no clock, no display.
 *
 * A scene grows while nothing is lost: typing adds to it, a page that loads fills it. As soon as
 * something goes that stood for RECALL_SCENE_STOOD_US or more, the scene is left as it last was,
 * with its picture, and a new one begins, so that whatever stood is found and can be marked.
 * A line that a scene of the window that ended just before holds may go without that: a terminal
 * that prints makes one scene for a screenful, not one for a line.
 *
 * A line whose letters stay and whose digits or signs tick in place (a clock, a counter, a progress
 * bar) leaves its old values in the scene, behind its text and without a picture of their own,
 * until there are RECALL_SCENE_N_PAST_MAX. */

#define RECALL_SCENE_STOOD_US 900000    /* a second, less the time it takes to notice */
#define RECALL_SCENE_ARCHIVE_N_MAX 4096 /* lines of earlier scenes that are remembered */
#define RECALL_SCENE_ARCHIVE_MAX_US (120 * G_USEC_PER_SEC) /* ... for so long after their end */
#define RECALL_SCENE_TICK_MAX_US 5000000                   /* what stood longer does not tick */
#define RECALL_SCENE_N_PAST_MAX 64
#define RECALL_SCENE_RETURN_MAX_US (10 * 60 * G_USEC_PER_SEC) /* same content, same scene */
#define RECALL_SCENE_LENGTH_MAX_US                                                                 \
    (30 * 60 * G_USEC_PER_SEC) /* then the same goes on as a new one */

typedef struct RecallScene RecallScene;

typedef enum {
    RECALL_SCENE_SAME,  /* only the end moves */
    RECALL_SCENE_GROWN, /* same key, more content */
    RECALL_SCENE_NEW,   /* a new key */
} RecallSceneChange;

/* What is known of the window at one instant; borrowed for the call. */
typedef struct {
    int64_t at_us;      /* wall clock, microseconds since the epoch */
    int64_t changed_us; /* likewise: since when what is new in it may have stood, or 0 for @at_us */
    const char *app;
    const char *title;
    const char *url;  /* or NULL */
    const char *file; /* or NULL */
    const char *actor;
    GPtrArray *runs;          /* of RecallRun: all that was read, of the visible part */
    const GPtrArray *secrets; /* or NULL: of char *: no line of before that begins one is kept */
    const pixman_region32_t *visible; /* window pixels: runs of the last view outside it are kept */
    uint32_t width_px;
    uint32_t height_px;
} RecallSceneView;

RecallScene *recall_scene_new(void);
void recall_scene_free(RecallScene *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallScene, recall_scene_free)

/* @view->at_us may go back (the clock was set): a new scene begins. */
RecallSceneChange recall_scene_observe(RecallScene *self, const RecallSceneView *view);

/* The scene's key, 0 before the first view. */
uint64_t recall_scene_get_key(const RecallScene *self);

/* Whether anything was read: a window without words is kept too, once, for its picture. */
gboolean recall_scene_has_text(const RecallScene *self);

/* Returns: (transfer full): the scene in hand, without tiles */
ProtocolScene *recall_scene_dup_value(const RecallScene *self);
