/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/crypt-db.h"

#include "recall/vault/schema.h"

#include <string.h>

static gboolean
complain(CryptDb *self, const char *what)
{
    if (self->complaint == NULL)
        self->complaint = g_strdup_printf("%.60s: %s (%d)", what, sqlite3_errmsg(self->db),
                                          sqlite3_extended_errcode(self->db));
    return FALSE;
}

gboolean
crypt_db_execute(CryptDb *self, const char *sql)
{
    return sqlite3_exec(self->db, sql, NULL, NULL, NULL) == SQLITE_OK || complain(self, sql);
}

static RecallCryptVfs *
new_vfs(PowerDisk *disk, char key, char id)
{
    g_autoptr(RecallKey) secret = recall_key_new();
    uint8_t segment_id[RECALL_SEGMENT_ID_BYTES];
    RecallPageCodec *codec;

    memset(secret, key, RECALL_KEY_BYTES);
    memset(segment_id, id, sizeof segment_id);
    codec = recall_page_codec_new(secret, segment_id, NULL);
    g_assert_nonnull(codec);
    return recall_crypt_vfs_new(power_disk_get_name(disk), codec, NULL, NULL, NULL);
}

gboolean
crypt_db_open(CryptDb *out, PowerDisk *disk, char key, char id)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

    *out = (CryptDb){.vfs = new_vfs(disk, key, id)};
    if (sqlite3_open_v2(CRYPT_DB_PATH, &out->db, flags, recall_crypt_vfs_get_name(out->vfs)) !=
        SQLITE_OK)
        return complain(out, "open");
    sqlite3_extended_result_codes(out->db, TRUE);
    if (power_disk_get_file(disk, CRYPT_DB_PATH)->len > 0)
        return crypt_db_execute(out, RECALL_SCHEMA_PRAGMAS);
    if (recall_crypt_vfs_prepare(out->db) != SQLITE_OK)
        return complain(out, "prepare");
    return crypt_db_execute(out, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY") &&
           crypt_db_execute(out, RECALL_SCHEMA_PRAGMAS);
}

void
crypt_db_close(CryptDb *self)
{
    sqlite3_close(self->db);
    recall_crypt_vfs_free(self->vfs);
    g_free(self->complaint);
    *self = (CryptDb){0};
}

void
crypt_db_create(PowerDisk *disk, char key, char id)
{
    g_auto(CryptDb) db = {0};

    crypt_db_open(&db, disk, key, id);
    g_assert_cmpstr(db.complaint, ==, NULL);
}

char *
crypt_db_ask(CryptDb *self, const char *sql)
{
    g_autoptr(GString) rows = g_string_new(NULL);
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL);

    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW)
            break;
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            g_string_append_printf(rows, "%s%s", i > 0 ? "|" : "",
                                   (const char *)sqlite3_column_text(statement, i));
        g_string_append_c(rows, '\n');
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE)
        return complain(self, sql), NULL;
    return g_string_free(g_steal_pointer(&rows), FALSE);
}
