/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/segment.h"
#include "recall/vault/snippet.h"

/* One scene that a search found. */
typedef struct {
    int64_t id;
    int64_t start_us;
    int64_t end_us;
    ProtocolSource source;
    char *app;
    char *title;
    char *url;
    char *file;
    char *actor;
    RecallSnippet *snippet; /* NULL in a timeline, as the next two */
    GArray *words;          /* of RecallWord */
    GPtrArray *word_texts;  /* of char *, one for each of @words */
} RecallResult;

void recall_result_free(RecallResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallResult, recall_result_free)

/* What a scene must be beyond what the index tells, and what is wanted of it. */
typedef struct {
    const RecallQuery *query;
    RecallReading reading;
    RecallTimeRange range;
    gboolean needs_literals;
    gboolean is_plain; /* no snippet and words */
} RecallResultDemand;

/* @out_result: (transfer full): NULL when the scene of that row is gone or does not meet @demand */
gboolean recall_result_load(RecallSegment *segment,
                            int64_t row,
                            const RecallResultDemand *demand,
                            RecallResult **out_result,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
