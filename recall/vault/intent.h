/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* What is about to be forgotten, as times and numbers of scenes, never content: written down before
 * the first byte goes, so that a forgetting that was begun is finished after a crash. */

#define RECALL_INTENT_MAX_BYTES (64 * 1024 * 1024) /* of one forgetting, as it is written down */
#define RECALL_INTENT_ID_BYTES 16
#define RECALL_INTENT_N_SCENES_UNKNOWN UINT64_MAX /* some of the weeks could not be looked into */

typedef enum {
    RECALL_FORGET_ALL,
    RECALL_FORGET_RANGE,
    RECALL_FORGET_APP,
    RECALL_FORGET_URL,
    RECALL_FORGET_QUERY,
    RECALL_FORGET_SCENE,
    RECALL_FORGET_QUOTA, /* by itself: the disk's share is used up */
    RECALL_FORGET_AGE,   /* by itself: older than wanted */
    RECALL_FORGET_N_KINDS,
} RecallForgetKind;

/* "all", "range", ... for receipts and the command line. */
const char *recall_forget_kind_name(RecallForgetKind kind);

/* Of one week. */
typedef struct {
    int week;
    gboolean is_whole;
    GArray *rows; /* of uint32_t, each once; empty when whole */
} RecallIntentWeek;

typedef struct {
    uint8_t id[RECALL_INTENT_ID_BYTES];
    RecallForgetKind kind;
    int64_t at_us;     /* when it was asked for */
    uint64_t n_scenes; /* or RECALL_INTENT_N_SCENES_UNKNOWN */
    int64_t from_us;   /* of the oldest scene, 0 when there is none */
    int64_t until_us;  /* end of the newest */
    GPtrArray *weeks;  /* of RecallIntentWeek, newest first */
    GArray *damaged;   /* of int: weeks whose files that were set aside go, too */
} RecallIntent;

RecallIntent *recall_intent_new(RecallForgetKind kind, int64_t at_us);
void recall_intent_free(RecallIntent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallIntent, recall_intent_free)

/* @rows: (transfer full) (nullable): NULL for the whole week */
void recall_intent_add_week(RecallIntent *self, int week, GArray *rows);

gboolean recall_intent_is_empty(const RecallIntent *self);

/* By itself. */
gboolean recall_intent_is_automatic(const RecallIntent *self);

GBytes *recall_intent_pack(const RecallIntent *self);
/* @error: G_IO_ERROR_INVALID_DATA */
RecallIntent *recall_intent_parse(GBytes *bytes, GError **error);

/* The file in the history's folder: one for what a person asked for, one for what goes by itself,
 * because that goes on while the other one waits for the history to be unlocked. */
gboolean recall_intent_save(const RecallIntent *self, const char *folder, GError **error);
/* Returns: (transfer full): NULL without @error when there is none */
RecallIntent *recall_intent_load(const char *folder, gboolean is_automatic, GError **error);
gboolean recall_intent_is_saved(const char *folder, gboolean is_automatic);
/* Overwritten, too. */
void recall_intent_destroy(const char *folder, gboolean is_automatic);
