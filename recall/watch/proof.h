/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/text.h"

/* Whether secrets that an application told stand in the pixels where it told them. Its answer may
 * be of another layout than the pixels in hand, or its boxes may be guesses; then painting them
 * over hides nothing. So OCR reads there as well, and what it reads must resemble what was told.
 *
 * When some does not (a slanted line, faint letters), OCR reads the whole window. What is not
 * found elsewhere either stands between the lines above and below it that are where they were told:
 * all between those is hidden, without any everything. All boxes are window pixels. Pure. */

#define RECALL_PROOF_LETTERS_PERCENT 50 /* of the letters told have to be read */
/* Of a line by which others are placed: many look alike. */
#define RECALL_PROOF_STANDING_PERCENT 85

typedef struct RecallProof RecallProof;

RecallProof *recall_proof_new(void);
void recall_proof_free(RecallProof *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallProof, recall_proof_free)

/* @runs: of RecallRun: all those with secrets that the application told
 * @changed: where pixels changed: what was proven there is to be proven again */
void recall_proof_begin(RecallProof *self, const GPtrArray *runs, const pixman_region32_t *changed);

/* Where OCR has to read, whatever the application speaks for; borrowed. */
const pixman_region32_t *recall_proof_get_wanted(const RecallProof *self);

/* @runs: of RecallRun: what OCR read there
 * @visible: of the window: the rest of a run cannot be read */
void recall_proof_take(RecallProof *self, const GPtrArray *runs, const pixman_region32_t *visible);

/* Whether some is to be proven yet: nothing of the picture may be kept. */
gboolean recall_proof_is_pending(const RecallProof *self);

/* Ends that.
 * @runs: of RecallRun: what OCR read in all of the window
 * @told: of RecallRun: all that the application told */
void recall_proof_take_all(RecallProof *self,
                           const GPtrArray *runs,
                           const GPtrArray *told,
                           const pixman_region32_t *visible);

/* Adds to @hidden what of @visible may not be kept. */
void recall_proof_hide(const RecallProof *self,
                       const pixman_region32_t *visible,
                       pixman_region32_t *hidden);
