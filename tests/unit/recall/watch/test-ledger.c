/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE_US ((int64_t)60 * G_USEC_PER_SEC)

static const RecallRefusal *
get(const RecallLedger *ledger, unsigned index)
{
    return recall_ledger_get(ledger)->pdata[index];
}

static void
test_what_is_near_is_one(void **state)
{
    g_autoptr(RecallLedger) ledger = recall_ledger_new();

    recall_ledger_note(ledger, "a", "A.", MINUTE_US, TRUE);
    recall_ledger_note(ledger, "b", "B.", MINUTE_US, TRUE);
    recall_ledger_note(ledger, "a", "A.", 2 * MINUTE_US, TRUE);
    recall_ledger_note(ledger, "a", "A.", 9 * MINUTE_US, FALSE); /* it went on all the time */
    assert_int_equal(recall_ledger_get(ledger)->len, 2);
    assert_int_equal(get(ledger, 0)->n_times, 2);
    assert_int_equal(get(ledger, 0)->from_us, MINUTE_US);
    assert_int_equal(get(ledger, 0)->to_us, 9 * MINUTE_US);
    recall_ledger_note(ledger, "a", "A.", 11 * MINUTE_US, TRUE);
    assert_int_equal(recall_ledger_get(ledger)->len, 3);
    assert_int_equal(recall_ledger_get_n_times(ledger), 4);
}

static void
test_clock_that_is_set_back(void **state)
{
    g_autoptr(RecallLedger) ledger = recall_ledger_new();

    recall_ledger_note(ledger, "a", "A.", 9 * MINUTE_US, TRUE);
    recall_ledger_note(ledger, "a", "A.", MINUTE_US, FALSE);
    assert_int_equal(recall_ledger_get(ledger)->len, 2);
    assert_true(get(ledger, 1)->to_us >= get(ledger, 1)->from_us);
}

static void
test_bounded(void **state)
{
    g_autoptr(RecallLedger) ledger = recall_ledger_new();

    for (unsigned i = 0; i <= RECALL_LEDGER_N_MAX; i++)
        recall_ledger_note(ledger, "a", "A.", i * 2 * MINUTE_US, TRUE);
    assert_int_equal(recall_ledger_get(ledger)->len, RECALL_LEDGER_N_MAX);
    assert_int_equal(get(ledger, 0)->from_us, 2 * MINUTE_US);
    assert_int_equal(recall_ledger_get_n_times(ledger), RECALL_LEDGER_N_MAX + 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_near_is_one),
        cmocka_unit_test(test_clock_that_is_set_back),
        cmocka_unit_test(test_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
