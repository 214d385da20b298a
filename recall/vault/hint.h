/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/query.h"

/* A sentence for the person whose query was understood otherwise than it may be meant. Pure.
 * @is_fruitless: nothing at all was found
 * Returns: (transfer full) (nullable) */
char *recall_hint_make(const RecallQuery *query, gboolean is_fruitless);
