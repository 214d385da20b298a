/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/page-codec.h"

#include <sqlite3.h>

/* A write-ahead log, sealed. SQLite reads and writes it at its own offsets; in the file each header
 * is larger by nonce, tag and a word of ours, so offsets and sizes are mapped.
 *
 * Header and page of a frame are sealed apart: SQLite writes a large transaction with empty headers
 * and fills them in later. What was torn by a loss of power is given to SQLite as zeros, so that it
 * ends the log there, as it would by its own checksums. But what some later frame vouches for had
 * reached the disk: when that does not open, it was changed, and the file is refused. */

typedef struct RecallCryptWal RecallCryptWal;

/* @file: (transfer none): open, and outlives this; @codec: likewise */
RecallCryptWal *recall_crypt_wal_new(sqlite3_file *file, RecallPageCodec *codec);
void recall_crypt_wal_free(RecallCryptWal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallCryptWal, recall_crypt_wal_free)

/* All as of sqlite3_io_methods, with its codes; SQLITE_IOERR_DATA: what is there was not sealed
 * here.
 */
int recall_crypt_wal_read(RecallCryptWal *self, uint8_t *out, int n_bytes, int64_t offset);
int recall_crypt_wal_write(RecallCryptWal *self, const uint8_t *data, int n_bytes, int64_t offset);
int recall_crypt_wal_truncate(RecallCryptWal *self, int64_t n_bytes);
int recall_crypt_wal_sync(RecallCryptWal *self, int flags);
int recall_crypt_wal_measure(RecallCryptWal *self, int64_t *out_n_bytes);

/* The page in a frame, from 0, that was written or read before; 0: not known. */
uint32_t recall_crypt_wal_get_number(const RecallCryptWal *self, uint32_t frame);

/* @out: RECALL_PAGE_BYTES */
int recall_crypt_wal_read_page(RecallCryptWal *self, uint32_t frame, uint8_t *out);
