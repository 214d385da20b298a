/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect.h"
#include "recall/watch/text.h"

/* Takes the secrets out of one run, and tells which pixels show them. Pure. */

#define RECALL_MASK_TEXT "•••••" /* as long for each secret: it tells nothing */

/* The secrets of one run: by start, not overlapping. Borrowed. */
typedef struct {
    const PolicySecretRange *ranges;
    unsigned n;
} RecallMaskRanges;

/* Returns: (transfer full) */
char *recall_mask_dup_text(const char *text, const RecallMaskRanges *secrets);

/* Words that belong to the same secret become one.
 * Returns: (transfer full) */
RecallRun *recall_mask_dup_run(const RecallRun *run, const RecallMaskRanges *secrets);

/**
 * recall_mask_find_pixels:
 * @key_left: window pixels: where the lines of private keys begin that OCR read
 * @right_max: likewise: where something else begins beside the run
 * @letters: initialised; where the letters of @secret stand is added: all of the run where that is
 *   not certain
 * @hidden: initialised; the same with a margin, and with what OCR may have left out, is added
 */
void recall_mask_find_pixels(const RecallRun *run,
                             const PolicySecretRange *secret,
                             int key_left,
                             int right_max,
                             pixman_region32_t *letters,
                             pixman_region32_t *hidden);
