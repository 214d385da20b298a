/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/letters.h"

unsigned
recall_letters_fold(const char *text, gunichar *letters)
{
    unsigned n = 0;

    for (const char *at = text; *at != '\0' && n < RECALL_LETTERS_N_MAX;
         at = g_utf8_next_char(at)) {
        if (g_unichar_isalnum(g_utf8_get_char(at)))
            letters[n++] = g_unichar_tolower(g_utf8_get_char(at));
    }
    return n;
}

unsigned
recall_letters_count_common(const gunichar *a, unsigned n_a, const gunichar *b, unsigned n_b)
{
    unsigned row[RECALL_LETTERS_N_MAX + 1] = {0};

    for (unsigned i = 0; i < n_a; i++) {
        unsigned diagonal = 0;

        for (unsigned k = 0; k < n_b; k++) {
            unsigned above = row[k + 1];

            row[k + 1] = a[i] == b[k] ? diagonal + 1 : MAX(row[k + 1], row[k]);
            diagonal = above;
        }
    }
    return row[n_b];
}
