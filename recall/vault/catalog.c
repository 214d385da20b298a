/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/catalog.h"

#include "recall/vault/mark.h"
#include "recall/vault/quarantine.h"
#include "recall/vault/schema.h"

#include <glib/gstdio.h>

#define NEW_SUFFIX ".db.new" /* of a segment that was being made, or sealed anew */

/* What fails costs no scene: an older copy of this file is not noticed. */
void
recall_catalog_raise_mark(RecallCatalogEntry *entry, gboolean is_before_write)
{
    g_autoptr(GError) error = NULL;

    if (entry->segment != NULL &&
        !recall_segment_raise_mark(entry->segment, is_before_write, &error))
        g_info("Cannot mark a week: %s", error->message);
}

void
recall_catalog_close(RecallCatalog *self, RecallCatalogEntry *entry)
{
    if (entry->segment == NULL)
        return;
    g_clear_pointer(&entry->segment, recall_segment_close);
    entry->is_in_transaction = FALSE;
    entry->has_large_cache = FALSE;
    self->n_open--;
}

static void
free_entry(RecallCatalogEntry *entry)
{
    recall_segment_close(entry->segment);
    g_free(entry);
}

/* --- the list --- */

/* Returns: where the week stands or would stand */
static unsigned
find_place(const RecallCatalog *self, int week)
{
    unsigned i = 0;

    while (i < self->entries->len &&
           ((RecallCatalogEntry *)g_ptr_array_index(self->entries, i))->week > week)
        i++;
    return i;
}

RecallCatalogEntry *
recall_catalog_find(const RecallCatalog *self, int week)
{
    unsigned i = find_place(self, week);
    RecallCatalogEntry *entry = i < self->entries->len ? g_ptr_array_index(self->entries, i) : NULL;

    return entry != NULL && entry->week == week ? entry : NULL;
}

RecallCatalogEntry *
recall_catalog_add(RecallCatalog *self, int week)
{
    RecallCatalogEntry *entry = g_new0(RecallCatalogEntry, 1);

    entry->week = week;
    entry->n_scenes = -1;
    g_ptr_array_insert(self->entries, (int)find_place(self, week), entry);
    return entry;
}

void
recall_catalog_remove(RecallCatalog *self, RecallCatalogEntry *entry)
{
    recall_catalog_close(self, entry);
    g_ptr_array_remove(self->entries, entry);
}

GArray *
recall_catalog_dup_weeks(const RecallCatalog *self)
{
    GArray *weeks = g_array_new(FALSE, FALSE, sizeof(int));

    for (unsigned i = 0; i < self->entries->len; i++)
        g_array_append_val(weeks,
                           ((RecallCatalogEntry *)g_ptr_array_index(self->entries, i))->week);
    return weeks;
}

static gboolean
scan_folder(RecallCatalog *self, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(self->folder, 0, error);
    const char *name;

    if (dir == NULL)
        return FALSE;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(self->folder, name, NULL);
        int week = recall_segment_week_of_name(name);

        if (week >= 0)
            recall_catalog_add(self, week);
        else if (g_str_has_suffix(name, NEW_SUFFIX))
            g_remove(path);
    }
    return TRUE;
}

RecallCatalog *
recall_catalog_new(const char *folder, RecallKeyring *keyring, GError **error)
{
    g_autoptr(RecallCatalog) self = g_new0(RecallCatalog, 1);
    g_autoptr(GArray) damaged = recall_quarantine_dup_weeks(folder);

    self->folder = g_strdup(folder);
    self->keyring = keyring;
    self->entries = g_ptr_array_new_with_free_func((GDestroyNotify)free_entry);
    self->n_damaged = damaged->len;
    return scan_folder(self, error) ? g_steal_pointer(&self) : NULL;
}

void
recall_catalog_free(RecallCatalog *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->entries);
    g_free(self->folder);
    g_free(self);
}

/* --- what is damaged --- */

void
recall_catalog_set_aside(RecallCatalog *self, int week)
{
    g_autofree char *name = recall_segment_dup_name(week);
    g_autoptr(GError) error = NULL;
    RecallCatalogEntry *entry = recall_catalog_find(self, week);

    if (entry == NULL)
        return;
    recall_catalog_remove(self, entry);
    if (recall_quarantine_move(self->folder, week, &error))
        g_warning("The segment %s is damaged; it was set aside as %s.*.damaged and the rest of the "
                  "history goes on without it",
                  name, name);
    else
        g_warning("The segment %s is damaged and stays unused: %s", name, error->message);
    self->n_damaged++;
}

void
recall_catalog_destroy_damaged(RecallCatalog *self, int week)
{
    unsigned n = recall_quarantine_destroy(self->folder, week);

    self->n_damaged -= MIN(n, self->n_damaged);
}

/* --- opening --- */

/* Closes the one that was used longest ago, but never the newest nor one that is being written. */
static void
make_room(RecallCatalog *self)
{
    RecallCatalogEntry *oldest = NULL;

    if (self->n_open < RECALL_CATALOG_N_OPEN_MAX)
        return;
    for (unsigned i = 1; i < self->entries->len; i++) {
        RecallCatalogEntry *entry = g_ptr_array_index(self->entries, i);

        if (entry->segment != NULL && !entry->is_in_transaction &&
            (oldest == NULL || entry->used_at < oldest->used_at))
            oldest = entry;
    }
    if (oldest == NULL)
        return;
    recall_catalog_raise_mark(oldest, FALSE);
    recall_catalog_close(self, oldest);
}

/* The newest one has a large cache, the one before it no more. */
static void
share_caches(RecallCatalog *self)
{
    for (unsigned i = 0; i < MIN(self->entries->len, 2); i++) {
        RecallCatalogEntry *entry = g_ptr_array_index(self->entries, i);
        gboolean wants_large = i == 0;

        if (entry->segment == NULL || entry->has_large_cache == wants_large)
            continue;
        recall_segment_set_cache(
            entry->segment, wants_large ? RECALL_SEGMENT_CACHE_LARGE_KIB : RECALL_SEGMENT_CACHE_KIB,
            NULL);
        entry->has_large_cache = wants_large;
    }
}

static void
note_age(RecallCatalogEntry *entry, gboolean is_older)
{
    g_autofree char *name = recall_segment_dup_name(entry->week);

    if (is_older && !entry->is_older)
        g_warning("The segment %s is older than the one that was written last", name);
    entry->is_older = is_older;
}

void
recall_catalog_look_at_closed(RecallCatalog *self, RecallCatalogEntry *entry)
{
    g_autofree char *name = recall_segment_dup_name(entry->week);
    g_autofree char *path = g_build_filename(self->folder, name, NULL);

    note_age(entry, recall_mark_is_older_closed(self->keyring, entry->week, path));
}

gboolean
recall_catalog_open(RecallCatalog *self, RecallCatalogEntry *entry, gboolean create, GError **error)
{
    g_autoptr(GError) local_error = NULL;

    entry->used_at = ++self->n_uses;
    if (entry->segment != NULL && recall_segment_is_read_only(entry->segment) &&
        !recall_segment_is_on_read_only_disk(self->folder))
        recall_catalog_close(self, entry);
    if (entry->segment != NULL)
        return TRUE;
    make_room(self);
    entry->segment =
        recall_segment_open(self->keyring, self->folder, entry->week, create, &local_error);
    if (entry->segment != NULL) {
        self->n_open++;
        note_age(entry, recall_segment_is_older(entry->segment));
        share_caches(self);
        return TRUE;
    }
    if (g_error_matches(local_error, RECALL_SEGMENT_ERROR, RECALL_SEGMENT_ERROR_DAMAGED))
        recall_catalog_set_aside(self, entry->week);
    g_propagate_error(error, g_steal_pointer(&local_error));
    return FALSE;
}
