/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/vault.h"

/* What the history holds, and what is wrong with it, for a person to read. Store's thread. */

#define RECALL_STATISTICS_WHY_BYTES 256

typedef struct {
    uint64_t n_scenes;
    uint64_t n_bytes;  /* on disk, with what was set aside */
    int64_t oldest_us; /* start of the oldest scene, 0 when there is none */
    unsigned n_segments;
    unsigned n_damaged;    /* set aside, weeks and receipts */
    unsigned n_unreadable; /* there, but the system does not let them be read */
    char unreadable_why[RECALL_STATISTICS_WHY_BYTES]; /* a sentence of the first of them; may be cut
                                                    off within a letter */
    unsigned n_missing;                               /* have a key and no file */
    char missing_names[RECALL_STATISTICS_WHY_BYTES];  /* as recall/vault/losses.h has them */
    char damaged_names[RECALL_STATISTICS_WHY_BYTES];
    unsigned n_older; /* opened, and an older copy than the one that was written last */
    char older_names[RECALL_STATISTICS_WHY_BYTES];
    unsigned n_receipts_lost;
    char receipts_why[RECALL_STATISTICS_WHY_BYTES]; /* as recall_receipts_explain_lost() */
    gboolean is_read_only;                          /* the disk: nothing is added or forgotten */
} RecallStatistics;

/* Opens every week that has a key, to count it once; of others it says what their files tell. One
 * that cannot be read is counted as such and is no error. */
gboolean
recall_statistics_gather(RecallVault *vault, RecallStatistics *out_statistics, GError **error);

/* Scenes of the week, also while locked if they were counted before. Returns: -1 when unknown */
int64_t recall_statistics_count_scenes(RecallVault *vault, int week);
