/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/vault.h"

/* What a person does with the lock of the history. On the store's thread; may block for a second.
 * Errors are G_IO_ERROR: _PERMISSION_DENIED for a secret that is wrong or comes too soon. */

#define RECALL_LOCK_WHY_BYTES 512

typedef struct {
    const char *type; /* of recall/vault/root-key.h */
    gboolean asks;    /* so that it can be locked */
    gboolean is_locked;
    gboolean is_recovered; /* unlocked with the recovery key */
    gboolean has_recovery;
    RecallKeyringAge age;
    RecallKeyringCopiesState copies;
    unsigned n_wrong;
    int64_t try_again_at_us;              /* monotonic */
    char away_why[RECALL_LOCK_WHY_BYTES]; /* a sentence: why a key that asks nobody is not to be
                                             had; may be cut off within a letter */
} RecallLockState;

void recall_lock_get_state(RecallVault *vault, RecallLockState *out_state);

/* @error: G_IO_ERROR_NOT_SUPPORTED when the key asks for no secret */
gboolean recall_lock_close(RecallVault *vault, GError **error);

/* Proves @secret, the passphrase or the recovery key, also when it is unlocked already: a wrong one
 * leaves it locked. Without effect when the key asks for none. */
gboolean recall_lock_open(RecallVault *vault, const char *secret, GError **error);

/* @error: G_IO_ERROR_INVALID_ARGUMENT for a name or a secret that will not do */
gboolean recall_lock_set_key(RecallVault *vault,
                             const char *secret,
                             const char *type_name,
                             const char *new_secret,
                             GError **error);

/* Returns: (transfer full): free it with recall_secret_free_text() */
char *recall_lock_make_recovery(RecallVault *vault, const char *secret, GError **error);
