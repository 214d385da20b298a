/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/watch.h"

/* Hands every visible window of a moment to its watch. Main thread. */

#define RECALL_RECORDER_N_WATCHES_MAX 256 /* windows that are followed at once */
/* A window that is hidden for so long is forgotten. */
#define RECALL_RECORDER_HIDDEN_MAX_US (15 * 60 * G_USEC_PER_SEC)

typedef struct RecallRecorder RecallRecorder;

/* @parts: copied; what it points to outlives the recorder */
RecallRecorder *recall_recorder_new(const RecallWatchParts *parts);
void recall_recorder_free(RecallRecorder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallRecorder, recall_recorder_free)

void recall_recorder_observe(RecallRecorder *self, const RecallMoment *moment, RecallSense *sense);

/* Drops all that is in hand and not yet stored: the display is gone, or the person paused. */
void recall_recorder_reset(RecallRecorder *self);

/* Stores again what is shown: what was stored is in a vault that is not written to any more. */
void recall_recorder_store_again(RecallRecorder *self);

/* What is shown has stood until @at_us (wall clock): the store is told. */
void recall_recorder_tell_ends(RecallRecorder *self, int64_t at_us);

/* Age of the oldest thing seen and not yet handed to the store, 0 when there is none. */
int64_t recall_recorder_lag_us(RecallRecorder *self);
