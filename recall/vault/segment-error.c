/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/segment-error.h"

G_DEFINE_QUARK(recall_segment_error, recall_segment_error)

/* A disk that turned read-only after the file was opened fails the write. */
static gboolean
is_read_only(sqlite3 *db)
{
    const char *path = sqlite3_db_filename(db, "main");

    return (sqlite3_errcode(db) & 0xff) == SQLITE_READONLY ||
           ((sqlite3_errcode(db) & 0xff) == SQLITE_IOERR && path != NULL &&
            recall_segment_is_on_read_only_disk(path));
}

/* SQLite says FULL for a full disk only; a quota or a limit on the file's size is a failed write.
 */
static gboolean
is_full(sqlite3 *db)
{
    return (sqlite3_errcode(db) & 0xff) == SQLITE_FULL ||
           sqlite3_extended_errcode(db) == SQLITE_IOERR_WRITE;
}

gboolean
recall_segment_error_set(sqlite3 *db, int week, GError **error)
{
    g_autofree char *name = recall_segment_dup_name(week);
    const char *why = sqlite3_errmsg(db);
    GQuark domain = G_IO_ERROR;
    int code = G_IO_ERROR_FAILED;

    if (sqlite3_extended_errcode(db) == SQLITE_IOERR_DATA) {
        domain = RECALL_SEGMENT_ERROR;
        code = RECALL_SEGMENT_ERROR_DAMAGED;
        why = "something in it was changed, or it belongs elsewhere";
    }
    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        domain = RECALL_SEGMENT_ERROR;
        code = RECALL_SEGMENT_ERROR_DAMAGED;
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        code = G_IO_ERROR_BUSY;
        break;
    case SQLITE_INTERRUPT:
        code = G_IO_ERROR_CANCELLED;
        break;
    default:
        if (is_read_only(db)) {
            code = G_IO_ERROR_READ_ONLY;
            why = "it cannot be written: the disk of the history is read-only";
        } else if (is_full(db)) {
            code = G_IO_ERROR_NO_SPACE;
            why = "it cannot be written: no space is left on the disk of the history";
        }
    }
    g_set_error(error, domain, code, "%s: %s", name, why);
    return FALSE;
}
