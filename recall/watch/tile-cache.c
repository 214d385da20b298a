/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/tile-cache.h"

struct RecallTileCache {
    GHashTable *items; /* digest to Item */
    GQueue order;      /* of Item, oldest first */
    unsigned n_max;
};

typedef struct {
    GList link; /* its data is the item */
    GBytes *digest;
} Item;

static void
free_item(void *data)
{
    Item *item = data;

    g_bytes_unref(item->digest);
    g_free(item);
}

RecallTileCache *
recall_tile_cache_new(unsigned n_max)
{
    RecallTileCache *self = g_new0(RecallTileCache, 1);

    self->items = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, NULL, free_item);
    self->n_max = n_max;
    return self;
}

void
recall_tile_cache_free(RecallTileCache *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->items);
    g_free(self);
}

static void
remove_item(RecallTileCache *self, Item *item)
{
    g_queue_unlink(&self->order, &item->link);
    g_hash_table_remove(self->items, item->digest);
}

void
recall_tile_cache_remove(RecallTileCache *self, GBytes *digest)
{
    Item *item = g_hash_table_lookup(self->items, digest);

    if (item != NULL)
        remove_item(self, item);
}

void
recall_tile_cache_put(RecallTileCache *self, GBytes *digest)
{
    GBytes *key = g_bytes_ref(digest); /* it may be the item's own */
    Item *item;

    recall_tile_cache_remove(self, key);
    if (self->order.length >= self->n_max)
        remove_item(self, self->order.head->data);
    item = g_new0(Item, 1);
    item->link.data = item;
    item->digest = key;
    g_queue_push_tail_link(&self->order, &item->link);
    g_hash_table_insert(self->items, item->digest, item);
}

gboolean
recall_tile_cache_has(const RecallTileCache *self, GBytes *digest)
{
    return g_hash_table_contains(self->items, digest);
}

void
recall_tile_cache_clear(RecallTileCache *self)
{
    g_queue_init(&self->order);
    g_hash_table_remove_all(self->items);
}
