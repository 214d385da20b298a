/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/growth.h"
#include "recall/watch/mask.h"
#include "recall/watch/text.h"

/* Takes secrets out of what was read from one window, before anything compares or keeps it: their
 * text becomes RECALL_REDACT_MASK, and it is told which pixels show them. Pure: no clock, no
 * display.
 *
 * While a secret is typed it is not one yet. So a number, an account or a token that may become one
 * is withheld while it grows, and for RECALL_REDACT_REST_US after: somebody who looks at the card
 * between two groups of digits types on within that time. What rests longer is shown, because it is
 * most likely an ordinary number; should it become a secret all the same, then the line that takes
 * its place says so (RecallRun.hides_beginning), and the scene in hand forgets the line it had, as
 * do those before it (recall/watch/drafts.h).
 *
 * What was found to be one stays hidden until its pixels change (recall/watch/stains.h). */

#define RECALL_REDACT_MASK RECALL_MASK_TEXT
#define RECALL_REDACT_REST_US RECALL_GROWTH_REST_US
#define RECALL_REDACT_N_NEW_MAX 16 /* secrets that are told as new: nobody types more at once */

typedef struct RecallRedact RecallRedact;

RecallRedact *recall_redact_new(void);
void recall_redact_free(RecallRedact *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallRedact, recall_redact_free)

/**
 * recall_redact_runs:
 * @runs: of RecallRun: all that is shown
 * @now_us: monotonic
 *
 * Returns: (transfer full): of RecallRun, in the same order
 */
GPtrArray *recall_redact_runs(RecallRedact *self, GPtrArray *runs, int64_t now_us);

/* Where another page is shown what was known of the tables in the last one is forgotten.
 * @page: (nullable): URL or file; another place in it (#...) is the same page */
void recall_redact_set_page(RecallRedact *self, const char *page);

/* Of those runs the ones that recall_redact_runs() will mask; the view is not taken for the last.
 * Returns: (transfer full): of RecallRun */
GPtrArray *recall_redact_pick(RecallRedact *self, GPtrArray *runs, int64_t now_us);

/* Pixels of @changed are others than in the last view: what showed a secret there does no more.
 * @gone: initialised; where that was is added */
void
recall_redact_wash(RecallRedact *self, const pixman_region32_t *changed, pixman_region32_t *gone);

/* Window pixels that show secrets in the last view, or that did before and have not changed, with a
 * margin; where it is not certain which pixels of a run they are, all of it. Borrowed. */
const pixman_region32_t *recall_redact_get_hidden(const RecallRedact *self);

/* How many secrets the last view had; what may only become one does not count. */
unsigned recall_redact_get_n_secrets(const RecallRedact *self);

/* Secrets of the last view that the one before it did not have, letters and digits only: what was
 * kept before may show how they begin. Borrowed: of char * */
const GPtrArray *recall_redact_get_new_secrets(const RecallRedact *self);

/* Monotonic time at which something that is withheld now may be shown, 0 when there is nothing. */
int64_t recall_redact_get_rest_us(const RecallRedact *self);

/* Of one string: a title, an address, a path. @text: (nullable)
 * Returns: (transfer full) (nullable) */
char *recall_redact_dup_text(const char *text);
