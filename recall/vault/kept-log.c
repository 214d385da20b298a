/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/kept-log.h"

#include "recall/vault/crypt-wal.h"
#include "recall/vault/schema.h"

struct RecallKeptLog {
    sqlite3 *db;
    RecallCryptVfs *vfs;
    uint32_t n_frames; /* that are committed */
    GArray *versions;  /* of uint32_t: the last frame of each page, plus one */
};

static void
note_frame(RecallKeptLog *self, uint32_t frame)
{
    uint32_t number = recall_crypt_wal_get_number(recall_crypt_vfs_get_log(self->vfs), frame);

    if (number > self->versions->len)
        g_array_set_size(self->versions, number);
    if (number > 0)
        g_array_index(self->versions, uint32_t, number - 1) = frame + 1;
}

/* In place of SQLite's own, which would empty the log. */
static int
on_commit(void *user_data, sqlite3 *db, const char *name, int n_frames)
{
    RecallKeptLog *self = user_data;

    for (; self->n_frames < (uint32_t)n_frames; self->n_frames++)
        note_frame(self, self->n_frames);
    return SQLITE_OK;
}

RecallKeptLog *
recall_kept_log_new(sqlite3 *db, RecallCryptVfs *vfs, int *out_code)
{
    RecallKeptLog *self;

    *out_code = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (*out_code != SQLITE_OK)
        return NULL;
    self = g_new0(RecallKeptLog, 1);
    self->db = db;
    self->vfs = vfs;
    self->versions = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    recall_crypt_vfs_begin_watch(vfs);
    sqlite3_wal_hook(db, on_commit, self);
    return self;
}

void
recall_kept_log_free(RecallKeptLog *self)
{
    if (self == NULL)
        return;
    sqlite3_wal_autocheckpoint(self->db, RECALL_SCHEMA_WAL_N_PAGES);
    g_array_unref(self->versions);
    g_free(self);
}

gboolean
recall_kept_log_is_whole(const RecallKeptLog *self)
{
    return !recall_crypt_vfs_is_written(self->vfs);
}

uint32_t
recall_kept_log_get_version(const RecallKeptLog *self, uint32_t number)
{
    return number <= self->versions->len ? g_array_index(self->versions, uint32_t, number - 1) : 0;
}

uint32_t
recall_kept_log_get_n_pages(const RecallKeptLog *self)
{
    return self->versions->len;
}

gboolean
recall_kept_log_read(const RecallKeptLog *self, uint32_t number, uint8_t *out, GError **error)
{
    uint32_t frame = recall_kept_log_get_version(self, number) - 1;

    if (recall_crypt_wal_read_page(recall_crypt_vfs_get_log(self->vfs), frame, out) == SQLITE_OK)
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "Cannot read its log");
    return FALSE;
}
