/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/text.h"

/* Pixels that show secrets: until they change, whatever is told of them later. A dialog may lie
 * over half of a card number, so that what is left reads like any other; an application may tell
 * where it has scrolled to, while the pixels in hand are of before. All regions are window pixels.
 * Pure. */

#define RECALL_STAINS_N_MAX 1024 /* beyond it the oldest is forgotten */

typedef struct RecallStains RecallStains;

RecallStains *recall_stains_new(void);
void recall_stains_free(RecallStains *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallStains, recall_stains_free)

/* @changed: other pixels than before
 * @gone: initialised; stains that were there are added */
void
recall_stains_wash(RecallStains *self, const pixman_region32_t *changed, pixman_region32_t *gone);

/* A run that stands in @runs as it did when its stain was added is judged again: that goes. */
void recall_stains_judge(RecallStains *self, const GPtrArray *runs);

/* @letters: where its secret stands
 * @hidden: the same with a margin, for what may not be kept of the picture */
void recall_stains_add(RecallStains *self,
                       RecallRun *run,
                       const pixman_region32_t *letters,
                       const pixman_region32_t *hidden);

/* The next part of @run, from byte @at on, whose words stand in a stain.
 * Returns: FALSE when there is none */
gboolean recall_stains_find(const RecallStains *self,
                            RecallRun *run,
                            uint32_t at,
                            uint32_t *out_start,
                            uint32_t *out_end);

/* Adds to @hidden what they hide. */
void recall_stains_hide(const RecallStains *self, pixman_region32_t *hidden);
