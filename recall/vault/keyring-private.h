/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/keyring-copies.h"
#include "recall/vault/keyring.h"
#include "recall/vault/open-key.h"

/* What the parts of the keyring share, for them alone: keyring.c opens it and writes it down,
 * keyring-age.c tells the host of what is written, keyring-root.c makes the root key and changes
 * what keeps it, keyring-unlock.c gets it from a secret, keyring-keys.c has the keys of segments.
 */

#define RECALL_KEYRING_RECOVERY_ABOUT "deskhand recovery 1"

struct RecallKeyring {
    char *folder;
    RecallKeyringCopies copies;
    RecallKeyringFile *file; /* what both copies say */
    const RecallRootKeyType *type;

    /* All NULL while locked; @wrapper also after a recovery. */
    RecallKey *wrapper; /* of the back end: wraps the root */
    RecallKey *root;
    RecallKey *root_secret; /* derived from the root: opens what was sealed while locked */

    RecallOpenKey in_hand;

    int64_t try_again_at_us; /* monotonic; after wrong secrets */

    char *away_why; /* of the last try to get a key that asks nobody; NULL: it was had */
    RecallKeyringCopiesState key_copies;

    RecallKeyringAge age;
    uint8_t found_mark[RECALL_ROOT_KEY_MARK_BYTES]; /* of the file as it was found */
};

/* --- keyring.c --- */

/* What is in memory changes only when it is on the disk. @changed: (transfer full) */
gboolean recall_keyring_save(RecallKeyring *self, RecallKeyringFile *changed, GError **error);

/* Return: FALSE, with @error set */
gboolean recall_keyring_set_error(GError **error, RecallKeyringError code, const char *message);
gboolean recall_keyring_set_locked(GError **error);

/* --- keyring-age.c --- */

/* As the keyring is opened, with what the file held that was found. */
void recall_keyring_begin_age(RecallKeyring *self, GBytes *found);

/* Before @bytes of @file are written, so that after a loss of power what is found was told of. An
 * old one that was put back is not told of: the next start shall notice it, too. */
void recall_keyring_tell_of(RecallKeyring *self, const RecallKeyringFile *file, GBytes *bytes);

/* As soon as the back end has given out the key: one that does not answer is waited for once. What
 * was written meanwhile is told of then. */
void recall_keyring_find_age(RecallKeyring *self);

/* --- keyring-root.c --- */

/* What the root key's wrap is bound to. Returns: (transfer full) */
char *recall_keyring_about_root(const RecallRootKeyType *type);

gboolean recall_keyring_derive_secret(const RecallKey *root, RecallKey *out_secret, GError **error);

/* @root, @root_secret: (transfer full) */
void recall_keyring_take_root(RecallKeyring *self, RecallKey *root, RecallKey *root_secret);
void recall_keyring_clear_root(RecallKeyring *self);

/* Makes the root key anew and saves everything wrapped with it. @file: (transfer full): changed in
 * other ways perhaps; @wrapper: for the new one */
gboolean recall_keyring_renew_root(RecallKeyring *self,
                                   RecallKeyringFile *file,
                                   const RecallRootKeyType *type,
                                   const RecallKey *wrapper,
                                   GError **error);

/* So that a copy of what was before opens nothing: a back end that does not ask gets a new key,
 * too.
 */
gboolean recall_keyring_renew(RecallKeyring *self, GError **error);

/* --- keyring-unlock.c --- */

/* Sets when the next secret may be tried, by how many were wrong. */
void recall_keyring_slow_down(RecallKeyring *self);
