/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/crypt-vfs.h"
#include "recall/vault/keyring.h"

/* Notices an older copy of one segment's file that was put back. The file holds a number that is
 * raised before the first write after it was opened, now and then while it is written, and before
 * it is closed. Once that is on the disk the keyring notes the same number beside the file's key: a
 * file whose number is lower is an older copy, or its log was taken away. Power lost in between
 * leaves the file's the higher one, which is well. An older file is used all the same and its mark
 * stays as it is, so that the next opening notices it, too.
 *
 * While the week is locked nobody can read the number. So the keyring also notes, once the file is
 * closed, nonce and tag of the page that has it (the witness): they are another one in every copy
 * with another number. What was written and not closed, because the program was killed, has no
 * witness until it is closed the next time.
 *
 * Store's thread. Embedded in recall/vault/segment.h, which reports what SQLite says. */

/* May be sealed before the next write raises it again. */
#define RECALL_MARK_N_SEALS_MAX 16384 /* pages and headers: some 20 MB */

typedef struct {
    RecallKeyring *keyring;              /* outlives it */
    const RecallCryptVfs *vfs;           /* likewise */
    uint8_t id[RECALL_SEGMENT_ID_BYTES]; /* of the key that the file is sealed with */
    uint64_t n;                          /* in the file; 0: never raised */
    uint32_t page;                       /* that has it; 0: not known */
    gboolean is_older;
    gboolean is_raised; /* since it was opened */
    uint64_t n_seals;   /* of the VFS, as it was read or raised */
} RecallMark;

/* As the file is opened, with @keyring, @vfs and @id set. Returns: a code of SQLite */
int recall_mark_read(RecallMark *self, sqlite3 *db);

/* @is_before_write: else before it is closed, where one that was only read needs none */
gboolean recall_mark_is_due(const RecallMark *self, sqlite3 *db, gboolean is_before_write);

/* In a transaction of its own. Returns: a code of SQLite; only after SQLITE_OK call the next */
int recall_mark_write(RecallMark *self, sqlite3 *db);
gboolean recall_mark_tell_keyring(const RecallMark *self, GError **error);

/* Once the file at @path is closed and all of it is in there. What fails costs the next look while
 * locked. */
void recall_mark_note_closed(const RecallMark *self, const char *path);

/* Whether the week's file at @path, which is closed, is another one than was closed last. */
gboolean recall_mark_is_older_closed(const RecallKeyring *keyring, int week, const char *path);
