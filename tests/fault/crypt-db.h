/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/crypt-vfs.h"
#include "tests/fault/power-disk.h"

/* A sealed database on a disk that may lose power, set up as a segment is. */

#define CRYPT_DB_PATH "segment.db"
#define CRYPT_DB_WAL_PATH "segment.db-wal"

typedef struct {
    RecallCryptVfs *vfs;
    sqlite3 *db;
    char *complaint; /* the first thing that went wrong, NULL */
} CryptDb;

/* @key, @id: one byte that all of the key or of the segment's id are made of
 * Returns: @out is to be closed in any case; FALSE with its complaint when it cannot be opened */
gboolean crypt_db_open(CryptDb *out, PowerDisk *disk, char key, char id);
void crypt_db_close(CryptDb *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CryptDb, crypt_db_close)

/* Makes an empty one and closes it. */
void crypt_db_create(PowerDisk *disk, char key, char id);

gboolean crypt_db_execute(CryptDb *self, const char *sql);
/* Returns: (transfer full) (nullable): the rows as text, columns divided by | and rows by line ends
 */
char *crypt_db_ask(CryptDb *self, const char *sql);
