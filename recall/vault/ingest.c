/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/ingest.h"

#include "recall/vault/append.h"
#include "recall/vault/scene-id.h"
#include "recall/vault/scene-tiles.h"
#include "recall/vault/transaction.h"
#include "recall/vault/upkeep.h"

RecallAppend *
recall_append_new(ProtocolScene *scene, GPtrArray *sheets)
{
    RecallAppend *self = g_new0(RecallAppend, 1);

    self->scene = scene;
    self->sheets = sheets;
    return self;
}

void
recall_append_free(RecallAppend *self)
{
    if (self == NULL)
        return;
    protocol_scene_free(self->scene);
    g_clear_pointer(&self->sheets, g_ptr_array_unref);
    g_clear_pointer(&self->missing, g_ptr_array_unref);
    g_clear_error(&self->error);
    g_free(self);
}

/* While locked, weeks that are over are closed for writing too. */
static gboolean
is_locked_out(const GError *error)
{
    return g_error_matches(error, RECALL_KEYRING_ERROR, RECALL_KEYRING_ERROR_LOCKED);
}

/* What belongs into a week that is locked goes into the one in hand. */
static RecallCatalogEntry *
begin_for_scene(RecallCatalog *catalog, ProtocolScene *scene, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    RecallCatalogEntry *entry =
        recall_transaction_begin(catalog, recall_segment_week_at(scene->start_us), &local_error);
    int week = recall_keyring_get_week_in_hand(catalog->keyring);

    if (entry != NULL)
        return entry;
    if (!is_locked_out(local_error) || week < 0) {
        g_propagate_error(error, g_steal_pointer(&local_error));
        return NULL;
    }
    scene->start_us = CLAMP(scene->start_us, recall_segment_week_start_us(week),
                            recall_segment_week_start_us(week + 1) - 1);
    return recall_transaction_begin(catalog, week, error);
}

static gboolean
append_one(RecallCatalog *catalog, RecallAppend *append, GError **error)
{
    RecallCatalogEntry *entry = begin_for_scene(catalog, append->scene, error);
    int64_t row;

    if (entry == NULL)
        return FALSE;
    g_clear_pointer(&append->missing, g_ptr_array_unref);
    if (!recall_append_scene(entry->segment, append->scene, append->sheets, &row, &append->missing,
                             error))
        return FALSE;
    append->id = recall_scene_id_make(entry->week, row);
    entry->n_scenes = -1;
    entry->is_tidy = FALSE;
    return TRUE;
}

static gboolean
append_together(RecallCatalog *catalog, GPtrArray *appends, GError **error)
{
    for (unsigned i = 0; i < appends->len; i++) {
        if (!append_one(catalog, g_ptr_array_index(appends, i), error))
            return FALSE;
    }
    return recall_transaction_commit(catalog, error);
}

static void
append_alone(RecallCatalog *catalog, RecallAppend *append)
{
    int week = recall_segment_week_at(append->scene->start_us);

    for (unsigned n_tries = 0; n_tries < 2; n_tries++) {
        g_clear_error(&append->error);
        if (append_one(catalog, append, &append->error) &&
            recall_transaction_commit(catalog, &append->error))
            return;
        if (!recall_transaction_recover(catalog, week, append->error))
            return;
    }
}

/* A clock that was wrong may have made weeks that are newer than the one that is written to. */
static void
hold_week(RecallCatalog *catalog, GPtrArray *appends)
{
    const RecallAppend *last =
        appends->len > 0 ? g_ptr_array_index(appends, appends->len - 1) : NULL;
    g_autoptr(GError) error = NULL;

    if (last != NULL && last->error == NULL &&
        !recall_keyring_hold(catalog->keyring, recall_scene_id_get_week(last->id), &error))
        g_warning("While the history is locked it cannot be added to: %s", error->message);
}

static void
note_refusal(RecallCatalog *catalog, GPtrArray *appends)
{
    const RecallAppend *last =
        appends->len > 0 ? g_ptr_array_index(appends, appends->len - 1) : NULL;

    if (last != NULL)
        catalog->is_refused = g_error_matches(last->error, G_IO_ERROR, G_IO_ERROR_READ_ONLY);
}

void
recall_ingest_append_all(RecallVault *vault, GPtrArray *appends)
{
    RecallCatalog *catalog = recall_vault_get_catalog(vault);

    if (!append_together(catalog, appends, NULL)) {
        recall_transaction_roll_back(catalog);
        for (unsigned i = 0; i < appends->len; i++)
            append_alone(catalog, g_ptr_array_index(appends, i));
    }
    note_refusal(catalog, appends);
    hold_week(catalog, appends);
    recall_upkeep_settle(catalog);
}

gboolean
recall_ingest_add_tiles(RecallVault *vault, int64_t id, GPtrArray *sheets, GError **error)
{
    RecallCatalog *catalog = recall_vault_get_catalog(vault);
    g_autoptr(GError) local_error = NULL;
    int week = recall_scene_id_get_week(id);
    RecallCatalogEntry *entry;

    if (recall_catalog_find(catalog, week) == NULL)
        return TRUE; /* set aside meanwhile */
    entry = recall_transaction_begin(catalog, week, &local_error);
    if (entry != NULL)
        entry->is_tidy = FALSE;
    if (entry != NULL && recall_scene_tiles_add_sheets(entry->segment, sheets, &local_error) &&
        recall_transaction_commit(catalog, &local_error))
        return TRUE;
    if (is_locked_out(local_error))
        return TRUE; /* its week is over */
    recall_transaction_recover(catalog, week, local_error);
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

static gboolean
touch_in(RecallCatalog *catalog,
         int week,
         const RecallEnd *end,
         gboolean *out_is_known,
         GError **error)
{
    g_autoptr(GError) local_error = NULL;
    RecallCatalogEntry *entry;

    *out_is_known = FALSE;
    if (recall_catalog_find(catalog, week) == NULL)
        return TRUE;
    entry = recall_transaction_begin(catalog, week, &local_error);
    if (is_locked_out(local_error))
        return TRUE;
    if (entry != NULL)
        return recall_append_end(entry->segment, end->key, end->end_us, out_is_known, error);
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}

/* The scene may have begun in the week before. */
static gboolean
touch_one(RecallCatalog *catalog, const RecallEnd *end, int *out_week, GError **error)
{
    gboolean is_known;

    *out_week = recall_segment_week_at(end->end_us);
    if (!touch_in(catalog, *out_week, end, &is_known, error))
        return FALSE;
    if (is_known || recall_segment_week_at(end->end_us - RECALL_SCENE_DURATION_MAX_US) == *out_week)
        return TRUE;
    *out_week -= 1;
    return touch_in(catalog, *out_week, end, &is_known, error);
}

gboolean
recall_ingest_touch(RecallVault *vault, const GArray *ends, GError **error)
{
    RecallCatalog *catalog = recall_vault_get_catalog(vault);
    g_autoptr(GError) local_error = NULL;
    int week = -1;

    for (unsigned i = 0; i < ends->len && local_error == NULL; i++)
        touch_one(catalog, &g_array_index(ends, RecallEnd, i), &week, &local_error);
    if (local_error == NULL && recall_transaction_commit(catalog, &local_error))
        return TRUE;
    recall_transaction_recover(catalog, week, local_error);
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}
