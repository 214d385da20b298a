/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/frame.h"
#include "recall/watch/text.h"

/* Which of the words that were told in one place are not there, by what OCR read. All boxes are
 * window pixels. Pure. */

#define RECALL_UNDER_N_WORDS_MAX 4096 /* around one place */

typedef struct {
    RecallRun *run; /* owned */
    BaseRect box;
} RecallUnderWord;

/* Where a word's letters stand, whatever its line's leading and the guess at its ends. */
BaseRect recall_under_get_core(const BaseRect *box);

/**
 * recall_under_find:
 * @told: of RecallRun
 * @area: where words are told that lie across each other, and OCR has read all
 * @read: of RecallRun
 *
 * Returns: (transfer full): of RecallUnderWord: those of @told that are not shown: they were not
 *   read, and others that they lie across were; and around those, up to where something else
 *   stands, what is a part of such a line, or told where nothing is
 */
GArray *recall_under_find(const GPtrArray *told,
                          const BaseRect *area,
                          RecallFrame *frame,
                          const GPtrArray *read);
