/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Whether the clock may say how old something is. One that is a year ahead for a moment would make
 * the whole history too old at once; so what looks like a jump ahead is believed only when the
 * clock has stood by it for a day. One that is behind makes nothing older. Pure: times are
 * arguments. */

/* More than the time that went by meanwhile. */
#define RECALL_CLOCK_JUMP_US (INT64_C(86400) * G_USEC_PER_SEC)
/* Since the newest of the history, when the program starts. */
#define RECALL_CLOCK_GAP_US (30 * INT64_C(86400) * G_USEC_PER_SEC)
#define RECALL_CLOCK_SETTLE_US (INT64_C(86400) * G_USEC_PER_SEC)

typedef struct {
    gboolean has_looked;
    int64_t real_us; /* of the last look */
    int64_t boot_us;
    int64_t suspect_until_us; /* of the boot clock; 0: trusted */
} RecallClockTrust;

/**
 * recall_clock_trust_look:
 * @self: begins as zeros
 * @boot_us: of a clock that nobody sets and that goes on while the machine sleeps
 * @newest_us: of what the history held at the start of the program; 0: nothing
 *
 * Returns: whether @real_us is to be believed
 */
gboolean recall_clock_trust_look(RecallClockTrust *self,
                                 int64_t real_us,
                                 int64_t boot_us,
                                 int64_t newest_us);
