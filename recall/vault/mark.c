/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/mark.h"

#include "base/cleanup.h"
#include "recall/vault/schema.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SQL_NUMBER "SELECT max(n) FROM mark"
#define SQL_PAGE "SELECT rootpage FROM sqlite_schema WHERE name = 'mark'"

static int
read_number(sqlite3 *db, const char *sql, uint64_t *out)
{
    g_autoptr(sqlite3_stmt) statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(statement);
    if (code != SQLITE_ROW)
        return code;
    *out = (uint64_t)MAX(sqlite3_column_int64(statement, 0), 0);
    return SQLITE_OK;
}

static int
read_page_number(RecallMark *self, sqlite3 *db)
{
    uint64_t page = 0;
    int code = read_number(db, SQL_PAGE, &page);

    self->page = (uint32_t)page;
    return code;
}

int
recall_mark_read(RecallMark *self, sqlite3 *db)
{
    int code = sqlite3_table_column_metadata(db, NULL, "mark", "n", NULL, NULL, NULL, NULL, NULL);

    self->n = 0;
    if (code == SQLITE_OK)
        code = read_number(db, SQL_NUMBER, &self->n);
    else if (code == SQLITE_ERROR) /* no such table: releases before made none */
        code = SQLITE_OK;
    if (code == SQLITE_OK && self->n > 0)
        code = read_page_number(self, db);
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

    if (code == SQLITE_OK && self->page == 0)
        code = read_page_number(self, db);
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

/* @out: zeros where the file is too short. Returns: FALSE when it cannot be opened */
static gboolean
read_seal(const char *path, uint32_t number, RecallPageSeal *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    uint8_t sealed[RECALL_PAGE_BYTES];
    off_t at = (off_t)(number - 1) * RECALL_PAGE_BYTES;

    memset(out, 0, sizeof *out);
    if (fd < 0)
        return FALSE;
    if (pread(fd, sealed, sizeof sealed, at) == sizeof sealed)
        *out = *recall_page_codec_get_seal(sealed);
    close(fd);
    return TRUE;
}

static gboolean
is_same(const RecallPageSeal *a, const RecallPageSeal *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

void
recall_mark_note_closed(const RecallMark *self, const char *path)
{
    RecallKeyringWitness witness = {.number = self->page};
    RecallKeyringWitness known;
    g_autofree char *log_path = g_strconcat(path, "-wal", NULL);
    g_autoptr(GError) error = NULL;

    if (self->page == 0 || self->is_older || g_file_test(log_path, G_FILE_TEST_EXISTS) ||
        !read_seal(path, self->page, &witness.seal))
        return;
    known = recall_keyring_get_witness(self->keyring, self->id);
    if (known.number == witness.number && is_same(&known.seal, &witness.seal))
        return;
    if (!recall_keyring_set_witness(self->keyring, self->id, &witness, &error))
        g_info("Cannot note how a week was closed: %s", error->message);
}

gboolean
recall_mark_is_older_closed(const RecallKeyring *keyring, int week, const char *path)
{
    RecallKeyringWitness witness = recall_keyring_get_newest_witness(keyring, week);
    RecallPageSeal seal;

    return witness.number != 0 && read_seal(path, witness.number, &seal) &&
           !is_same(&seal, &witness.seal);
}
