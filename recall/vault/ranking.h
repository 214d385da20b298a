/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/segment.h"
#include "recall/vault/slice.h"

/* The matches of a search, weighed (recall/vault/rank.h) and put into the order of their weight: a
 * bounded number of the newest. Store's thread. */

#define RECALL_RANKING_N_MAX 5000 /* the newest matches */

typedef struct RecallRanking RecallRanking;

RecallRanking *recall_ranking_new(void);
void recall_ranking_free(RecallRanking *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallRanking, recall_ranking_free)

/* For another expression. */
void recall_ranking_clear(RecallRanking *self);

/**
 * recall_ranking_weigh:
 * @fts: the same for all segments, which come newest first
 * @first: with @last: rows of the segment; the newest is weighed first
 * @out_is_complete: FALSE when it is full, or @slice ended before @first
 */
gboolean recall_ranking_weigh(RecallRanking *self,
                              RecallSegment *segment,
                              const char *fts,
                              int64_t first,
                              int64_t last,
                              const RecallSlice *slice,
                              gboolean *out_is_complete,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

unsigned recall_ranking_get_n(const RecallRanking *self);
gboolean recall_ranking_is_full(const RecallRanking *self);

/* Before it is sorted by @index as weighed, afterwards the heaviest first, of those that weigh the
 * same the newest. Returns: the number of a scene */
int64_t recall_ranking_get_id(const RecallRanking *self, unsigned index);
void recall_ranking_sort(RecallRanking *self);
