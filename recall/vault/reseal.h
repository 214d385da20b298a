/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/kept-log.h"
#include "recall/vault/keyring.h"

/* Seals the file of a segment with a new key: what was in it before, freed pages and old logs on
 * the disk included, cannot be opened any more once the old key is gone. On the way every byte that
 * no row needs becomes a zero: free pages, and the gaps within pages.
 *
 * It copies page by page, in steps, while the segment is written on: what is written goes into its
 * log, which is kept so long (recall/vault/kept-log.h), and so never into the file that is given
 * up. The old file stays in place until the new one is whole, so after a loss of power it is sealed
 * with either key. Store's thread. */

#define RECALL_RESEAL_STEP_N_PAGES 2048 /* about 15 ms */

typedef struct RecallReseal RecallReseal;

/* @log: (nullable): of the segment when it is open; else it must have none. As long as it is whole
 * @error: RECALL_KEYRING_ERROR_LOCKED, G_IO_ERROR_NO_SPACE, else what the file failed with */
RecallReseal *recall_reseal_new(RecallKeyring *keyring,
                                int week,
                                const char *path,
                                const RecallKeptLog *log,
                                GError **error);

/* Takes the new file and its key away, unless it was finished. */
void recall_reseal_free(RecallReseal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallReseal, recall_reseal_free)

/* Frees it and leaves both where they are, to be taken away at the next start. @self: (transfer
 * full)
 */
void recall_reseal_leave(RecallReseal *self);

gboolean recall_reseal_step(RecallReseal *self, gboolean *out_is_done, GError **error);

/* Brings the copy up to date. From then on nothing may be written to the segment. */
gboolean recall_reseal_mend(RecallReseal *self, GError **error);

/* Puts the copy in place of the file, and deletes the log and every older key of the week. The
 * segment must be closed (recall_segment_leave_log()). */
gboolean recall_reseal_finish(RecallReseal *self, GError **error);

/* All of it at once. */
gboolean recall_reseal_file(RecallKeyring *keyring, int week, const char *path, GError **error);
