/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/suggest.h"

#include <string.h>

#define NAME_MAX_BYTES 32 /* longer words are not compared */
#define SLIPS_MAX 2       /* between a mistyped word and the one that is suggested */

/* Edit distance with swaps of neighbours, row by row. */
static int
count_slips(const char *a, const char *b)
{
    int rows[3][NAME_MAX_BYTES + 1];
    int n_b = (int)strlen(b);

    for (int j = 0; j <= n_b; j++)
        rows[0][j] = j;
    for (int i = 1; a[i - 1] != '\0'; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

        row[0] = i;
        for (int j = 1; j <= n_b; j++) {
            row[j] = MIN(above[j - 1] + (a[i - 1] != b[j - 1]), MIN(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = MIN(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[strlen(a) % 3][n_b];
}

const char *
app_suggest(const char *typed, const char *const *names)
{
    const char *best = NULL;
    int best_slips = SLIPS_MAX + 1;

    if (*typed == '\0' || strlen(typed) > NAME_MAX_BYTES)
        return NULL;
    for (; *names != NULL; names++) {
        int slips = strlen(*names) > NAME_MAX_BYTES ? best_slips : count_slips(typed, *names);

        if (strlen(typed) > 1 && g_str_has_prefix(*names, typed))
            slips = MIN(slips, 1);
        if (slips < best_slips && slips < (int)strlen(*names) - 1) {
            best = *names;
            best_slips = slips;
        }
    }
    return best;
}
