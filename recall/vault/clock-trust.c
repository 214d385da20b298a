/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/clock-trust.h"

gboolean
recall_clock_trust_look(RecallClockTrust *self, int64_t real_us, int64_t boot_us, int64_t newest_us)
{
    int64_t ahead_us = 0;

    if (self->has_looked)
        ahead_us = (real_us - self->real_us) - (boot_us - self->boot_us);
    else if (newest_us > 0 && real_us - newest_us > RECALL_CLOCK_GAP_US)
        ahead_us = G_MAXINT64;
    if (ahead_us > RECALL_CLOCK_JUMP_US)
        self->suspect_until_us = boot_us + RECALL_CLOCK_SETTLE_US;
    else if (ahead_us < -RECALL_CLOCK_JUMP_US || boot_us >= self->suspect_until_us)
        self->suspect_until_us = 0; /* it was set right, or stood by it */
    self->has_looked = TRUE;
    self->real_us = real_us;
    self->boot_us = boot_us;
    return self->suspect_until_us == 0;
}
