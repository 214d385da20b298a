/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/upkeep.h"

#include "recall/vault/sheets.h"
#include "recall/vault/transaction.h"

/* Pages of the index that are merged at a time. */
#define SQL_MERGE_SOME "INSERT INTO scene_fts(scene_fts, rank) VALUES('merge', 16)"

void
recall_upkeep_settle(RecallCatalog *catalog)
{
    g_autoptr(GError) error = NULL;
    RecallCatalogEntry *entry =
        catalog->entries->len > 1 ? g_ptr_array_index(catalog->entries, 1) : NULL;
    int week = entry != NULL ? entry->week : -1;

    if (entry == NULL || entry->is_settled || !recall_catalog_open(catalog, entry, FALSE, NULL))
        return;
    if (recall_segment_settle(entry->segment, &entry->is_settled, &error)) {
        if (entry->is_settled)
            recall_catalog_raise_mark(entry, FALSE);
        if (entry->is_settled && recall_keyring_is_locked(catalog->keyring))
            recall_catalog_close(catalog, entry); /* with its key */
        return;
    }
    entry->is_settled = TRUE; /* until the next start */
    recall_transaction_recover(catalog, week, error);
}

/* A week that was only read is looked at, too, and has nothing to change: it needs no mark. */
static gboolean
tidy_entry(RecallCatalog *catalog, RecallCatalogEntry *entry, gboolean is_final, GError **error)
{
    gboolean is_done = FALSE;

    while (!is_done) {
        if (!recall_catalog_open(catalog, entry, FALSE, error) ||
            !recall_transaction_join(entry, error) ||
            !recall_sheets_tidy(entry->segment, is_final, &is_done, error) ||
            !recall_transaction_commit(catalog, error))
            return FALSE;
    }
    return recall_segment_execute(entry->segment, SQL_MERGE_SOME, error);
}

void
recall_upkeep_tidy(RecallCatalog *catalog, gboolean is_final)
{
    for (unsigned i = 0; i < catalog->entries->len; i++) {
        RecallCatalogEntry *entry = g_ptr_array_index(catalog->entries, i);
        g_autoptr(GError) error = NULL;
        int week = entry->week;

        if (entry->segment == NULL || entry->is_tidy)
            continue;
        entry->is_tidy = TRUE; /* or it was tried */
        if (tidy_entry(catalog, entry, is_final, &error))
            continue;
        g_info("Cannot tidy a week: %s", error->message);
        recall_transaction_recover(catalog, week, error);
    }
}
