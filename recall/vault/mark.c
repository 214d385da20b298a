/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/mark.h"

#include "base/cleanup.h"
#include "recall/vault/schema.h"

static int
read_number(sqlite3 *db, uint64_t *out)
{
    g_autoptr(sqlite3_stmt) statement = NULL;
    int code = sqlite3_prepare_v2(db, "SELECT max(n) FROM mark", -1, &statement, NULL);

    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(statement);
    if (code != SQLITE_ROW)
        return code;
    *out = (uint64_t)MAX(sqlite3_column_int64(statement, 0), 0);
    return SQLITE_OK;
}

int
recall_mark_read(RecallMark *self, sqlite3 *db)
{
    int code = sqlite3_table_column_metadata(db, NULL, "mark", "n", NULL, NULL, NULL, NULL, NULL);

    self->n = 0;
    if (code == SQLITE_OK)
        code = read_number(db, &self->n);
    else if (code == SQLITE_ERROR) /* no such table: releases before made none */
        code = SQLITE_OK;
    self->is_older = self->n < recall_keyring_get_n_marked(self->keyring, self->id);
    self->n_seals = recall_crypt_vfs_get_n_seals(self->vfs);
    return code;
}

gboolean
recall_mark_is_due(const RecallMark *self, sqlite3 *db, gboolean is_before_write)
{
    uint64_t n_seals = recall_crypt_vfs_get_n_seals(self->vfs) - self->n_seals;

    if (self->is_older || sqlite3_db_readonly(db, "main") != 0 || !sqlite3_get_autocommit(db))
        return FALSE;
    return is_before_write ? !self->is_raised || n_seals >= RECALL_MARK_N_SEALS_MAX : n_seals > 0;
}

int
recall_mark_write(RecallMark *self, sqlite3 *db)
{
    uint64_t n = MIN(self->n + 1, G_MAXINT64);
    g_autofree char *sql =
        g_strdup_printf("BEGIN IMMEDIATE;" RECALL_SCHEMA_MARK_SQL
                        "REPLACE INTO mark(id, n) VALUES(1, %" G_GUINT64_FORMAT "); COMMIT",
                        n);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);

    if (code != SQLITE_OK)
        return code;
    self->n = n;
    self->is_raised = TRUE;
    self->n_seals = recall_crypt_vfs_get_n_seals(self->vfs);
    return SQLITE_OK;
}

gboolean
recall_mark_tell_keyring(const RecallMark *self, GError **error)
{
    return recall_keyring_set_n_marked(self->keyring, self->id, self->n, error);
}
