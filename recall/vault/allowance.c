/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/allowance.h"

typedef struct {
    const char *name;
    unsigned n_initial;
    unsigned per_s;
    unsigned n_burst;
} Kind;

static const Kind kinds[RECALL_N_ALLOWANCES] = {
    [RECALL_ALLOWANCE_RESULTS] = {"results", RECALL_ALLOWANCE_N_RESULTS,
                                  RECALL_ALLOWANCE_RESULTS_PER_S,
                                  RECALL_ALLOWANCE_N_RESULTS_BURST_MAX},
    [RECALL_ALLOWANCE_SCENES] = {"scenes", RECALL_ALLOWANCE_N_SCENES, RECALL_ALLOWANCE_SCENES_PER_S,
                                 RECALL_ALLOWANCE_N_SCENES_BURST_MAX},
    [RECALL_ALLOWANCE_PICTURES] = {"pictures", RECALL_ALLOWANCE_N_PICTURES,
                                   RECALL_ALLOWANCE_PICTURES_PER_S,
                                   RECALL_ALLOWANCE_N_PICTURES_BURST_MAX},
};

void
recall_allowance_limits_init(RecallAllowanceLimits *self)
{
    self->seconds = RECALL_ALLOWANCE_S;
    for (unsigned i = 0; i < RECALL_N_ALLOWANCES; i++)
        self->n[i] = kinds[i].n_initial;
}

void
recall_allowance_begin(RecallAllowance *self, const RecallAllowanceLimits *limits, int64_t now_us)
{
    g_assert(limits->seconds <= RECALL_ALLOWANCE_MAX_S);
    self->used_up = NULL;
    self->until_us = now_us + (int64_t)limits->seconds * G_USEC_PER_SEC;
    for (unsigned i = 0; i < RECALL_N_ALLOWANCES; i++) {
        g_assert(limits->n[i] <= RECALL_ALLOWANCE_N_MAX);
        self->n_left[i] = limits->n[i];
        self->paid_until_us[i] = MAX(self->paid_until_us[i], now_us);
    }
}

void
recall_allowance_end(RecallAllowance *self)
{
    self->until_us = 0;
}

static int64_t
cost_us(const Kind *kind, unsigned n)
{
    return (int64_t)n * G_USEC_PER_SEC / kind->per_s;
}

gboolean
recall_allowance_check(const RecallAllowance *self,
                       RecallAllowanceKind kind,
                       int64_t now_us,
                       GError **error)
{
    const Kind *about = &kinds[kind];
    int64_t wait_us = self->paid_until_us[kind] - now_us - cost_us(about, about->n_burst - 1);

    if (self->used_up != NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                    "All %s of this unlock were given out, and the history is locked again: unlock "
                    "it with deskhand unlock",
                    self->used_up);
        return FALSE;
    }
    if (self->until_us <= now_us) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                            "The history is locked: unlock it with deskhand unlock");
        return FALSE;
    }
    if (wait_us <= 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                "Too many %s were read at once: wait %d seconds", about->name,
                (int)(wait_us / G_USEC_PER_SEC) + 1);
    return FALSE;
}

unsigned
recall_allowance_spend(RecallAllowance *self, RecallAllowanceKind kind, unsigned n, int64_t now_us)
{
    unsigned n_given = self->until_us > now_us ? MIN(n, self->n_left[kind]) : 0;

    self->n_left[kind] -= n_given;
    if (n_given > 0 && self->n_left[kind] == 0)
        self->used_up = kinds[kind].name;
    self->paid_until_us[kind] =
        MAX(self->paid_until_us[kind], now_us) + cost_us(&kinds[kind], n_given);
    return n_given;
}

gboolean
recall_allowance_is_over(const RecallAllowance *self, int64_t now_us)
{
    return self->until_us <= now_us || self->used_up != NULL;
}
