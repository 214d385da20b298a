/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/sheet.h"
#include "recall/vault/segment.h"

/* The sheets of one segment. As they come they are young: small, and with pixels of tiles that no
 * scene shows any more. Tidying them takes those pixels out and makes few large sheets of many
 * small ones, in which letters that come again are found again. Each function works within the
 * caller's transaction; errors as recall_segment_set_error(). Store's thread. */

/* Tidying makes one sheet of so many young ones, or of so much. */
#define RECALL_SHEETS_N_YOUNG_MAX 32
#define RECALL_SHEETS_YOUNG_MAX_BYTES (48 * 1024)
/* And no more is added to one; the last one that is may be as large again. */
#define RECALL_SHEETS_MERGED_N_PIXELS_MAX (6 * 1024 * 1024)

/* @out_id: of the new sheet */
gboolean recall_sheets_add(RecallSegment *segment,
                           const ProtocolSheet *sheet,
                           int64_t *out_id,
                           GError **error);

/* A tile of this sheet is gone, or was not wanted at all. */
gboolean recall_sheets_note_loss(RecallSegment *segment, int64_t id, GError **error);

/**
 * recall_sheets_tidy:
 * @is_final: merge even few
 * @out_is_done: FALSE: call it again, in the same transaction or another
 *
 * Once it is done no sheet has pixels but those of tiles that name it. What cannot be decoded
 * goes, and its tiles are lost. Blocks for about 40 ms at most.
 */
gboolean recall_sheets_tidy(RecallSegment *segment,
                            gboolean is_final,
                            gboolean *out_is_done,
                            GError **error);
