/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/keyring-file.h"

/* The keyring stands in its folder twice, as "keyring" and "keyring.copy", byte for byte the same.
 * The second is written when the first is on the disk, and what was saved is in both or only in the
 * first: a key that was deleted from it is in neither. The first one counts, unless it is no whole
 * keyring. Store's thread. */

typedef enum {
    RECALL_KEYRING_COPIES_WELL,
    RECALL_KEYRING_COPIES_MENDED, /* one was damaged or missing, and was written anew */
    RECALL_KEYRING_COPIES_SINGLE, /* there is one only: the other cannot be written */
    RECALL_KEYRING_COPIES_GONE,   /* both went from a history; these are new ones */
} RecallKeyringCopiesState;

typedef struct {
    char *paths[2];
    char *gone_path;  /* of a file that stands there as long as nobody took note that both went */
    GBytes *found[2]; /* whole ones; between loading and mending */
    gboolean is_lost; /* one of them was there and is not whole, or the second alone is there */
    RecallKeyringCopiesState state;
} RecallKeyringCopies;

void recall_keyring_copies_init(RecallKeyringCopies *self, const char *folder);
void recall_keyring_copies_clear(RecallKeyringCopies *self);

/* @error: G_IO_ERROR_NOT_FOUND: neither is there; G_IO_ERROR_INVALID_DATA: neither is whole;
 *   G_IO_ERROR_NOT_SUPPORTED: the first is of a later release; else why it cannot be read
 * Returns: (transfer full): the file that counts */
GBytes *recall_keyring_copies_load(RecallKeyringCopies *self, GError **error);

/* Neither was there, and there is a history: that is said from now on, whatever starts anew. */
void recall_keyring_copies_set_gone(RecallKeyringCopies *self);
/* A person chose what keeps the key. */
void recall_keyring_copies_clear_gone(RecallKeyringCopies *self);
/* What is said of them. */
RecallKeyringCopiesState recall_keyring_copies_get_state(const RecallKeyringCopies *self);

/* Once what was loaded turned out good: writes the one that differs. */
void recall_keyring_copies_mend(RecallKeyringCopies *self);

/* @error: nothing was saved, or a key that was deleted may still be in the second one */
gboolean recall_keyring_copies_save(RecallKeyringCopies *self, GBytes *bytes, GError **error);
