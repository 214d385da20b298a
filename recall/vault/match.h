/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/query.h"

/* Where a query's words stand in a text, by the same rules as the index. Pure. */

#define RECALL_MATCH_N_HITS_MAX 1024 /* of one text */

typedef struct {
    uint32_t start_bytes;
    uint32_t end_bytes;
} RecallHit;

/* The words of @query that are looked for in @field.
 * Returns: (transfer full): of RecallHit, by start, not overlapping */
GArray *recall_match_find(const RecallQuery *query,
                          RecallReading reading,
                          RecallField field,
                          const char *text,
                          size_t length_bytes);

/* One scene's fields, by RecallField; RECALL_FIELD_ANY is not looked at, NULL is empty. */
typedef struct {
    const char *text;
    size_t length_bytes;
} RecallFieldText;

/* TRUE when each literal that must be there is in one of its fields, and none that must not. */
gboolean recall_match_literals(const RecallQuery *query,
                               RecallReading reading,
                               const RecallFieldText fields[RECALL_N_FIELDS]);
