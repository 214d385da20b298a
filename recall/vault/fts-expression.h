/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/query.h"

/* A query as an expression for FTS5's MATCH over the table of recall/vault/schema.h: made of tokens
 * alone, never of what was typed. Pure; any thread. */

/* Returns: (transfer full) (nullable): NULL when there is nothing to look up */
char *recall_fts_expression_make(const RecallQuery *query, RecallReading reading);

/* What must not match, when nothing must: for a query of only negative words. Returns: likewise */
char *recall_fts_expression_make_negative(const RecallQuery *query);
