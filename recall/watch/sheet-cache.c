/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/sheet-cache.h"

struct RecallSheetCache {
    GHashTable *places; /* digest, borrowed from the sheet, to the newest sheet that has it */
    GQueue sheets;      /* of ProtocolSheet, oldest first */
    size_t n_bytes;
    size_t max_bytes;
};

RecallSheetCache *
recall_sheet_cache_new(size_t max_bytes)
{
    RecallSheetCache *self = g_new0(RecallSheetCache, 1);

    self->places = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    self->max_bytes = max_bytes;
    return self;
}

void
recall_sheet_cache_clear(RecallSheetCache *self)
{
    g_hash_table_remove_all(self->places);
    g_queue_clear_full(&self->sheets, (GDestroyNotify)protocol_sheet_unref);
    self->n_bytes = 0;
}

void
recall_sheet_cache_free(RecallSheetCache *self)
{
    if (self == NULL)
        return;
    recall_sheet_cache_clear(self);
    g_hash_table_unref(self->places);
    g_free(self);
}

static void
drop_oldest(RecallSheetCache *self)
{
    g_autoptr(ProtocolSheet) sheet = g_queue_pop_head(&self->sheets);

    for (unsigned i = 0; i < sheet->digests->len; i++) {
        GBytes *digest = sheet->digests->pdata[i];

        if (g_hash_table_lookup(self->places, digest) == sheet)
            g_hash_table_remove(self->places, digest);
    }
    self->n_bytes -= g_bytes_get_size(sheet->coded);
}

void
recall_sheet_cache_put(RecallSheetCache *self, ProtocolSheet *sheet)
{
    size_t n_bytes = g_bytes_get_size(sheet->coded);

    if (n_bytes > self->max_bytes || g_queue_find(&self->sheets, sheet) != NULL)
        return;
    while (self->n_bytes + n_bytes > self->max_bytes)
        drop_oldest(self);
    g_queue_push_tail(&self->sheets, protocol_sheet_ref(sheet));
    self->n_bytes += n_bytes;
    for (unsigned i = 0; i < sheet->digests->len; i++)
        g_hash_table_replace(self->places, sheet->digests->pdata[i], sheet);
}

ProtocolSheet *
recall_sheet_cache_find(const RecallSheetCache *self, GBytes *digest)
{
    return g_hash_table_lookup(self->places, digest);
}
