/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/frame.h"
#include "recall/watch/text.h"

/* Which of the words that an application told lie under others of its own: a page under its banner,
 * a list under a notice. Applications tell what is in a window, and not what lies above what.
 *
 * Where two different words are told in one place OCR reads it. Words are not shown when they were
 * not read and others that they lie across were; around those, also when nothing stands where they
 * were told. Two that are both read (one shines through), or neither, stay. All boxes are window
 * pixels. Pure. */

#define RECALL_LAYERS_N_PLACES_MAX 16
#define RECALL_LAYERS_N_PAIRS_MAX                                                                  \
    65536 /* of runs that lie across each other: more are not asked                                \
           */

typedef struct RecallLayers RecallLayers;

RecallLayers *recall_layers_new(void);
void recall_layers_free(RecallLayers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallLayers, recall_layers_free)

/* @told: of RecallRun: all that the application told
 * @changed: where pixels changed: what is known of a place there is to be asked again */
void
recall_layers_begin(RecallLayers *self, const GPtrArray *told, const pixman_region32_t *changed);

/* Where OCR has to read, whatever the application speaks for; empty: nowhere. Borrowed. */
const pixman_region32_t *recall_layers_get_wanted(const RecallLayers *self);

/* @read: (nullable): of RecallRun: what OCR read there; NULL: it cannot be read, so all of it stays
 * @left: what was not read yet: places there stay open */
void recall_layers_take(RecallLayers *self,
                        RecallFrame *frame,
                        const GPtrArray *read,
                        const pixman_region32_t *left);

/**
 * recall_layers_dup_shown:
 * @told: of RecallRun: some that were told, and any others
 * @masked: of RecallRun: the same without what may not be kept, in the same order
 *
 * Returns: (transfer full): of RecallRun: @masked without the words that are not shown, and without
 *   those of which it is not known yet
 */
GPtrArray *
recall_layers_dup_shown(const RecallLayers *self, const GPtrArray *told, const GPtrArray *masked);
