/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/budget.h"

void
reader_budget_init(ReaderBudget *self, int64_t now_us)
{
    self->left_us = READER_BUDGET_BURST_US;
    self->filled_us = now_us;
}

static void
fill(ReaderBudget *self, int64_t now_us)
{
    int64_t passed_us = CLAMP(now_us - self->filled_us, 0, G_USEC_PER_SEC * INT64_C(3600));

    self->left_us =
        MIN(self->left_us + (int64_t)(passed_us * READER_BUDGET_SHARE), READER_BUDGET_BURST_US);
    self->filled_us = now_us;
}

gboolean
reader_budget_allows(ReaderBudget *self, int64_t now_us, gboolean is_stable)
{
    fill(self, now_us);
    return self->left_us > (is_stable ? 0 : READER_BUDGET_RESERVE_US);
}

void
reader_budget_take(ReaderBudget *self, int64_t cpu_us)
{
    self->left_us -= cpu_us;
}
