/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/text.h"

/* Columns of passwords. Their head says what they are; while the list is scrolled the head goes and
 * the column stays. So it is noted where one stands and what is in it. What follows on a value that
 * was seen in it belongs to it; when none is in view any more (it was scrolled far) so do words
 * that stand below each other there and are of letters and digits for the most part. Pure. */

#define RECALL_COLUMNS_N_MAX 16          /* of more the last are not noted */
#define RECALL_COLUMNS_N_VALUES_MAX 2048 /* of one; then all are forgotten */
#define RECALL_COLUMNS_GONE_US                                                                     \
    ((int64_t)60 * G_USEC_PER_SEC) /* without a value in view: it is forgotten                     \
                                    */

typedef struct RecallColumns RecallColumns;

RecallColumns *recall_columns_new(void);
void recall_columns_free(RecallColumns *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallColumns, recall_columns_free)

/* Another page: all are forgotten. */
void recall_columns_clear(RecallColumns *self);

/* @runs: of RecallRun: the view
 * @found: of PolicySecretRange: what stands in a column is added, unsorted */
void recall_columns_find(const RecallColumns *self, const GPtrArray *runs, GArray *found);

/* @found: of PolicySecretRange: what is secret in the view
 * @now_us: monotonic */
void recall_columns_note(RecallColumns *self,
                         const GPtrArray *runs,
                         const GArray *found,
                         int64_t now_us);
