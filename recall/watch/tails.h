/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/text.h"

/* The rest of secrets. An entry that is too narrow shows first how a secret begins, then, while it
 * is typed on, how it ends; by itself neither may be one. So it is noted where a secret, or what
 * may become one, goes to the end of its run, and what stands there next is its rest. Pure. */

#define RECALL_TAILS_N_MAX 64 /* places; of more the last are not noted */
#define RECALL_TAILS_GONE_US                                                                       \
    ((int64_t)10 * G_USEC_PER_SEC) /* a place without text is forgotten                            \
                                    */

typedef struct RecallTails RecallTails;

RecallTails *recall_tails_new(void);
void recall_tails_free(RecallTails *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallTails, recall_tails_free)

/* @run: one without a secret
 * @is_typed: its text grew lately
 * @out_start: where in its text the rest of a secret begins, which goes to its end; set when there
 *   is one */
gboolean recall_tails_find(const RecallTails *self,
                           const RecallRun *run,
                           gboolean is_typed,
                           uint32_t *out_start);

/* @runs: of RecallRun: the view
 * @secrets: (nullable): of PolicySecretRange, sorted: what is masked in it, rests too
 * @now_us: monotonic */
void
recall_tails_note(RecallTails *self, const GPtrArray *runs, const GArray *secrets, int64_t now_us);
