/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/result.h"
#include "recall/vault/vault.h"

/* A search over all segments, newest first or the most relevant first, in slices: between two of
 * them the store appends and serves other searches. */

#define RECALL_SEARCH_LIMIT_DEFAULT 20
#define RECALL_SEARCH_LIMIT_MAX 1000 /* results of one page */
/* A slice ends at the next scene after so long. What happens inside SQLite's index cannot be
 * interrupted: it takes about 1 ms for a week of 20 000 scenes, 10 ms for a prefix. */
#define RECALL_SEARCH_SLICE_US 8000
/* Texts that one page reads to tell C++ from C; after so many the page ends early. */
#define RECALL_SEARCH_N_CHECKS_MAX 10000

typedef struct {
    unsigned limit; /* 1 to RECALL_SEARCH_LIMIT_MAX */
    gboolean is_best;
    gboolean is_plain;  /* no snippet, marks and words */
    gboolean is_exact;  /* the query as it stands: nothing nearest when nothing has it */
    const char *cursor; /* the following (nullable) */
    const char *since;
    const char *until;
    const char *app;
    const char *url;
    const RecallTimeRange *range; /* in place of since and until */
} RecallSearchOptions;

typedef struct RecallSearch RecallSearch;

/**
 * recall_search_new:
 * @query: not terminated; every string is valid
 * @now: also says the person's time zone; on a following page the first page's time is used
 * @error: G_IO_ERROR_INVALID_ARGUMENT: the cursor, since or until cannot be read
 */
RecallSearch *recall_search_new(const char *query,
                                size_t length_bytes,
                                const RecallSearchOptions *options,
                                GDateTime *now,
                                GError **error);
void recall_search_free(RecallSearch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallSearch, recall_search_free)

/**
 * recall_search_run_slice:
 * @out_results: of RecallResult: appended, in order
 * @error: G_IO_ERROR_CANCELLED; else what a segment failed with. A segment that is damaged or
 *   cannot be read is left out and is no error
 *
 * On the store's thread, one call at a time, until recall_search_is_done().
 */
gboolean recall_search_run_slice(RecallSearch *self,
                                 RecallVault *vault,
                                 GCancellable *cancellable,
                                 GPtrArray *out_results,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean recall_search_is_done(const RecallSearch *self);

/* Returns: (transfer full) (nullable): where the next page begins, once done; NULL after the last.
 * Scenes that come meanwhile are on no following page. */
char *recall_search_dup_cursor(const RecallSearch *self);

/* Weeks that were left out because they cannot be read. Returns: (transfer none): of int */
const GArray *recall_search_get_unreadable(const RecallSearch *self);

/* Once done. Returns: (transfer full) (nullable): for the person: of how many weeks of the time in
 * question not all can be read, and how the query was read where it may be meant otherwise, such as
 * text that is also a time */
char *recall_search_dup_note(const RecallSearch *self);
