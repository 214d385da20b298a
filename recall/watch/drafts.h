/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"

/* Scenes of one window as they were stored last, while a line of theirs may turn out to be how a
 * secret begins: half of a card was kept, the page was turned, and then it was typed on. Pure. */

#define RECALL_DRAFTS_N_MAX 16 /* scenes: of more the oldest stays as it is */
#define RECALL_DRAFTS_MAX_US ((int64_t)60 * 60 * G_USEC_PER_SEC) /* after its end likewise */
#define RECALL_DRAFTS_N_DIGITS_MIN 6 /* of a secret, or RECALL_DRAFTS_N_SIGNS_MIN: less of it  */
#define RECALL_DRAFTS_N_SIGNS_MIN 12 /* tells nothing */

typedef struct RecallDrafts RecallDrafts;

RecallDrafts *recall_drafts_new(void);
void recall_drafts_free(RecallDrafts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallDrafts, recall_drafts_free)

/* In place of the one with the same key. @scene: (transfer full) */
void recall_drafts_note(RecallDrafts *self, ProtocolScene *scene);

/**
 * recall_drafts_take_back:
 * @secrets: of char *: letters and digits only
 * @at_us: wall clock
 *
 * Takes the lines that show how one of @secrets begins out of what was noted, and the part of the
 * picture that shows them.
 *
 * Returns: (transfer full): of ProtocolScene: those that lost a line, to be stored again
 */
GPtrArray *recall_drafts_take_back(RecallDrafts *self, const GPtrArray *secrets, int64_t at_us);

/* Whether @text shows how one of @secrets begins. @secrets: (nullable) */
gboolean recall_drafts_is_beginning(const char *text, const GPtrArray *secrets);
