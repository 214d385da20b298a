/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-read.h"

/* What a browser calls its tabs, bookmarks and lists of pages: titles of pages that are not in
 * front. */

#define RECALL_A11Y_N_NAMES_MAX 4096 /* of one reading */
#define RECALL_A11Y_NAMES_N_LOOKS_MAX 8

/* Asks what those of @nodes are called that are the browser's own and may name a page. Their
 * parents must be known where @reading is of a window that belongs to another, or they may be on a
 * card. */
void recall_a11y_names_add_own(RecallA11yReading *reading, GPtrArray *nodes);

/* Asks what stands in @document, a page of the browser itself. */
void recall_a11y_names_add_page(RecallA11yReading *reading, const RecallA11yNode *document);
