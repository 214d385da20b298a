/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/crypt-vfs.h"
#include "recall/vault/keyring.h"
#include "recall/vault/page-copy.h"

/* Which key goes with the file of a segment. */

/* The VFS through which an existing file is opened. @keyring outlives it. A log that is sealed with
 * another key of the week is from before the file was sealed anew, which has all of it: it goes.
 * @out_id: (out): of its key, RECALL_SEGMENT_ID_BYTES
 * @error: RECALL_KEYRING_ERROR_LOCKED, _NO_KEY, _DAMAGED */
RecallCryptVfs *recall_segment_file_open(RecallKeyring *keyring,
                                         int week,
                                         const char *path,
                                         uint8_t *out_id,
                                         GError **error);

/* The same for a file that is about to be made: with a new key. */
RecallCryptVfs *recall_segment_file_create(RecallKeyring *keyring, int week, GError **error);

/* Whether its key sealed so much that it should have another one. */
gboolean recall_segment_file_is_worn(RecallKeyring *keyring, int week);

/* Gives @copy what opens the file as it is, and what seals @n_seals pieces with a new key, which
 * the keyring has from now on. @out_new_id: RECALL_SEGMENT_ID_BYTES */
gboolean recall_segment_file_get_codecs(RecallKeyring *keyring,
                                        int week,
                                        const char *path,
                                        uint64_t n_seals,
                                        RecallPageCopy *copy,
                                        uint8_t *out_new_id,
                                        GError **error);

/* Deletes every key of the week that the file is not sealed with. */
gboolean
recall_segment_file_keep_key(RecallKeyring *keyring, int week, const char *path, GError **error);
