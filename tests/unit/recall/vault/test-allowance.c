/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/allowance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW_US (INT64_C(5000) * G_USEC_PER_SEC)

static gboolean
may(const RecallAllowance *self, RecallAllowanceKind kind, int64_t now_us, int code)
{
    g_autoptr(GError) error = NULL;

    if (recall_allowance_check(self, kind, now_us, &error)) {
        assert_null(error);
        return TRUE;
    }
    assert_true(g_error_matches(error, G_IO_ERROR, code));
    return FALSE;
}

static void
test_nothing_before_an_unlock(void **state)
{
    RecallAllowance self = {0};

    assert_false(may(&self, RECALL_ALLOWANCE_SCENES, NOW_US, G_IO_ERROR_PERMISSION_DENIED));
    assert_int_equal(recall_allowance_spend(&self, RECALL_ALLOWANCE_SCENES, 1, NOW_US), 0);
    assert_true(recall_allowance_is_over(&self, NOW_US));
}

static void
test_time(void **state)
{
    RecallAllowance self = {0};
    RecallAllowanceLimits limits;
    int64_t end_us = NOW_US + RECALL_ALLOWANCE_S * G_USEC_PER_SEC;

    recall_allowance_limits_init(&limits);
    recall_allowance_begin(&self, &limits, NOW_US);
    assert_true(may(&self, RECALL_ALLOWANCE_RESULTS, end_us - 1, 0));
    assert_false(recall_allowance_is_over(&self, end_us - 1));
    assert_false(may(&self, RECALL_ALLOWANCE_RESULTS, end_us, G_IO_ERROR_PERMISSION_DENIED));
    assert_true(recall_allowance_is_over(&self, end_us));
    assert_int_equal(recall_allowance_spend(&self, RECALL_ALLOWANCE_RESULTS, 1, end_us), 0);
    recall_allowance_begin(&self, &limits, end_us);
    recall_allowance_end(&self);
    assert_false(may(&self, RECALL_ALLOWANCE_RESULTS, end_us, G_IO_ERROR_PERMISSION_DENIED));
}

/* One kind that is used up ends it for all. */
static void
test_amount(void **state)
{
    RecallAllowance self = {0};
    RecallAllowanceLimits limits = {RECALL_ALLOWANCE_MAX_S, {RECALL_ALLOWANCE_N_MAX, 3, 1}};

    recall_allowance_begin(&self, &limits, NOW_US);
    assert_int_equal(recall_allowance_spend(&self, RECALL_ALLOWANCE_SCENES, 2, NOW_US), 2);
    assert_false(recall_allowance_is_over(&self, NOW_US));
    assert_true(may(&self, RECALL_ALLOWANCE_SCENES, NOW_US, 0));
    assert_int_equal(recall_allowance_spend(&self, RECALL_ALLOWANCE_SCENES, 2, NOW_US), 1);
    assert_true(recall_allowance_is_over(&self, NOW_US));
    assert_false(may(&self, RECALL_ALLOWANCE_SCENES, NOW_US, G_IO_ERROR_PERMISSION_DENIED));
    assert_false(may(&self, RECALL_ALLOWANCE_PICTURES, NOW_US, G_IO_ERROR_PERMISSION_DENIED));
    recall_allowance_begin(&self, &limits, NOW_US);
    assert_true(may(&self, RECALL_ALLOWANCE_PICTURES, NOW_US, 0));
}

/* Unlocking again does not make it faster. */
static void
test_rate(void **state)
{
    RecallAllowance self = {0};
    RecallAllowanceLimits limits;
    int64_t later_us = NOW_US + G_USEC_PER_SEC / RECALL_ALLOWANCE_SCENES_PER_S;

    recall_allowance_limits_init(&limits);
    recall_allowance_begin(&self, &limits, NOW_US);
    for (unsigned i = 0; i < RECALL_ALLOWANCE_N_SCENES_BURST_MAX; i++) {
        assert_true(may(&self, RECALL_ALLOWANCE_SCENES, NOW_US, 0));
        assert_int_equal(recall_allowance_spend(&self, RECALL_ALLOWANCE_SCENES, 1, NOW_US), 1);
    }
    assert_false(may(&self, RECALL_ALLOWANCE_SCENES, NOW_US, G_IO_ERROR_BUSY));
    assert_true(may(&self, RECALL_ALLOWANCE_PICTURES, NOW_US, 0));
    recall_allowance_begin(&self, &limits, NOW_US);
    assert_false(may(&self, RECALL_ALLOWANCE_SCENES, later_us - 1, G_IO_ERROR_BUSY));
    assert_true(may(&self, RECALL_ALLOWANCE_SCENES, later_us, 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_before_an_unlock),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_amount),
        cmocka_unit_test(test_rate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
