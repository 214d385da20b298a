/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* How much of the processor reading may take: a bucket of time that fills slowly, so that a full
 * screen is read at once and an endless flood is sampled. Pure: the caller brings the clock. */

#define READER_BUDGET_BURST_US (8 * G_USEC_PER_SEC)   /* three dense screens */
#define READER_BUDGET_RESERVE_US (3 * G_USEC_PER_SEC) /* kept for lines that stay */
#define READER_BUDGET_SHARE 0.1                       /* of one core, in the long run */

typedef struct {
    int64_t left_us;
    int64_t filled_us; /* monotonic time of the last filling */
} ReaderBudget;

/* Full. */
void reader_budget_init(ReaderBudget *self, int64_t now_us);

/* @is_stable: the line has been shown for a while: it may use the reserve */
gboolean reader_budget_allows(ReaderBudget *self, int64_t now_us, gboolean is_stable);

/* The last line may overdraw it. */
void reader_budget_take(ReaderBudget *self, int64_t cpu_us);
