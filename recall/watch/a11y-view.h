/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/a11y-node.h"

/* A view shows a part of its text, which may be long. */

/**
 * recall_a11y_view_ask_text:
 * @view: like @node's box: what lies outside is of no interest
 * @out_base: (out): the characters of the node's text before those that are returned
 *
 * Returns: (transfer full) (nullable): the part of @node's text that is shown, and what lies
 * between
 */
char *recall_a11y_view_ask_text(RecallA11yLink *link,
                                const RecallA11yNode *node,
                                const BaseRect *view,
                                int *out_base);
