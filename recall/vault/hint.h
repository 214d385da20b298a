/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/query.h"

#define RECALL_HINT_TERM_MAX_CHARS 40 /* of one term that a hint names; the rest is left out */

/* A sentence for the person whose query was understood otherwise than it may be meant. Pure.
 * @reading: the one that something was found by
 * @is_fruitless: nothing at all was found
 * Returns: (transfer full) (nullable) */
char *recall_hint_make(const RecallQuery *query, RecallReading reading, gboolean is_fruitless);
