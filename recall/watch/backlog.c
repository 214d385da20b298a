/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/backlog.h"

RecallBacklogEntry *
recall_backlog_ref_entry(RecallBacklogEntry *entry)
{
    entry->n_refs++;
    return entry;
}

void
recall_backlog_unref_entry(RecallBacklogEntry *entry)
{
    if (--entry->n_refs > 0)
        return;
    g_variant_unref(entry->scene);
    g_hash_table_unref(entry->places);
    g_ptr_array_unref(entry->digests);
    g_ptr_array_unref(entry->sheets);
    g_free(entry);
}

/* Each digest once, in order. */
static void
list_digests(RecallBacklogEntry *entry, const GArray *tiles)
{
    entry->digests = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    entry->places = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    for (unsigned i = 0; i < tiles->len; i++) {
        const ProtocolTile *tile = &g_array_index(tiles, ProtocolTile, i);
        g_autoptr(GBytes) digest = g_bytes_new(tile->digest, PROTOCOL_DIGEST_BYTES);

        if (g_hash_table_insert(entry->places, digest, NULL))
            g_ptr_array_add(entry->digests, g_steal_pointer(&digest));
    }
}

int64_t
recall_backlog_week_at(int64_t at_us)
{
    return (at_us - PROTOCOL_SCENE_TIME_MIN_US) / PROTOCOL_SCENE_WEEK_US;
}

static RecallBacklogEntry *
new_entry(const ProtocolScene *scene)
{
    RecallBacklogEntry *entry = g_new0(RecallBacklogEntry, 1);

    entry->n_refs = 1;
    entry->key = scene->key;
    entry->start_us = scene->start_us;
    entry->end_us = scene->end_us;
    entry->week = recall_backlog_week_at(scene->start_us);
    entry->scene = g_variant_ref_sink(protocol_scene_to_variant(scene));
    list_digests(entry, scene->tiles);
    entry->sheets = g_ptr_array_new_with_free_func((GDestroyNotify)protocol_sheet_unref);
    entry->n_bytes = g_variant_get_size(entry->scene);
    entry->put_us = g_get_monotonic_time();
    return entry;
}

/* Notes for which of the entry's tiles it has the pixels. Returns: FALSE when for none */
static gboolean
place_sheet(RecallBacklogEntry *entry, ProtocolSheet *sheet)
{
    gboolean is_named = FALSE;

    for (unsigned i = 0; i < sheet->digests->len; i++) {
        GBytes *digest = sheet->digests->pdata[i];

        if (!g_hash_table_contains(entry->places, digest))
            continue;
        g_hash_table_insert(entry->places, digest, sheet);
        is_named = TRUE;
    }
    return is_named;
}

/* Takes over sheets of the entry's tiles, as much as the backlog could ever hold. */
static void
give_sheets(RecallBacklogEntry *entry, GPtrArray *sheets)
{
    for (unsigned i = 0; i < sheets->len; i++) {
        ProtocolSheet *sheet = sheets->pdata[i];
        size_t n_bytes = g_bytes_get_size(sheet->coded);

        if (entry->n_bytes + n_bytes > RECALL_BACKLOG_MAX_BYTES ||
            g_ptr_array_find(entry->sheets, sheet, NULL) || !place_sheet(entry, sheet))
            continue;
        g_ptr_array_add(entry->sheets, protocol_sheet_ref(sheet));
        entry->n_bytes += n_bytes;
    }
}

/* --- the line --- */

void
recall_backlog_init(RecallBacklog *self)
{
    *self = (RecallBacklog){0};
    g_queue_init(&self->entries);
}

void
recall_backlog_clear(RecallBacklog *self)
{
    g_queue_clear_full(&self->entries, (GDestroyNotify)recall_backlog_unref_entry);
}

void
recall_backlog_remove(RecallBacklog *self, RecallBacklogEntry *entry)
{
    if (!g_queue_remove(&self->entries, entry))
        return;
    self->n_bytes -= entry->n_bytes;
    recall_backlog_unref_entry(entry);
}

/* Returns: the last one with this key, or NULL */
static RecallBacklogEntry *
find(RecallBacklog *self, uint64_t key)
{
    for (GList *link = self->entries.tail; link != NULL; link = link->prev) {
        if (((RecallBacklogEntry *)link->data)->key == key)
            return link->data;
    }
    return NULL;
}

void
recall_backlog_drop(RecallBacklog *self, RecallBacklogEntry *entry)
{
    recall_backlog_remove(self, entry);
    self->n_dropped++;
}

/* Drops the oldest that is not in flight; those in flight count, but are few. */
static void
keep_bounds(RecallBacklog *self)
{
    while (self->entries.length > RECALL_BACKLOG_N_MAX ||
           self->n_bytes > RECALL_BACKLOG_MAX_BYTES) {
        GList *link = self->entries.head;

        while (link != NULL && ((RecallBacklogEntry *)link->data)->state != RECALL_BACKLOG_WAITING)
            link = link->next;
        if (link == NULL || link->next == NULL)
            return; /* the newest stays, even alone and large */
        recall_backlog_drop(self, link->data);
    }
}

RecallBacklogEntry *
recall_backlog_put(RecallBacklog *self, const ProtocolScene *scene, GPtrArray *sheets)
{
    RecallBacklogEntry *entry = new_entry(scene);
    RecallBacklogEntry *older = find(self, scene->key);

    give_sheets(entry, sheets);
    if (older != NULL && older->state == RECALL_BACKLOG_WAITING) {
        give_sheets(entry, older->sheets);
        entry->put_us = older->put_us;
        recall_backlog_remove(self, older);
    }
    g_queue_push_tail(&self->entries, entry);
    self->n_bytes += entry->n_bytes;
    keep_bounds(self);
    return entry;
}

void
recall_backlog_put_back(RecallBacklog *self, RecallBacklogEntry *entry)
{
    RecallBacklogEntry *newer = find(self, entry->key);

    entry->state = RECALL_BACKLOG_WAITING;
    if (newer == NULL || newer == entry)
        return;
    self->n_bytes -= newer->n_bytes;
    give_sheets(newer, entry->sheets);
    self->n_bytes += newer->n_bytes;
    newer->put_us = entry->put_us;
    recall_backlog_remove(self, entry);
}

void
recall_backlog_touch(RecallBacklog *self, uint64_t key, int64_t end_us)
{
    RecallBacklogEntry *entry = find(self, key);

    if (entry != NULL)
        entry->end_us = MAX(entry->end_us, end_us);
}

static gboolean
is_in(const RecallBacklogEntry *entry, const RecallBacklogSpan *span)
{
    return entry->end_us >= span->since_us && entry->start_us < span->until_us;
}

gboolean
recall_backlog_has(const RecallBacklog *self, const RecallBacklogSpan *span)
{
    for (GList *link = self->entries.head; link != NULL; link = link->next) {
        if (is_in(link->data, span))
            return TRUE;
    }
    return FALSE;
}

unsigned
recall_backlog_forget(RecallBacklog *self, const RecallBacklogSpan *span)
{
    uint64_t n_before = self->n_dropped;
    GList *link = self->entries.head;

    while (link != NULL) {
        RecallBacklogEntry *entry = link->data;

        link = link->next;
        if (!is_in(entry, span))
            continue;
        entry->is_forgotten = TRUE;
        if (entry->state != RECALL_BACKLOG_WAITING)
            continue;
        if (span->is_in_part)
            recall_backlog_drop(self, entry);
        else
            recall_backlog_remove(self, entry);
    }
    return (unsigned)(self->n_dropped - n_before);
}

gboolean
recall_backlog_may_send(const RecallBacklog *self, const RecallBacklogEntry *entry)
{
    if (entry->state != RECALL_BACKLOG_WAITING)
        return FALSE;
    for (GList *link = self->entries.head; link != NULL && link->data != entry; link = link->next) {
        if (((RecallBacklogEntry *)link->data)->key == entry->key)
            return FALSE;
    }
    return TRUE;
}

int64_t
recall_backlog_get_oldest_us(const RecallBacklog *self)
{
    int64_t oldest_us = 0;

    for (GList *link = self->entries.head; link != NULL; link = link->next) {
        const RecallBacklogEntry *entry = link->data;

        if (oldest_us == 0 || entry->put_us < oldest_us)
            oldest_us = entry->put_us;
    }
    return oldest_us;
}
