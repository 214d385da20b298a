/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/seen.h"

typedef struct {
    ReaderDigest pixels;
    ReaderFacts facts;
} Entry;

struct ReaderSeen {
    GHashTable *entries; /* ReaderDigest in the Entry, to Entry */
};

ReaderSeen *
reader_seen_new(void)
{
    ReaderSeen *self = g_new0(ReaderSeen, 1);

    self->entries = g_hash_table_new_full(reader_digest_hash, reader_digest_equal, NULL, g_free);
    return self;
}

void
reader_seen_free(ReaderSeen *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->entries);
    g_free(self);
}

const ReaderFacts *
reader_seen_get(const ReaderSeen *self, const ReaderDigest *pixels)
{
    const Entry *entry = g_hash_table_lookup(self->entries, pixels);

    return entry != NULL ? &entry->facts : NULL;
}

void
reader_seen_put(ReaderSeen *self, const ReaderDigest *pixels, const ReaderFacts *facts)
{
    Entry *entry = g_new0(Entry, 1);

    if (g_hash_table_size(self->entries) >= READER_SEEN_N_LINES_MAX)
        reader_seen_forget(self);
    entry->pixels = *pixels;
    entry->facts = *facts;
    g_hash_table_replace(self->entries, &entry->pixels, entry);
}

void
reader_seen_forget(ReaderSeen *self)
{
    g_hash_table_remove_all(self->entries);
}

unsigned
reader_seen_n_lines(const ReaderSeen *self)
{
    return g_hash_table_size(self->entries);
}
