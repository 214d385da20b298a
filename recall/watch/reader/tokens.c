/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/tokens.h"

GArray *
reader_tokens_find(const ReaderCells *cells)
{
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(ReaderToken));
    ReaderToken token = {0};

    while (reader_cells_next_token(cells, token.end, &token))
        g_array_append_val(tokens, token);
    return tokens;
}

static const ReaderToken *
get(const GArray *self, unsigned i)
{
    return &g_array_index(self, ReaderToken, i);
}

unsigned
reader_tokens_count_cells(const GArray *self)
{
    unsigned n = 0;

    for (unsigned i = 0; i < self->len; i++)
        n += get(self, i)->end - get(self, i)->start;
    return n;
}

/* @is_taken: for each of them. Returns: (transfer full) */
static GArray *
copy_taken(const GArray *self, const gboolean *is_taken)
{
    GArray *taken = g_array_new(FALSE, FALSE, sizeof(ReaderToken));

    for (unsigned i = 0; i < self->len; i++)
        if (is_taken[i])
            g_array_append_vals(taken, get(self, i), 1);
    return taken;
}

GArray *
reader_tokens_choose(const GArray *self,
                     const ReaderGlyphs *glyphs,
                     const ReaderCells *cells,
                     unsigned first,
                     unsigned n_cells_min)
{
    g_autofree gboolean *is_taken = g_new0(gboolean, self->len);
    g_autoptr(GArray) unknown = NULL;
    unsigned n;

    for (unsigned i = 0; i < self->len; i++)
        is_taken[i] = !reader_glyphs_knows(glyphs, cells, get(self, i));
    unknown = copy_taken(self, is_taken);
    n = reader_tokens_count_cells(unknown);
    for (unsigned i = 0; i < self->len && n < n_cells_min; i++) {
        unsigned next = (first + i) % self->len;

        if (!is_taken[next])
            n += get(self, next)->end - get(self, next)->start;
        is_taken[next] = TRUE;
    }
    return copy_taken(self, is_taken);
}

GArray *
reader_tokens_find_stretches(const GArray *self,
                             const ReaderGlyphs *glyphs,
                             const ReaderCells *cells)
{
    GArray *stretches = g_array_new(FALSE, FALSE, sizeof(ReaderToken));
    unsigned end = 0; /* of the last one */

    for (unsigned i = 0; i < self->len; i++) {
        ReaderToken stretch = {get(self, i > 0 ? i - 1 : 0)->start,
                               get(self, MIN(i + 1, self->len - 1))->end};

        if (reader_glyphs_knows(glyphs, cells, get(self, i)))
            continue;
        if (stretches->len > 0 && stretch.start < end)
            g_array_index(stretches, ReaderToken, stretches->len - 1).end = stretch.end;
        else
            g_array_append_val(stretches, stretch);
        end = stretch.end;
    }
    return stretches;
}
