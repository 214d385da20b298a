/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/rect.h"
#include "recall/vault/kept-log.h"
#include "recall/vault/keyring.h"

#include <gio/gio.h>
#include <sqlite3.h>
#include <stdint.h>

/* One open segment: an SQLite file of recall/vault/schema.h with our tokenizer registered, sealed
 * by recall/vault/crypt-vfs.h with a key of its own, in WAL mode with locking_mode=EXCLUSIVE (no
 * shared memory file), so exactly one connection. Owned by the store and used on the store's thread
 * only. */

typedef struct RecallSegment RecallSegment;

/* @error: RECALL_SEGMENT_ERROR_DAMAGED: the caller sets the file aside; _TOO_NEW; _UNREADABLE; else
 * G_IO_ERROR */
typedef enum {
    RECALL_SEGMENT_ERROR_DAMAGED,
    RECALL_SEGMENT_ERROR_TOO_NEW,
    RECALL_SEGMENT_ERROR_UNREADABLE, /* no file, or the system does not let it be read: go on
                                        without it, and name it */
} RecallSegmentError;
#define RECALL_SEGMENT_ERROR (recall_segment_error_quark())
GQuark recall_segment_error_quark(void);

/* @keyring: outlives it. @error: also RECALL_KEYRING_ERROR_LOCKED. A file whose key is not there is
 * damaged. */
RecallSegment *recall_segment_open(RecallKeyring *keyring,
                                   const char *folder,
                                   int week,
                                   gboolean create,
                                   GError **error);
void recall_segment_close(RecallSegment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallSegment, recall_segment_close)

/* From now on its log is kept (recall/vault/kept-log.h), until recall_segment_end_log() or until it
 * is closed; what is kept already goes on. Returns: (transfer none) (nullable) */
RecallKeptLog *recall_segment_begin_log(RecallSegment *self, GError **error);
void recall_segment_end_log(RecallSegment *self);
gboolean recall_segment_has_log(const RecallSegment *self);

/* Closing it leaves the log as it is. */
void recall_segment_leave_log(RecallSegment *self);

/* Of the file that recall_segment_open() opens; and back: -1 when it is no segment's name. */
char *recall_segment_dup_name(int week);
int recall_segment_week_of_name(const char *name);

int recall_segment_get_week(const RecallSegment *self);
sqlite3 *recall_segment_get_db(RecallSegment *self);

/* The disk was read-only when it was opened: open it again to write to it. */
gboolean recall_segment_is_read_only(RecallSegment *self);

/* Of what is at @path, or of its folder. */
gboolean recall_segment_is_on_read_only_disk(const char *path);

/**
 * recall_segment_get_statement:
 * @sql: one statement
 *
 * Returns: (transfer none): the statement, ready to be bound; it is kept with the segment, so the
 *   next call with the same text resets it and forgets what was bound. NULL with @error set.
 */
sqlite3_stmt *recall_segment_get_statement(RecallSegment *self, const char *sql, GError **error);

/* It is an older copy that was put back, or its log was taken away: recall/vault/mark.h. */
gboolean recall_segment_is_older(const RecallSegment *self);

/* Raises its mark when that is due, outside of a transaction.
 * @is_before_write: else before it is closed or left alone */
gboolean recall_segment_raise_mark(RecallSegment *self, gboolean is_before_write, GError **error);

/* Pages kept in memory. Sixty segments may be open at once in a process that has 60 MB, so only the
 * one that is written to may keep many. */
#define RECALL_SEGMENT_CACHE_KIB 256
#define RECALL_SEGMENT_CACHE_LARGE_KIB 2048
gboolean recall_segment_set_cache(RecallSegment *self, unsigned size_kib, GError **error);

/* Merges the index of a week that is over into one piece, a step at a call: a search looks into
 * every piece, and words that were replaced go. Once it is done further calls cost nothing. */
gboolean recall_segment_settle(RecallSegment *self, gboolean *out_is_done, GError **error);

/* Makes recall_segment_settle() begin again. */
gboolean recall_segment_unsettle(RecallSegment *self, GError **error);

/* Runs one or more statements that answer nothing. */
gboolean recall_segment_execute(RecallSegment *self, const char *sql, GError **error);

/* Steps a statement that answers nothing, and resets it. */
gboolean recall_segment_run(RecallSegment *self, sqlite3_stmt *statement, GError **error);

/* Says what the last call on the database failed with: RECALL_SEGMENT_ERROR_DAMAGED (then close it
 * and call recall_vault_set_aside()), G_IO_ERROR_NO_SPACE, _READ_ONLY, _BUSY, _CANCELLED
 * or _FAILED.
 * Returns: FALSE */
gboolean recall_segment_set_error(RecallSegment *self, GError **error);

/* The week that holds this instant, and the first instant of a week. */
int recall_segment_week_at(int64_t at_us);
int64_t recall_segment_week_start_us(int week);
