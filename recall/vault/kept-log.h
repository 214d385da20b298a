/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/crypt-vfs.h"

#include <gio/gio.h>

/* The log of an open segment, which grows and is not put into the file as long as this is there: so
 * the file stays as it is, and a page is where the log has it last, or else in the file. What is
 * read here is what was committed.
 *
 * Store's thread. It ends before the connection is closed. */

typedef struct RecallKeptLog RecallKeptLog;

/* Puts what is in the log into the file first. Returns: NULL with a code of SQLite in @out_code */
RecallKeptLog *recall_kept_log_new(sqlite3 *db, RecallCryptVfs *vfs, int *out_code);

/* The log is put into the file now and then, as ever. @self: (nullable) */
void recall_kept_log_free(RecallKeptLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallKeptLog, recall_kept_log_free)

/* FALSE when the file was written all the same: begin anew. */
gboolean recall_kept_log_is_whole(const RecallKeptLog *self);

/* Another number each time the page is written; 0: it is in the file as it was. */
uint32_t recall_kept_log_get_version(const RecallKeptLog *self, uint32_t number);

/* The highest number of a page in it; 0: none. */
uint32_t recall_kept_log_get_n_pages(const RecallKeptLog *self);

/* @number: of a page with a version; @out: RECALL_PAGE_BYTES. @error: G_IO_ERROR_FAILED */
gboolean recall_kept_log_read(const RecallKeptLog *self,
                              uint32_t number,
                              uint8_t *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
