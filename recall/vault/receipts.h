/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/intent.h"
#include "recall/vault/keyring.h"

/* What was forgotten when, without content; sealed in one file of the history's folder. While the
 * history is locked more can be added and none read. A file that cannot be used is set aside
 * (recall/vault/quarantine.h) and a new one begun; the keyring has the number of receipts that were
 * ever added, so that those which are gone are noticed. Store's thread. */

#define RECALL_RECEIPTS_NAME "receipts"

#define RECALL_RECEIPTS_N_MAX 5000                  /* then the oldest goes */
#define RECALL_RECEIPTS_MAX_BYTES (4 * 1024 * 1024) /* of their file */
#define RECALL_RECEIPT_DIGEST_BYTES 32

typedef struct {
    RecallForgetKind kind;
    int64_t at_us;
    uint64_t n_scenes; /* or RECALL_INTENT_N_SCENES_UNKNOWN */
    int64_t from_us;
    int64_t until_us;
    uint32_t n_weeks;   /* that went as a whole */
    uint32_t n_damaged; /* files set aside that went */
    /* SHA-256 of the receipt before, as it is sealed, and of the numbers of the scenes: nothing of
     * the receipts can be taken out unnoticed. */
    uint8_t digest[RECALL_RECEIPT_DIGEST_BYTES];
} RecallReceipt;

/* Adds the receipt of what was done, unless it is there already (power was lost after it was
 * written). @out: (nullable): what was added, or stands there */
gboolean recall_receipts_add(RecallKeyring *keyring,
                             const char *folder,
                             const RecallIntent *intent,
                             RecallReceipt *out,
                             GError **error);

/* Newest first, those that can be read. @error: G_IO_ERROR_PERMISSION_DENIED while locked
 * Returns: (transfer full): of RecallReceipt */
GArray *recall_receipts_load(RecallKeyring *keyring, const char *folder, GError **error);

/* @out_why: what became of those that were added and cannot be read or are not there; cut off where
 * it is too long, and empty when there are none. While locked those that are there count as
 * readable. Returns: how many */
unsigned recall_receipts_explain_lost(RecallKeyring *keyring,
                                      const char *folder,
                                      char *out_why,
                                      size_t n_bytes);
