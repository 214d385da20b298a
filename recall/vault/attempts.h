/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/query.h"

/* The ways to understand what a person typed, one after the other until something is found: the
 * strict query in each of its readings, then the loose one where it means another time. Pure; any
 * thread. */

#define RECALL_ATTEMPTS_N_MAX (2 * RECALL_N_READINGS)

typedef struct {
    RecallQuery *queries[2]; /* strict, and loose when that is another one, else NULL */
} RecallAttempts;

/* @query: not terminated; every string is valid
 * @app, @url: (nullable): what each of them wants besides */
void recall_attempts_init(RecallAttempts *self,
                          const char *query,
                          size_t length_bytes,
                          const char *app,
                          const char *url,
                          GDateTime *now);
void recall_attempts_clear(RecallAttempts *self);

/* Of attempt @index, which counts up to RECALL_ATTEMPTS_N_MAX. Returns: (transfer none)
 * (nullable): NULL: there is no such attempt */
const RecallQuery *recall_attempts_get_query(const RecallAttempts *self, unsigned index);
RecallReading recall_attempts_get_reading(unsigned index);

/* Returns: FALSE when there is no other way to understand the query */
gboolean recall_attempts_next(const RecallAttempts *self, unsigned *index);
