/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/clock-trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HOUR_US (INT64_C(3600) * G_USEC_PER_SEC)
#define DAY_US (24 * HOUR_US)
#define YEAR_US (365 * DAY_US)
#define NOW_US (INT64_C(1795392000) * G_USEC_PER_SEC)

static void
test_ahead_for_a_moment(void **state)
{
    RecallClockTrust trust = {0};

    assert_true(recall_clock_trust_look(&trust, NOW_US, 0, NOW_US));
    assert_true(recall_clock_trust_look(&trust, NOW_US + HOUR_US, HOUR_US, NOW_US));
    assert_false(recall_clock_trust_look(&trust, NOW_US + YEAR_US, 2 * HOUR_US, NOW_US));
    assert_false(recall_clock_trust_look(&trust, NOW_US + YEAR_US + HOUR_US, 3 * HOUR_US, NOW_US));
    assert_true(recall_clock_trust_look(&trust, NOW_US + 4 * HOUR_US, 4 * HOUR_US, NOW_US));
}

static void
test_ahead_for_good(void **state)
{
    RecallClockTrust trust = {0};

    assert_true(recall_clock_trust_look(&trust, NOW_US, 0, NOW_US));
    for (int64_t us = HOUR_US; us < HOUR_US + RECALL_CLOCK_SETTLE_US; us += HOUR_US)
        assert_false(recall_clock_trust_look(&trust, NOW_US + YEAR_US + us, us, NOW_US));
    assert_true(recall_clock_trust_look(&trust, NOW_US + YEAR_US + HOUR_US + RECALL_CLOCK_SETTLE_US,
                                        HOUR_US + RECALL_CLOCK_SETTLE_US, NOW_US));
}

/* A clock that is set back, summer time (which moves no clock), and a machine that slept for long.
 */
static void
test_what_is_no_jump_ahead(void **state)
{
    RecallClockTrust trust = {0};

    assert_true(recall_clock_trust_look(&trust, NOW_US, 0, 0));
    assert_true(recall_clock_trust_look(&trust, NOW_US - DAY_US, HOUR_US, 0));
    assert_true(recall_clock_trust_look(&trust, NOW_US - YEAR_US, 2 * HOUR_US, 0));
    assert_true(recall_clock_trust_look(&trust, NOW_US - YEAR_US + HOUR_US, 2 * HOUR_US, 0));
    assert_true(recall_clock_trust_look(&trust, NOW_US - YEAR_US + 90 * DAY_US,
                                        2 * HOUR_US + 90 * DAY_US, 0));
}

static void
test_bounds(void **state)
{
    RecallClockTrust trust = {0};
    RecallClockTrust at_start = {0};

    assert_true(recall_clock_trust_look(&trust, NOW_US, 0, 0));
    assert_true(recall_clock_trust_look(&trust, NOW_US + RECALL_CLOCK_JUMP_US, 0, 0));
    assert_false(recall_clock_trust_look(&trust, NOW_US + 2 * RECALL_CLOCK_JUMP_US + 1, 0, 0));
    assert_true(recall_clock_trust_look(&at_start, NOW_US, 0, NOW_US - RECALL_CLOCK_GAP_US));
    at_start = (RecallClockTrust){0};
    assert_false(recall_clock_trust_look(&at_start, NOW_US, 0, NOW_US - RECALL_CLOCK_GAP_US - 1));
    assert_true(recall_clock_trust_look(&at_start, NOW_US + RECALL_CLOCK_SETTLE_US,
                                        RECALL_CLOCK_SETTLE_US, NOW_US));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ahead_for_a_moment),
        cmocka_unit_test(test_ahead_for_good),
        cmocka_unit_test(test_what_is_no_jump_ahead),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
