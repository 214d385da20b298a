/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/text.h"

/* Whether secrets that an application told stand in the pixels where it told them. Its answer may
 * be of another layout than the pixels in hand, or its boxes may be guesses; then painting them
 * over hides nothing. So OCR reads there as well, and what it reads must resemble what was told.
 * All boxes are window pixels. Pure. */

#define RECALL_PROOF_LETTERS_PERCENT 50 /* of the letters told have to be read */

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

/* FALSE: nothing of the picture may be kept. */
gboolean recall_proof_stands(const RecallProof *self);
