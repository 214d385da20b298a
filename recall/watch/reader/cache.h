/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/watch/reader/page.h"

/* What stood in lines that were seen before, by the digest of their pixels. The least recently used
 * go first. One thread. */

#define READER_CACHE_N_LINES_MAX 20000
#define READER_CACHE_MAX_BYTES (16 * 1024 * 1024)

typedef struct ReaderCache ReaderCache;

ReaderCache *reader_cache_new(void);
void reader_cache_free(ReaderCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReaderCache, reader_cache_free)

/* Returns: (transfer none) (nullable): of ReaderWord; NULL when the line was not read */
GArray *reader_cache_get(ReaderCache *self, const ReaderDigest *digest);

/* @words: (transfer full): of ReaderWord; replaces what was there */
void reader_cache_put(ReaderCache *self, const ReaderDigest *digest, GArray *words);

/* Notes that the line is shown though it was not read.
 * Returns: since when it is, as far as is known: at most @now_us */
int64_t reader_cache_note(ReaderCache *self, const ReaderDigest *digest, int64_t now_us);

void reader_cache_forget(ReaderCache *self);

unsigned reader_cache_n_lines(const ReaderCache *self);
size_t reader_cache_bytes(const ReaderCache *self);
