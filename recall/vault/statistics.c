/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/statistics.h"

#include "recall/vault/disk-usage.h"
#include "recall/vault/losses.h"
#include "recall/vault/quarantine.h"
#include "recall/vault/receipts.h"
#include "recall/vault/transaction.h"

/* The one number that @sql answers, or -1 */
static int64_t
ask_number(RecallCatalogEntry *entry, const char *sql, GError **error)
{
    sqlite3_stmt *statement = recall_segment_get_statement(entry->segment, sql, error);
    int64_t number = -1;

    if (statement == NULL)
        return -1;
    if (sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    else
        recall_segment_set_error(entry->segment, error);
    sqlite3_reset(statement);
    return number;
}

int64_t
recall_statistics_count_scenes(RecallVault *vault, int week)
{
    RecallCatalog *catalog = recall_vault_get_catalog(vault);
    RecallCatalogEntry *entry = recall_catalog_find(catalog, week);

    if (entry != NULL && entry->n_scenes < 0 && recall_catalog_open(catalog, entry, FALSE, NULL))
        entry->n_scenes = ask_number(entry, "SELECT count(*) FROM scene", NULL);
    entry = recall_catalog_find(catalog, week); /* unless it was set aside */
    return entry != NULL ? entry->n_scenes : -1;
}

/* Of a week that is locked: what its files tell. */
static void
add_locked(RecallCatalog *catalog, RecallCatalogEntry *entry, RecallStatistics *sum)
{
    recall_catalog_look_at_closed(catalog, entry);
    sum->oldest_us = recall_segment_week_start_us(entry->week);
    sum->n_bytes += recall_disk_usage_of_week(catalog->folder, entry->week);
    sum->n_segments++;
}

/* Adds one week to the sums. Going from new to old, the last one with a scene has the oldest. */
static gboolean
add_week(RecallCatalog *catalog, RecallCatalogEntry *entry, RecallStatistics *sum, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    int64_t oldest_us;

    if (!recall_catalog_open(catalog, entry, FALSE, &local_error)) {
        if (g_error_matches(local_error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_LOCKED))
            return add_locked(catalog, entry, sum), TRUE;
        g_propagate_error(error, g_steal_pointer(&local_error));
        return FALSE;
    }
    if (entry->n_scenes < 0)
        entry->n_scenes = ask_number(entry, "SELECT count(*) FROM scene", error);
    if (entry->n_scenes < 0)
        return FALSE;
    oldest_us = ask_number(
        entry, "SELECT coalesce((SELECT start_us FROM scene ORDER BY id LIMIT 1), 0)", error);
    if (oldest_us < 0)
        return FALSE;
    sum->oldest_us = oldest_us > 0 ? oldest_us : sum->oldest_us;
    sum->n_scenes += (uint64_t)entry->n_scenes;
    sum->n_bytes += recall_disk_usage_of_week(catalog->folder, entry->week);
    sum->n_segments++;
    return TRUE;
}

static void
name_older(RecallCatalog *catalog, RecallStatistics *sum)
{
    g_autoptr(GArray) older = g_array_new(FALSE, FALSE, sizeof(int));

    for (unsigned i = 0; i < catalog->entries->len; i++) {
        const RecallCatalogEntry *entry = g_ptr_array_index(catalog->entries, i);

        if (entry->is_older)
            g_array_append_val(older, entry->week);
    }
    sum->n_older = older->len;
    recall_losses_name_weeks(older, sum->older_names, sizeof sum->older_names);
}

gboolean
recall_statistics_gather(RecallVault *vault, RecallStatistics *out_statistics, GError **error)
{
    RecallCatalog *catalog = recall_vault_get_catalog(vault);
    g_autoptr(GArray) weeks = recall_catalog_dup_weeks(catalog);
    g_autoptr(GArray) missing = recall_losses_dup_missing(vault);
    RecallStatistics sum = {.n_missing = missing->len};

    for (unsigned i = 0; i < weeks->len; i++) {
        g_autoptr(GError) local_error = NULL;
        RecallCatalogEntry *entry = recall_catalog_find(catalog, g_array_index(weeks, int, i));

        if (add_week(catalog, entry, &sum, &local_error) ||
            recall_transaction_recover(catalog, g_array_index(weeks, int, i), local_error) ||
            g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED) ||
            g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_TOO_NEW) ||
            g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
            continue;
        if (sum.n_unreadable++ == 0)
            g_strlcpy(sum.unreadable_why, local_error->message, sizeof sum.unreadable_why);
    }
    name_older(catalog, &sum);
    sum.n_receipts_lost = recall_receipts_explain_lost(catalog->keyring, catalog->folder,
                                                       sum.receipts_why, sizeof sum.receipts_why);
    sum.n_damaged =
        catalog->n_damaged + recall_quarantine_count(catalog->folder, RECALL_RECEIPTS_NAME);
    sum.is_read_only = catalog->is_refused || recall_segment_is_on_read_only_disk(catalog->folder);
    recall_losses_name_weeks(missing, sum.missing_names, sizeof sum.missing_names);
    recall_losses_name_damaged(vault, sum.damaged_names, sizeof sum.damaged_names);
    if (catalog->n_damaged > 0)
        sum.n_bytes += recall_disk_usage_of_quarantine(catalog->folder, -1);
    *out_statistics = sum;
    return TRUE;
}
