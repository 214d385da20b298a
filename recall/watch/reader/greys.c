/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/greys.h"

#include <string.h>

#define N_AT_ONCE 8
#define REPEATED UINT64_C(0x0101010101010101)

/* Most of a screen is of one grey for many pixels on end, and counting the same one again has to
 * wait until it was counted before. */
void
reader_greys_count(const uint8_t *grey, size_t n, uint32_t *counts)
{
    uint64_t eight;

    for (; n >= N_AT_ONCE; grey += N_AT_ONCE, n -= N_AT_ONCE) {
        memcpy(&eight, grey, sizeof eight);
        if (eight == grey[0] * REPEATED)
            counts[grey[0]] += N_AT_ONCE;
        else
            for (int i = 0; i < N_AT_ONCE; i++)
                counts[grey[i]]++;
    }
    for (size_t i = 0; i < n; i++)
        counts[grey[i]]++;
}

int
reader_greys_commonest(const uint32_t *counts)
{
    int commonest = 0;

    for (int i = 1; i < READER_GREYS_N; i++)
        if (counts[i] > counts[commonest])
            commonest = i;
    return commonest;
}
