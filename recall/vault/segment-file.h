/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/crypt-vfs.h"
#include "recall/vault/keyring.h"

/* Which key goes with the file of a segment. */

/* The VFS through which an existing file is opened. @keyring outlives it.
 * @error: RECALL_KEYRING_ERROR_LOCKED, _NO_KEY, _DAMAGED */
RecallCryptVfs *
recall_segment_file_open(RecallKeyring *keyring, int week, const char *path, GError **error);

/* The same for a file that is about to be made: with a new key. */
RecallCryptVfs *recall_segment_file_create(RecallKeyring *keyring, int week, GError **error);

/* Whether its key sealed so much that it should have another one. */
gboolean recall_segment_file_is_worn(RecallKeyring *keyring, int week);

/* Seals the file with a new key. It must not be open, and have no WAL. After a loss of power it is
 * sealed with either, and opens. */
gboolean
recall_segment_file_renew_key(RecallKeyring *keyring, int week, const char *path, GError **error);
