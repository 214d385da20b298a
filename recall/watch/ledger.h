/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* The why-not ledger: what was not remembered, by rule, without anything of its content. In memory
 * and bounded: the oldest goes. Pure: the clock is the caller's. */

#define RECALL_LEDGER_N_MAX 2048 /* refusals; then the oldest goes */
#define RECALL_LEDGER_JOIN_MAX_US                                                                  \
    ((int64_t)60 * G_USEC_PER_SEC) /* closer together is one entry                                 \
                                    */

typedef struct {
    char *rule;
    char *reason;     /* a sentence */
    int64_t from_us;  /* wall clock */
    int64_t to_us;    /* likewise */
    unsigned n_times; /* windows, or places in them, that it was about */
} RecallRefusal;

typedef struct RecallLedger RecallLedger;

RecallLedger *recall_ledger_new(void);
void recall_ledger_free(RecallLedger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallLedger, recall_ledger_free)

/* @is_first: of this window or place; else it goes on */
void recall_ledger_note(RecallLedger *self,
                        const char *rule,
                        const char *reason,
                        int64_t at_us,
                        gboolean is_first);

/* Returns: (transfer none): of RecallRefusal, oldest first */
const GPtrArray *recall_ledger_get(const RecallLedger *self);
/* All since the start, the forgotten too. */
uint64_t recall_ledger_get_n_times(const RecallLedger *self);
