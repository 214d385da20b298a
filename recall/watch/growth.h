/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/text.h"

/* Which runs grow because somebody types, told from one view of a window to the next. What a
 * program shows at once, many lines or a new page, be it one line, does not. Pure. */

#define RECALL_GROWTH_REST_US ((int64_t)10 * G_USEC_PER_SEC) /* without growing: it is over */
#define RECALL_GROWTH_N_MAX 32 /* runs; beyond it the view is a new page, nobody types */

typedef struct RecallGrowth RecallGrowth;

RecallGrowth *recall_growth_new(void);
void recall_growth_free(RecallGrowth *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallGrowth, recall_growth_free)

/* @runs: of RecallRun: the view now; it is compared with the last one that was remembered
 * @now_us: monotonic */
void recall_growth_note(RecallGrowth *self, const GPtrArray *runs, int64_t now_us);
void recall_growth_remember(RecallGrowth *self, GPtrArray *runs);

/* Returns: (nullable) (transfer none): of the view that was remembered what stood there */
const RecallRun *recall_growth_find_before(const RecallGrowth *self, const RecallRun *run);

/* @out_end_bytes: where in @text what was added ends
 * Returns: FALSE when it does not grow */
gboolean
recall_growth_find_end(const RecallGrowth *self, const char *text, uint32_t *out_end_bytes);

/* Monotonic time at which @text has rested, 0 when it does not grow; and when the first of all
 * texts has, INT64_MAX when none grows. */
int64_t recall_growth_get_rest_us(const RecallGrowth *self, const char *text);
int64_t recall_growth_get_first_rest_us(const RecallGrowth *self);

/* Bytes that two texts begin with, and that they end with behind the first @n_start. */
size_t recall_growth_count_start(const char *a, const char *b);
size_t recall_growth_count_end(const char *a, const char *b, size_t n_start);
