/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-text.h"

/* Long words that a narrow box broke, wherever the lines of its neighbours end: a cell, a column, a
 * bubble of a chat. */

/* Returns: (transfer full): of PolicyPlace: only the lines of such blocks, joined where a word may
 * go on in the next line */
GArray *policy_detect_find_blocks(const PolicyDetectRun *runs, unsigned n_runs);
