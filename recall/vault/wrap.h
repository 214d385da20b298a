/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/keyring-file.h"

/* Keys wrapped with keys: AES-256-GCM, each bound to what it is the key of. Pure. */

gboolean recall_wrap_seal(const RecallKey *with,
                          const char *about,
                          const RecallKey *key,
                          uint8_t *out_wrap,
                          GError **error);

/* @error: G_IO_ERROR_INVALID_DATA: another key wrapped it, or it was changed */
gboolean recall_wrap_open(const RecallKey *with,
                          const char *about,
                          const uint8_t *wrap,
                          RecallKey *out_key,
                          GError **error);

/* The key of a segment, into its entry and out of it.
 * @root: the root key; @root_secret: what opens boxes that were sealed while locked */
gboolean recall_wrap_seal_entry(const RecallKey *root,
                                RecallKeyringEntry *entry,
                                const RecallKey *key,
                                GError **error);
gboolean recall_wrap_open_entry(const RecallKey *root,
                                const RecallKey *root_secret,
                                const RecallKeyringEntry *entry,
                                RecallKey *out_key,
                                GError **error);

/* The same without the root key: with its public half. */
gboolean recall_wrap_seal_entry_locked(const uint8_t *public_half,
                                       RecallKeyringEntry *entry,
                                       const RecallKey *key,
                                       GError **error);
