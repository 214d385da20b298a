/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/keyring-copies.h"
#include "recall/vault/keyring-file.h"
#include "recall/vault/page-codec.h"
#include "recall/vault/root-key.h"

/* The keys of the segments. One root key wraps them all; a back end of recall/vault/root-key.h has
 * the key that wraps the root, so that another passphrase or back end rewrites one small file.
 *
 * A keyring whose back end asks a person, or does not give the key, is locked when opened, and then
 * gives one key only: that of the segment in hand. A new segment can be made all the same, its key
 * sealed for the root key; its key stands in a file of its own then, so that recording goes on
 * after a restart.
 *
 * A deleted key is a deleted segment, also in every copy of it. The root key is made anew then, so
 * that an old copy of the keyring is of no use; only an old copy of keyring and back end together
 * (the key file, or the passphrase that was valid then) still opens it.
 *
 * Files in the folder: "keyring" and "keyring.copy", "open.key", and what the back end keeps. Used
 * on one thread. */

/* Tries that need not wait. After so many wrong ones the next waits two seconds, and each one after
 * that twice as long as the one before. */
#define RECALL_KEYRING_N_TRIES_FREE 3
#define RECALL_KEYRING_WAIT_MAX_S 300 /* after wrong tries */

/* A segment whose key sealed so much gets another key when it is opened next. */
#define RECALL_KEYRING_N_SEALS_WORN (UINT64_C(1) << 29)

typedef struct RecallKeyring RecallKeyring;

typedef enum {
    RECALL_KEYRING_ERROR_LOCKED,       /* unlock, then try again */
    RECALL_KEYRING_ERROR_WRONG_SECRET, /* counted */
    RECALL_KEYRING_ERROR_TOO_SOON,     /* not tried: the message says how long to wait */
    RECALL_KEYRING_ERROR_NO_KEY,       /* of that week: deleted, or never there */
    RECALL_KEYRING_ERROR_DAMAGED,      /* that key does not open */
    RECALL_KEYRING_ERROR_WORN,         /* sealed as much as a key may: give it another one */
} RecallKeyringError;
#define RECALL_KEYRING_ERROR (recall_keyring_error_quark())
GQuark recall_keyring_error_quark(void);

/* Whether the keyring that was found is the last one that was written. Only a back end that is told
 * of each writing can say it; an old one is one that was put back, or was written while the back
 * end was not to be had. It is used all the same. Another back end begins anew. */
typedef enum {
    RECALL_KEYRING_AGE_UNTOLD,  /* the back end remembers nothing */
    RECALL_KEYRING_AGE_UNKNOWN, /* it is not to be had, until now */
    RECALL_KEYRING_AGE_NEWEST,
    RECALL_KEYRING_AGE_OLD,
} RecallKeyringAge;

/* A folder without a keyring gets one with a key file. */
RecallKeyring *recall_keyring_open(const char *folder, GError **error);
void recall_keyring_close(RecallKeyring *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecallKeyring, recall_keyring_close)

gboolean recall_keyring_is_locked(const RecallKeyring *self);
const RecallRootKeyType *recall_keyring_get_type(const RecallKeyring *self);

/* Wrong secrets since the last right one. */
unsigned recall_keyring_get_n_wrong(const RecallKeyring *self);

/* Before the next try after so many wrong ones. */
int64_t recall_keyring_wait_s(unsigned n_wrong);

/* Until the next one may be tried; 0: now. */
int64_t recall_keyring_get_wait_us(const RecallKeyring *self);

/* The worse of the keyring's two files and, where the back end has two, of the key's. */
RecallKeyringCopiesState recall_keyring_get_copies(const RecallKeyring *self);

/* A person acted on RECALL_KEYRING_COPIES_GONE: it is not said any more. */
void recall_keyring_accept_loss(RecallKeyring *self);

/* Why a back end that asks nobody did not give the key; "" when it did. */
const char *recall_keyring_get_away_why(const RecallKeyring *self);

RecallKeyringAge recall_keyring_get_age(const RecallKeyring *self);

gboolean recall_keyring_has_recovery(const RecallKeyring *self);

/* Unlocked with the recovery key, so that the secret of before is still not known. */
gboolean recall_keyring_is_recovered(const RecallKeyring *self);

/* @secret: (nullable): for back ends that ask. May block for a second.
 * @error: RECALL_KEYRING_ERROR_WRONG_SECRET, _TOO_SOON */
gboolean recall_keyring_unlock(RecallKeyring *self, const char *secret, GError **error);

/* Forgets every key but that of the segment in hand; without effect when the back end does not ask.
 */
void recall_keyring_lock(RecallKeyring *self);

/* The week whose segment is written to, so that its key is there while locked: set it when another
 * one is. Without effect while locked. */
gboolean recall_keyring_hold(RecallKeyring *self, int week, GError **error);

/* Returns: -1 when there is none */
int recall_keyring_get_week_in_hand(const RecallKeyring *self);

/**
 * recall_keyring_get:
 * @age: 0 for the newest key of the week, 1 for the one before
 * @out_id: RECALL_SEGMENT_ID_BYTES
 * @error: RECALL_KEYRING_ERROR_LOCKED, _NO_KEY, _DAMAGED
 */
gboolean recall_keyring_get(RecallKeyring *self,
                            int week,
                            unsigned age,
                            uint8_t *out_id,
                            RecallKey *out_key,
                            GError **error);

/* @id: RECALL_SEGMENT_ID_BYTES of any key. @error: as recall_keyring_get() */
gboolean recall_keyring_get_by_id(RecallKeyring *self,
                                  const uint8_t *id,
                                  RecallKey *out_key,
                                  GError **error);

/* Makes a key for a file that is about to be made; it is on the disk when this returns, and the
 * week is in hand; while locked only a later one than before. A key that the week has already is
 * kept, for the file that was set aside. */
gboolean recall_keyring_add(RecallKeyring *self,
                            int week,
                            uint8_t *out_id,
                            RecallKey *out_key,
                            GError **error);

/* Makes one more key, with the mark of the newest one of the week, and leaves in hand what is: for
 * a file that is to be sealed anew, or with RECALL_KEYRING_WEEK_NONE for receipts.
 * @n_seals: pieces that will be sealed with it, as of recall_keyring_lease() */
gboolean recall_keyring_add_beside(RecallKeyring *self,
                                   int week,
                                   uint64_t n_seals,
                                   uint8_t *out_id,
                                   RecallKey *out_key,
                                   GError **error);

/* Deletes all keys of the week but the newest one. */
gboolean recall_keyring_drop_older(RecallKeyring *self, int week, GError **error);

/* Deletes one key, because its file is sealed with another one now. */
gboolean recall_keyring_drop(RecallKeyring *self, const uint8_t *id, GError **error);

/* Deletes all keys of a week; works while locked. It is well when there is none. */
gboolean recall_keyring_delete(RecallKeyring *self, int week, GError **error);

/* Notes that @n more pieces will be sealed with this key.
 * @error: RECALL_KEYRING_ERROR_WORN */
gboolean recall_keyring_lease(RecallKeyring *self, const uint8_t *id, uint64_t n, GError **error);

/* The mark of the file that is sealed with this key, for recall/vault/mark.h; works while locked.
 * 0: none yet, or no such key. It only rises, to at most G_MAXINT64. */
uint64_t recall_keyring_get_n_marked(const RecallKeyring *self, const uint8_t *id);
gboolean recall_keyring_set_n_marked(RecallKeyring *self,
                                     const uint8_t *id,
                                     uint64_t n_marked,
                                     GError **error);

/* Of the newest key of the week; without effect and 0 when there is none. */
uint64_t recall_keyring_get_newest_n_marked(const RecallKeyring *self, int week);
gboolean recall_keyring_set_newest_n_marked(RecallKeyring *self,
                                            int week,
                                            uint64_t n_marked,
                                            GError **error);

/* The page that has this mark, as the file was closed; unknown from when the mark is raised until
 * it is set; works while locked. */
RecallKeyringWitness recall_keyring_get_witness(const RecallKeyring *self, const uint8_t *id);
gboolean recall_keyring_set_witness(RecallKeyring *self,
                                    const uint8_t *id,
                                    const RecallKeyringWitness *witness,
                                    GError **error);

/* Of the newest key of the week. */
RecallKeyringWitness recall_keyring_get_newest_witness(const RecallKeyring *self, int week);

/* Weeks that have a key; works while locked. Returns: (transfer full): of int, oldest first */
GArray *recall_keyring_dup_weeks(const RecallKeyring *self);

/* Of the newest key of the week; 0 when there is none. */
uint64_t recall_keyring_get_n_seals(const RecallKeyring *self, int week);

/* Changes the back end or its secret. Segments are not touched; the root key is made anew, so that
 * the secret of before opens nothing but old copies of the keyring.
 * @error: RECALL_KEYRING_ERROR_LOCKED */
gboolean recall_keyring_set_type(RecallKeyring *self,
                                 const RecallRootKeyType *type,
                                 const char *secret,
                                 GError **error);

/* Makes a recovery key in place of one that was made before. To be shown once: it is kept nowhere.
 * Returns: (transfer full): free it with recall_secret_free_text(); NULL: _LOCKED */
char *recall_keyring_make_recovery(RecallKeyring *self, GError **error);

/* Unlocks with it, spaces and case do not matter; then set another secret. A back end that asks
 * nobody gets another key by itself, if it can.
 * @error: RECALL_KEYRING_ERROR_WRONG_SECRET, _TOO_SOON */
gboolean recall_keyring_recover(RecallKeyring *self, const char *text, GError **error);
