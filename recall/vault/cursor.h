/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* Where the next page of a search begins. It goes through other programs as text, so it is read
 * with suspicion. */
typedef struct {
    gboolean is_best;
    unsigned attempt;   /* the understanding of the query that found something */
    int64_t now_us;     /* of the first page */
    int64_t before_id;  /* only scenes with smaller numbers */
    unsigned n_to_skip; /* of the most relevant ones */
} RecallCursor;

#define RECALL_CURSOR_ATTEMPT_MAX 7
#define RECALL_CURSOR_N_TO_SKIP_MAX 100000

char *recall_cursor_to_text(const RecallCursor *self);

/* @error: G_IO_ERROR_INVALID_ARGUMENT */
gboolean recall_cursor_from_text(const char *text,
                                 RecallCursor *out,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
