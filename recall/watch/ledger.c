/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/ledger.h"

struct RecallLedger {
    GPtrArray *refusals;
    uint64_t n_times;
};

static void
free_refusal(void *data)
{
    RecallRefusal *refusal = data;

    g_free(refusal->rule);
    g_free(refusal->reason);
    g_free(refusal);
}

RecallLedger *
recall_ledger_new(void)
{
    RecallLedger *self = g_new0(RecallLedger, 1);

    self->refusals = g_ptr_array_new_with_free_func(free_refusal);
    return self;
}

void
recall_ledger_free(RecallLedger *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->refusals);
    g_free(self);
}

static RecallRefusal *
find_last(const RecallLedger *self, const char *rule)
{
    for (unsigned i = self->refusals->len; i > 0; i--) {
        RecallRefusal *refusal = self->refusals->pdata[i - 1];

        if (g_str_equal(refusal->rule, rule))
            return refusal;
    }
    return NULL;
}

static RecallRefusal *
add_refusal(RecallLedger *self, const char *rule, const char *reason, int64_t at_us)
{
    RecallRefusal *refusal = g_new0(RecallRefusal, 1);

    *refusal = (RecallRefusal){g_strdup(rule), g_strdup(reason), at_us, at_us, 0};
    if (self->refusals->len >= RECALL_LEDGER_N_MAX)
        g_ptr_array_remove_index(self->refusals, 0);
    g_ptr_array_add(self->refusals, refusal);
    return refusal;
}

/* A clock that was set back begins a new entry. */
static gboolean
joins(const RecallRefusal *refusal, int64_t at_us, gboolean is_first)
{
    if (at_us < refusal->to_us)
        return FALSE;
    return !is_first || at_us - refusal->to_us <= RECALL_LEDGER_JOIN_MAX_US;
}

void
recall_ledger_note(RecallLedger *self,
                   const char *rule,
                   const char *reason,
                   int64_t at_us,
                   gboolean is_first)
{
    RecallRefusal *refusal = find_last(self, rule);

    if (refusal == NULL || !joins(refusal, at_us, is_first))
        refusal = add_refusal(self, rule, reason, at_us);
    refusal->to_us = at_us;
    if (is_first || refusal->n_times == 0) {
        refusal->n_times++;
        self->n_times++;
    }
}

const GPtrArray *
recall_ledger_get(const RecallLedger *self)
{
    return self->refusals;
}

uint64_t
recall_ledger_get_n_times(const RecallLedger *self)
{
    return self->n_times;
}
