/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/capture.h"
#include "recall/watch/ledger.h"
#include "recall/watch/text.h"
#include "recall/watch/window.h"

/* What must not be looked at: keeps, for each window, what is known that the decision needs, asks
 * for the decision whenever that changes, and writes refusals into the ledger. Main thread. */

#define RECALL_BLINDS_N_MAX 1024                             /* windows that are remembered */
#define RECALL_BLINDS_GONE_MAX_US (15 * 60 * G_USEC_PER_SEC) /* ... after they were seen last */
#define RECALL_BLINDS_UNDECIDED_MAX_US                                                             \
    ((int64_t)2 * G_USEC_PER_SEC) /* what takes longer stands in the ledger */

typedef enum {
    RECALL_BLINDS_KEEP, /* may be remembered */
    RECALL_BLINDS_LOOK, /* its text must be asked first; nothing of it may be kept */
    RECALL_BLINDS_SHUT, /* not even to be looked at */
} RecallBlindsState;

typedef struct RecallBlinds RecallBlinds;

/* @rules: (transfer full) */
RecallBlinds *recall_blinds_new(PolicyCaptureRules *rules);
void recall_blinds_free(RecallBlinds *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallBlinds, recall_blinds_free)

/* Decides about all windows of a moment. @windows: of RecallWindow, topmost first */
void recall_blinds_see(RecallBlinds *self, const GPtrArray *windows, int64_t at_us);

/* As of the last moment, and of what was told since. */
RecallBlindsState recall_blinds_get(const RecallBlinds *self, uint32_t xid);

/**
 * recall_blinds_tell:
 * @window: as it was when the reading began
 * @name: (nullable): its accessible name
 * @url: (nullable): of its page
 *
 * Returns: what holds now that this is known. SHUT: it is denied whatever it shows next.
 */
PolicyCaptureDecision recall_blinds_tell(RecallBlinds *self,
                                         const RecallWindow *window,
                                         const char *name,
                                         const char *url);

/* Places inside a window that were painted out. @rule, @reason: static */
void recall_blinds_note_places(RecallBlinds *self, uint32_t xid, gboolean are_there, int64_t at_us);

/* Of what @window of a browser tells, denied pages within the one in front, and names of others,
 * are put with what must not be kept.
 * Returns: FALSE when nothing of the window may be kept before it tells names: it may be a card or
 *   a list about such pages */
gboolean recall_blinds_hide_names(RecallBlinds *self,
                                  const RecallWindow *window,
                                  RecallText *text,
                                  int64_t at_us);

/* @n: how many secrets are masked in what is shown of the window; for the ledger. */
void recall_blinds_note_secrets(RecallBlinds *self, uint32_t xid, unsigned n, int64_t at_us);

/* A browser's window of which it cannot be told whether it is private: the reason, or NULL. */
const char *recall_blinds_get_trouble(const RecallBlinds *self);

/* The entries of what is still denied are brought up to @at_us. Returns: (transfer none) */
const RecallLedger *recall_blinds_get_ledger(RecallBlinds *self, int64_t at_us);
