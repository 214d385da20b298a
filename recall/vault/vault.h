/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"
#include "recall/vault/catalog.h"

/* The history in one folder: its lock, its keyring, its weeks (recall/vault/catalog.h) and the
 * forgetting that is owed. Hands segments to searches, reads scenes by number, and takes whole
 * weeks away. What is added goes through recall/vault/ingest.h. Every function runs on the store's
 * one worker thread, inside a job. */

typedef struct RecallVault RecallVault;

/* On a disk that is read-only everything can be read; what writes fails with G_IO_ERROR_READ_ONLY
 * until it is not.
 *
 * Finishes a forgetting that was begun before, as far as it can while locked; the rest before the
 * first reading after it is unlocked.
 * @error: G_IO_ERROR_BUSY when another vault has the folder (a lock file says so) */
RecallVault *recall_vault_open(const char *folder, GError **error);
void recall_vault_close(RecallVault *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallVault, recall_vault_close)

/* Borrowed: to unlock, to change the passphrase. A vault whose keyring is locked appends, and
 * refuses to read with G_IO_ERROR_PERMISSION_DENIED; what belongs into another week than
 * the one in hand goes there all the same, and touches and tiles for other weeks are left out. */
RecallKeyring *recall_vault_get_keyring(RecallVault *self);

/* Borrowed: the weeks. */
RecallCatalog *recall_vault_get_catalog(RecallVault *self);

/* Locks the keyring and closes every segment but the one in hand; without effect when the keyring's
 * back end asks for nothing. */
void recall_vault_lock(RecallVault *self);

/* @error: G_IO_ERROR_NOT_FOUND */
ProtocolScene *recall_vault_get_scene(RecallVault *self, int64_t id, GError **error);
/* Returns: a file descriptor of protocol/picture.h, or -1 */
int recall_vault_get_picture(RecallVault *self, int64_t id, GError **error);

/* When the newest week ends that was there as the vault was opened; 0: there was none. */
int64_t recall_vault_get_newest_us(const RecallVault *self);

/* Weeks that have a segment, newest first. Returns: (transfer full): of int */
GArray *recall_vault_dup_weeks(RecallVault *self);
/* Opens it when needed; @out_segment: borrowed, valid within this job and until
 * RECALL_CATALOG_N_OPEN_MAX - 1 others were asked for. A damaged one is set aside
 * and reported as RECALL_SEGMENT_ERROR_DAMAGED: go on with the next. */
gboolean
recall_vault_get_segment(RecallVault *self, int week, RecallSegment **out_segment, GError **error);

/* For who meets RECALL_SEGMENT_ERROR_DAMAGED while reading: closes the segment and renames its
 * file, so that the rest works. Statements of its own must be finalized before. */
void recall_vault_set_aside(RecallVault *self, int week);

/* --- forgetting, for recall/vault/forget.h --- */

/* What was begun and could not be finished: before the next reading it is tried again. */
void recall_vault_owe_forgetting(RecallVault *self);

/* Finishes what is owed, if anything is. @error: as recall_forget_resume() */
gboolean recall_vault_finish_forgetting(RecallVault *self, GError **error);

const char *recall_vault_get_folder(const RecallVault *self);

/* Path of the week's file. */
char *recall_vault_dup_path(const RecallVault *self, int week);

/* So that its file can be replaced; it is opened again when it is asked for. */
void recall_vault_close_week(RecallVault *self, int week);

/* recall_segment_end_log(), when it is open. */
void recall_vault_end_log(RecallVault *self, int week);

/* Deletes the keys of the week and then its files, also those that were set aside. Works while
 * locked, and when there is no such week. */
gboolean recall_vault_destroy_week(RecallVault *self, int week, GError **error);

/* Only the files, which needs no room on the disk; the keys stay until the above. */
void recall_vault_remove_files(RecallVault *self, int week);
