/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/greys.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define N_PIXELS 600

/* Flat stretches of all lengths and places, and noise between them. */
static void
draw(uint8_t *grey)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);

    for (int i = 0; i < N_PIXELS; i++)
        grey[i] = i % 37 < i / 20 ? 200 : g_rand_int_range(random, 0, 256);
}

static void
test_each_pixel_counts_once(void **state)
{
    uint8_t grey[N_PIXELS];

    draw(grey);
    for (size_t start = 0; start < 20; start++)
        for (size_t n = 0; n < N_PIXELS - start; n += 7) {
            uint32_t counts[READER_GREYS_N] = {[3] = 5};
            uint32_t expected[READER_GREYS_N] = {[3] = 5};

            for (size_t i = 0; i < n; i++)
                expected[grey[start + i]]++;
            reader_greys_count(grey + start, n, counts);
            assert_memory_equal(counts, expected, sizeof counts);
        }
}

static void
test_the_commonest(void **state)
{
    uint32_t counts[READER_GREYS_N] = {0};

    assert_int_equal(reader_greys_commonest(counts), 0);
    counts[255] = 3;
    assert_int_equal(reader_greys_commonest(counts), 255);
    counts[7] = 3;
    assert_int_equal(reader_greys_commonest(counts), 7);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_pixel_counts_once),
        cmocka_unit_test(test_the_commonest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
