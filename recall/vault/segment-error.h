/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/segment.h"

/* What SQLite's refusals mean for a segment. Store's thread. */

/**
 * recall_segment_error_set:
 * @db: (nullable): SQLite had no memory even for the handle
 * @error: RECALL_SEGMENT_ERROR_DAMAGED; G_IO_ERROR_BUSY, _CANCELLED, _READ_ONLY, _NO_SPACE, else
 *   _FAILED
 *
 * Returns: FALSE, with @error set to what @db failed with last
 */
gboolean recall_segment_error_set(sqlite3 *db, int week, GError **error);
