/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/catalog.h"

/* Writing to several weeks: each is in an SQLite transaction of its own, and all end together.
 * Power that is lost between two of these ends leaves the one written and the other not. Store's
 * thread. */

/**
 * recall_transaction_begin:
 * @error: as recall_catalog_open()
 *
 * Opens the week for writing and begins its part, unless that was done. A file that is missing is
 * made, one that is damaged makes way for a new one.
 *
 * Returns: (transfer none): NULL on failure, with the other parts as they were
 */
RecallCatalogEntry *recall_transaction_begin(RecallCatalog *catalog, int week, GError **error);

/* Begins the part of a week that is open, unless that was done. */
gboolean recall_transaction_join(RecallCatalogEntry *entry, GError **error);

/* Returns: FALSE when a part failed: then roll back */
gboolean recall_transaction_commit(RecallCatalog *catalog, GError **error);
void recall_transaction_roll_back(RecallCatalog *catalog);

/* After @error of any reading or writing: nothing of the transaction stays, and the week is set
 * aside when it turned out damaged. Returns: TRUE when it went, so that another try may succeed */
gboolean recall_transaction_recover(RecallCatalog *catalog, int week, const GError *error);
