/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/moment.h"

/* Times of day: `14:05`, `3pm`, `2-3pm`, `afternoon`, `下午3点半`. */

typedef struct {
    int64_t start_s; /* since midnight */
    int64_t length_s;
    gboolean says_half;    /* am or pm was said */
    gboolean has_fraction; /* of a second, which is cut off */
} RecallClock;

gboolean recall_daytime_read_clock(RecallDatetext *reader, RecallClock *out);

/* A part of @day, a time or a range of times on it. */
gboolean recall_daytime_read(RecallDatetext *reader, int64_t day, RecallMoment *out);
