/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Which run follows which on the screen. */
typedef struct {
    GArray *rows;     /* of PolicyPlace: row by row from above, each from the left */
    GArray *columns;  /* of PolicyPlace: each run followed by the one below it */
    GArray *told;     /* of PolicyPlace: what was not read by OCR as its program tells it: boxes of
                       * a view that is being laid out are wrong */
    gboolean is_same; /* every row is one run in one column: @columns tells nothing new */
} PolicyDetectLayout;

void
policy_detect_layout_init(PolicyDetectLayout *self, const PolicyDetectRun *runs, unsigned n_runs);
void policy_detect_layout_clear(PolicyDetectLayout *self);
