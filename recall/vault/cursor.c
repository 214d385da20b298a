/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/cursor.h"

#define N_PARTS 5

char *
recall_cursor_to_text(const RecallCursor *self)
{
    return g_strdup_printf("%s-%u-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "-%u",
                           self->is_best ? "best" : "newest", self->attempt, self->now_us,
                           self->before_id, self->n_to_skip);
}

static gboolean
read_parts(char **parts, RecallCursor *out)
{
    static const uint64_t maxima[] = {RECALL_CURSOR_ATTEMPT_MAX, G_MAXINT64 / 2, G_MAXINT64,
                                      RECALL_CURSOR_N_TO_SKIP_MAX};
    uint64_t numbers[N_PARTS - 1] = {0};

    out->is_best = g_strcmp0(parts[0], "best") == 0;
    if (!out->is_best && g_strcmp0(parts[0], "newest") != 0)
        return FALSE;
    for (int i = 0; i < N_PARTS - 1; i++) {
        if (!g_ascii_string_to_unsigned(parts[i + 1], 10, 0, maxima[i], &numbers[i], NULL))
            return FALSE;
    }
    out->attempt = numbers[0];
    out->now_us = numbers[1];
    out->before_id = numbers[2];
    out->n_to_skip = numbers[3];
    return TRUE;
}

gboolean
recall_cursor_from_text(const char *text, RecallCursor *out, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, "-", N_PARTS);
    RecallCursor cursor = {0};

    if (g_strv_length(parts) == N_PARTS && read_parts(parts, &cursor)) {
        *out = cursor;
        return TRUE;
    }
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                        "The cursor is not one that a search gave");
    return FALSE;
}
