/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/cache.h"

#include "recall/watch/reader/words.h"

#include <string.h>

#define ENTRY_BYTES 160 /* of an entry and its places in the table and the queue, about */

typedef struct {
    ReaderDigest digest;
    GArray *words;   /* NULL: not read */
    int64_t seen_us; /* when it was noted first */
    size_t n_bytes;
    GList *link; /* in the queue */
} Entry;

struct ReaderCache {
    GHashTable *entries; /* ReaderDigest in the Entry, to Entry */
    GQueue queue;        /* of Entry, the last used at the head */
    size_t n_bytes;
};

static void
free_entry(void *data)
{
    Entry *entry = data;

    g_clear_pointer(&entry->words, g_array_unref);
    g_free(entry);
}

ReaderCache *
reader_cache_new(void)
{
    ReaderCache *self = g_new0(ReaderCache, 1);

    self->entries =
        g_hash_table_new_full(reader_digest_hash, reader_digest_equal, NULL, free_entry);
    g_queue_init(&self->queue);
    return self;
}

void
reader_cache_free(ReaderCache *self)
{
    if (self == NULL)
        return;
    g_queue_clear(&self->queue);
    g_hash_table_unref(self->entries);
    g_free(self);
}

static void
drop_last(ReaderCache *self)
{
    Entry *entry = g_queue_pop_tail(&self->queue);

    self->n_bytes -= entry->n_bytes;
    g_hash_table_remove(self->entries, &entry->digest);
}

static Entry *
find(ReaderCache *self, const ReaderDigest *digest)
{
    Entry *entry = g_hash_table_lookup(self->entries, digest);

    if (entry != NULL) {
        g_queue_unlink(&self->queue, entry->link);
        g_queue_push_head_link(&self->queue, entry->link);
    }
    return entry;
}

static Entry *
find_or_add(ReaderCache *self, const ReaderDigest *digest)
{
    Entry *entry = find(self, digest);

    if (entry != NULL)
        return entry;
    entry = g_new0(Entry, 1);
    entry->digest = *digest;
    entry->n_bytes = ENTRY_BYTES;
    g_queue_push_head(&self->queue, entry);
    entry->link = self->queue.head;
    g_hash_table_insert(self->entries, &entry->digest, entry);
    self->n_bytes += entry->n_bytes;
    return entry;
}

static void
trim(ReaderCache *self)
{
    while (self->queue.length > READER_CACHE_N_LINES_MAX ||
           (self->n_bytes > READER_CACHE_MAX_BYTES && self->queue.length > 0))
        drop_last(self);
}

GArray *
reader_cache_get(ReaderCache *self, const ReaderDigest *digest)
{
    Entry *entry = find(self, digest);

    return entry != NULL ? entry->words : NULL;
}

static size_t
measure(const GArray *words)
{
    size_t n_bytes = sizeof(GArray) + words->len * sizeof(ReaderWord);

    for (unsigned i = 0; i < words->len; i++)
        n_bytes += strlen(g_array_index(words, ReaderWord, i).text) + 16;
    return n_bytes;
}

void
reader_cache_put(ReaderCache *self, const ReaderDigest *digest, GArray *words)
{
    Entry *entry = find_or_add(self, digest);

    g_clear_pointer(&entry->words, g_array_unref);
    self->n_bytes -= entry->n_bytes;
    entry->words = words;
    entry->n_bytes = ENTRY_BYTES + measure(words);
    self->n_bytes += entry->n_bytes;
    trim(self);
}

int64_t
reader_cache_note(ReaderCache *self, const ReaderDigest *digest, int64_t now_us)
{
    Entry *entry = find_or_add(self, digest);

    if (entry->seen_us == 0)
        entry->seen_us = now_us;
    now_us = entry->seen_us;
    trim(self);
    return now_us;
}

void
reader_cache_forget(ReaderCache *self)
{
    g_queue_clear(&self->queue);
    g_hash_table_remove_all(self->entries);
    self->n_bytes = 0;
}

unsigned
reader_cache_n_lines(const ReaderCache *self)
{
    return self->queue.length;
}

size_t
reader_cache_bytes(const ReaderCache *self)
{
    return self->n_bytes;
}
