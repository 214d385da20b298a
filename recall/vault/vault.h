/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"
#include "recall/vault/segment.h"

/* All segments of a folder: appends, reads by number, statistics, and hands segments to searches.
 * Every function runs on the store's one worker thread, inside a job. */

/* At once; beyond it the one that was asked for longest ago is closed, never the newest. */
#define RECALL_VAULT_N_OPEN_MAX 60

#define RECALL_VAULT_WHY_BYTES 256

typedef struct RecallVault RecallVault;

typedef struct {
    uint64_t n_scenes;
    uint64_t n_bytes;  /* on disk, with what was set aside */
    int64_t oldest_us; /* start of the oldest scene, 0 when there is none */
    unsigned n_segments;
    unsigned n_damaged;    /* set aside */
    unsigned n_unreadable; /* there, but the system does not let them be read */
    char unreadable_why[RECALL_VAULT_WHY_BYTES]; /* a sentence of the first of them; may be cut off
                                                    within a letter */
    unsigned n_missing;                          /* have a key and no file */
    char missing_names[RECALL_VAULT_WHY_BYTES];  /* as recall/vault/losses.h has them */
    char damaged_names[RECALL_VAULT_WHY_BYTES];
    unsigned n_older; /* opened, and an older copy than the one that was written last */
    char older_names[RECALL_VAULT_WHY_BYTES];
    gboolean is_read_only; /* the disk: nothing is added or forgotten */
} RecallVaultStatistics;

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

/* Locks the keyring and closes every segment but the one in hand; without effect when the keyring's
 * back end asks for nothing. */
void recall_vault_lock(RecallVault *self);

/* One scene to append, and what became of it. */
typedef struct {
    ProtocolScene *scene;
    GPtrArray *sheets;  /* (nullable): of ProtocolSheet */
    int64_t id;         /* set on success, with the next one */
    GPtrArray *missing; /* of GBytes: digests that the scene names and the segment has not */
    GError *error;      /* NULL: it has reached the disk */
} RecallAppend;

/* @scene, @sheets: (transfer full) */
RecallAppend *recall_append_new(ProtocolScene *scene, GPtrArray *sheets);
void recall_append_free(RecallAppend *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallAppend, recall_append_free)

/* Appends in one transaction, or each alone when that failed, so that one that cannot be stored
 * spoils no other. A scene whose key is known in its week replaces it, keeping number and start.
 * One that lasts over RECALL_SCENE_DURATION_MAX_US ends there.
 * @appends: of RecallAppend; each one's error is set or not */
void recall_vault_append_all(RecallVault *self, GPtrArray *appends);

/* @sheets: of ProtocolSheet: what was missing of the scene with this number */
gboolean recall_vault_add_tiles(RecallVault *self, int64_t id, GPtrArray *sheets, GError **error);

/* To be called some time after appends: see recall/vault/sheets.h. What fails is as good as before.
 */
void recall_vault_tidy_sheets(RecallVault *self, gboolean is_final);

/* @ends: of RecallEnd, all in one transaction a segment; an unknown key is ignored, and so is an
 * end that is earlier than the one that is known */
typedef struct {
    uint64_t key;
    int64_t end_us;
} RecallEnd;
gboolean recall_vault_touch(RecallVault *self, const GArray *ends, GError **error);

/* @error: G_IO_ERROR_NOT_FOUND */
ProtocolScene *recall_vault_get_scene(RecallVault *self, int64_t id, GError **error);
/* Returns: a file descriptor of protocol/picture.h, or -1 */
int recall_vault_get_picture(RecallVault *self, int64_t id, GError **error);
gboolean recall_vault_get_statistics(RecallVault *self,
                                     RecallVaultStatistics *out_statistics,
                                     GError **error);

/* When the newest week ends that was there as the vault was opened; 0: there was none. */
int64_t recall_vault_get_newest_us(const RecallVault *self);

/* Weeks that have a segment, newest first. Returns: (transfer full): of int */
GArray *recall_vault_dup_weeks(RecallVault *self);
/* Opens it when needed; @out_segment: borrowed, valid within this job and until
 * RECALL_VAULT_N_OPEN_MAX - 1 others were asked for. A damaged one is set aside
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

/* Deletes the keys of the week and then its files, also those that were set aside. Works while
 * locked, and when there is no such week. */
gboolean recall_vault_destroy_week(RecallVault *self, int week, GError **error);

/* Only the files, which needs no room on the disk; the keys stay until the above. */
void recall_vault_remove_files(RecallVault *self, int week);

/* Of the files that were set aside. Returns: (transfer full): of int, a week for each of them */
GArray *recall_vault_dup_damaged_weeks(const RecallVault *self);

/* Whether a file of that name was set aside; @week: -1 for any */
gboolean recall_vault_is_damaged_name(const char *name, int week);

/* Scenes of the week, also while locked if they were counted before. Returns: -1 when unknown */
int64_t recall_vault_count_scenes(RecallVault *self, int week);

/* Deletes the week's files that were set aside. Their keys are not touched. */
void recall_vault_destroy_damaged(RecallVault *self, int week);

/* Bytes on the disk of one week: holes in its file take none. */
uint64_t recall_vault_measure_week(const RecallVault *self, int week);

/* Length of its file and log, holes and all. */
uint64_t recall_vault_measure_length(const RecallVault *self, int week);

/* Bytes on the disk of the week's files that were set aside. */
uint64_t recall_vault_measure_damaged(const RecallVault *self, int week);

/* Whether the disk has room for a second file of the week. */
gboolean recall_vault_has_room_for(const RecallVault *self, int week);
