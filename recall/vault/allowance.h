/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* What an unlock opens: reading for a time, so much at once, and so much in all. A program that
 * waits for the person to unlock gets no more than that, and the person sees it in the numbers.
 *
 * Whoever unlocks may ask for other amounts, up to the maxima. There is no file for them: any
 * program of the user could widen it beforehand. Pure values; the clock is an argument. */

typedef enum {
    RECALL_ALLOWANCE_RESULTS, /* of searches and of the timeline */
    RECALL_ALLOWANCE_SCENES,  /* read whole */
    RECALL_ALLOWANCE_PICTURES,
    RECALL_N_ALLOWANCES,
} RecallAllowanceKind;

/* A quarter of an hour is a task; a working day is the most that one unlock may last. */
#define RECALL_ALLOWANCE_S 900
#define RECALL_ALLOWANCE_MAX_S (12 * 3600)

/* A person looks through some hundred results in that time; a page of the command line is 1000. */
#define RECALL_ALLOWANCE_N_RESULTS 20000
#define RECALL_ALLOWANCE_N_SCENES 2000
#define RECALL_ALLOWANCE_N_PICTURES 2000
#define RECALL_ALLOWANCE_N_MAX 1000000 /* of each */

/* The steady rate, and how much may come at once before it counts: two full pages of results, or a
 * wall of pictures. Whoever asked for a million pictures needs 28 hours for them, not minutes. */
#define RECALL_ALLOWANCE_RESULTS_PER_S 100
#define RECALL_ALLOWANCE_N_RESULTS_BURST_MAX 2000
#define RECALL_ALLOWANCE_SCENES_PER_S 10
#define RECALL_ALLOWANCE_N_SCENES_BURST_MAX 200
#define RECALL_ALLOWANCE_PICTURES_PER_S 10
#define RECALL_ALLOWANCE_N_PICTURES_BURST_MAX 200

typedef struct {
    unsigned seconds;
    unsigned n[RECALL_N_ALLOWANCES];
} RecallAllowanceLimits;

typedef struct {
    int64_t until_us;    /* of the clock that the caller uses; 0: nothing is allowed */
    const char *used_up; /* what ended it; NULL: its time */
    unsigned n_left[RECALL_N_ALLOWANCES];
    int64_t paid_until_us[RECALL_N_ALLOWANCES]; /* when the steady rate has caught up */
} RecallAllowance;

/* The defaults. */
void recall_allowance_limits_init(RecallAllowanceLimits *self);

/* @limits: within the maxima */
void
recall_allowance_begin(RecallAllowance *self, const RecallAllowanceLimits *limits, int64_t now_us);
void recall_allowance_end(RecallAllowance *self);

/* Whether one more may be read now.
 * @error: G_IO_ERROR_PERMISSION_DENIED: unlock again; G_IO_ERROR_BUSY: wait, the message says how
 *   long */
gboolean recall_allowance_check(const RecallAllowance *self,
                                RecallAllowanceKind kind,
                                int64_t now_us,
                                GError **error);

/* Notes that @n were asked for. Returns: how many of them may be given out */
unsigned
recall_allowance_spend(RecallAllowance *self, RecallAllowanceKind kind, unsigned n, int64_t now_us);

/* The time is over, or something is used up: lock. */
gboolean recall_allowance_is_over(const RecallAllowance *self, int64_t now_us);
