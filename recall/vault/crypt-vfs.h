/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/crypt-wal.h"

#include <sqlite3.h>

/* A layer between SQLite and its files that seals whatever is written: one for each open segment,
 * because it holds the segment's key. It knows database and WAL, and refuses every other file, so
 * the connection must use locking_mode=EXCLUSIVE (before WAL; no shared memory file), WAL,
 * temp_store=MEMORY and pages of RECALL_PAGE_BYTES. A new database needs
 * recall_crypt_vfs_prepare(), and journal_mode=MEMORY until it is in WAL mode.
 *
 * What does not open as what was sealed fails with SQLITE_IOERR_DATA. */

typedef struct RecallCryptVfs RecallCryptVfs;

/* Sealed pieces that are counted ahead, so that a count on the disk is never too low. */
#define RECALL_CRYPT_VFS_LEASE_N 65536

/* Writes down that so many more will be sealed. Returns: FALSE: the segment may not be written */
typedef gboolean (*RecallCryptVfsLease)(uint64_t n, void *user_data);

/* @below: (nullable): the VFS that has the files, SQLite's own when NULL
 * @codec: (transfer full)
 * @lease: (nullable): called before the first seal and after each RECALL_CRYPT_VFS_LEASE_N
 * @free_user_data: (nullable) */
RecallCryptVfs *recall_crypt_vfs_new(const char *below,
                                     RecallPageCodec *codec,
                                     RecallCryptVfsLease lease,
                                     void *user_data,
                                     GDestroyNotify free_user_data);

/* After the connection was closed. */
void recall_crypt_vfs_free(RecallCryptVfs *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallCryptVfs, recall_crypt_vfs_free)

/* For sqlite3_open_v2(). */
const char *recall_crypt_vfs_get_name(const RecallCryptVfs *self);

/* Pieces that were sealed since it was made: as good as written. */
uint64_t recall_crypt_vfs_get_n_seals(const RecallCryptVfs *self);

/* Whether a page of the database's file was written since recall_crypt_vfs_begin_watch(); TRUE
 * without it. The log does not count. */
void recall_crypt_vfs_begin_watch(RecallCryptVfs *self);
gboolean recall_crypt_vfs_is_written(const RecallCryptVfs *self);

/* Returns: (transfer none) (nullable): the database's log while it is open */
RecallCryptWal *recall_crypt_vfs_get_log(const RecallCryptVfs *self);

/* Makes a database that has no page yet leave room for the seals. Returns: a code of SQLite */
int recall_crypt_vfs_prepare(sqlite3 *db);
