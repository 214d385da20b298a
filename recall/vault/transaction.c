/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/transaction.h"

gboolean
recall_transaction_join(RecallCatalogEntry *entry, GError **error)
{
    if (!entry->is_in_transaction &&
        !recall_segment_execute(entry->segment, "BEGIN IMMEDIATE", error))
        return FALSE;
    entry->is_in_transaction = TRUE;
    return TRUE;
}

RecallCatalogEntry *
recall_transaction_begin(RecallCatalog *catalog, int week, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    RecallCatalogEntry *entry = recall_catalog_find(catalog, week);
    gboolean is_new = entry == NULL;

    if (is_new)
        entry = recall_catalog_add(catalog, week);
    if (!recall_catalog_open(catalog, entry, TRUE, &local_error)) {
        if (g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_UNREADABLE))
            recall_catalog_set_aside(catalog, week);
        if (recall_catalog_find(catalog, week) == NULL && !is_new)
            return recall_transaction_begin(catalog, week, error);
        if (is_new && recall_catalog_find(catalog, week) == entry)
            recall_catalog_remove(catalog, entry);
        g_propagate_error(error, g_steal_pointer(&local_error));
        return NULL;
    }
    recall_catalog_raise_mark(entry, TRUE);
    return recall_transaction_join(entry, error) ? entry : NULL;
}

gboolean
recall_transaction_commit(RecallCatalog *catalog, GError **error)
{
    for (unsigned i = 0; i < catalog->entries->len; i++) {
        RecallCatalogEntry *entry = g_ptr_array_index(catalog->entries, i);

        if (!entry->is_in_transaction)
            continue;
        if (!recall_segment_execute(entry->segment, "COMMIT", error))
            return FALSE;
        entry->is_in_transaction = FALSE;
    }
    return TRUE;
}

/* SQLite may have rolled back already. */
void
recall_transaction_roll_back(RecallCatalog *catalog)
{
    for (unsigned i = 0; i < catalog->entries->len; i++) {
        RecallCatalogEntry *entry = g_ptr_array_index(catalog->entries, i);

        if (!entry->is_in_transaction)
            continue;
        if (!sqlite3_get_autocommit(recall_segment_get_db(entry->segment)))
            recall_segment_execute(entry->segment, "ROLLBACK", NULL);
        entry->is_in_transaction = FALSE;
        entry->n_scenes = -1;
    }
}

gboolean
recall_transaction_recover(RecallCatalog *catalog, int week, const GError *error)
{
    recall_transaction_roll_back(catalog);
    if (!g_error_matches(error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED) ||
        recall_catalog_find(catalog, week) == NULL)
        return FALSE;
    recall_catalog_set_aside(catalog, week);
    return TRUE;
}
