/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-read.h"

/* Documents that a browser's window shows beside its page, or within it: they have addresses of
 * their own. */

#define RECALL_A11Y_N_PARTS_MAX 256 /* of one reading; the addresses of more are not known */

/* @nodes: of the window, SHOWING, with boxes and with their parents known
 * @page: (nullable): the page in front, which is none of them
 * @key: what the browser calls a document's address */
void recall_a11y_parts_add(RecallA11yReading *reading,
                           GPtrArray *nodes,
                           const RecallA11yNode *page,
                           const char *key);
