/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LINE_US (40 * INT64_C(1000))

/* Reads lines without end from @now_us on. Returns: time spent over @seconds */
static int64_t
flood(ReaderBudget *budget, int64_t now_us, unsigned seconds, gboolean is_stable)
{
    int64_t end_us = now_us + seconds * G_USEC_PER_SEC;
    int64_t spent_us = 0;

    for (; now_us < end_us; now_us += LINE_US) {
        if (!reader_budget_allows(budget, now_us, is_stable))
            continue;
        reader_budget_take(budget, LINE_US);
        spent_us += LINE_US;
    }
    return spent_us;
}

static void
test_a_burst_is_free(void **state)
{
    ReaderBudget budget;

    reader_budget_init(&budget, 0);
    assert_true(reader_budget_allows(&budget, 0, FALSE));
    reader_budget_take(&budget, READER_BUDGET_BURST_US - READER_BUDGET_RESERVE_US);
    assert_false(reader_budget_allows(&budget, 0, FALSE));
    assert_true(reader_budget_allows(&budget, 0, TRUE));
    reader_budget_take(&budget, READER_BUDGET_RESERVE_US);
    assert_false(reader_budget_allows(&budget, 0, TRUE));
}

static void
test_a_flood_is_sampled(void **state)
{
    ReaderBudget budget;
    int64_t first_us;
    int64_t later_us;

    reader_budget_init(&budget, 0);
    first_us = flood(&budget, 0, 60, FALSE);
    later_us = flood(&budget, 60 * G_USEC_PER_SEC, 600, FALSE);
    assert_in_range(first_us, READER_BUDGET_BURST_US - READER_BUDGET_RESERVE_US,
                    READER_BUDGET_BURST_US - READER_BUDGET_RESERVE_US +
                        (int64_t)(61 * G_USEC_PER_SEC * READER_BUDGET_SHARE));
    assert_in_range(later_us, (int64_t)(590 * G_USEC_PER_SEC * READER_BUDGET_SHARE),
                    (int64_t)(610 * G_USEC_PER_SEC * READER_BUDGET_SHARE));
    /* and when it ends, the screen that stays can be read */
    assert_true(reader_budget_allows(&budget, 660 * G_USEC_PER_SEC, TRUE));
}

static void
test_fills_up_to_the_burst(void **state)
{
    ReaderBudget budget;

    reader_budget_init(&budget, 0);
    reader_budget_take(&budget, READER_BUDGET_BURST_US + G_USEC_PER_SEC);
    assert_false(reader_budget_allows(&budget, G_USEC_PER_SEC, TRUE));
    assert_true(reader_budget_allows(&budget, INT64_C(3600) * G_USEC_PER_SEC, FALSE));
    assert_int_equal(budget.left_us, READER_BUDGET_BURST_US);
    assert_true(reader_budget_allows(&budget, 0, FALSE)); /* a clock that jumps back */
    assert_int_equal(budget.left_us, READER_BUDGET_BURST_US);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_burst_is_free),
        cmocka_unit_test(test_a_flood_is_sampled),
        cmocka_unit_test(test_fills_up_to_the_burst),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
