/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/secret.h"

#include <gio/gio.h>

/* A key put into a box that whoever closed it cannot open again: X25519 with a pair used once,
 * HKDF-SHA-256, AES-256-GCM. So a locked vault makes segments whose keys only the root key opens.
 */

#define RECALL_SEALED_BOX_PUBLIC_BYTES 32
#define RECALL_SEALED_BOX_BYTES (RECALL_SEALED_BOX_PUBLIC_BYTES + RECALL_KEY_BYTES + 16)

/* The public half that belongs to a secret one; any RECALL_KEY_BYTES are one. */
gboolean recall_sealed_box_get_public(const RecallKey *secret, uint8_t *out_public, GError **error);

/* @about: what it belongs to; authenticated, not stored */
gboolean recall_sealed_box_seal(const uint8_t *public_half,
                                const void *about,
                                size_t n_about_bytes,
                                const RecallKey *key,
                                uint8_t *out_sealed,
                                GError **error);

/* @error: G_IO_ERROR_INVALID_DATA when it was not sealed for this secret, or is about another thing
 */
gboolean recall_sealed_box_open(const RecallKey *secret,
                                const void *about,
                                size_t n_about_bytes,
                                const uint8_t *sealed,
                                RecallKey *out_key,
                                GError **error);

/* Another key from a key, one for each purpose; none tells of the others. */
gboolean recall_sealed_box_derive(const RecallKey *key,
                                  const void *salt,
                                  size_t n_salt_bytes,
                                  const char *purpose,
                                  RecallKey *out_key,
                                  GError **error);
