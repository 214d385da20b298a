/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/keyring.h"

/* Every byte of a history's folder, as it is and decrypted with every key that there is: each page
 * of each file, wherever it stands, and each frame of each log. The keyring must be open to
 * somebody (a key file), and nobody else have it open. Fails the test when it cannot look.
 * Returns: (transfer full) */
GByteArray *reveal_folder(const char *folder);

/* Whether @text stands anywhere in it. */
gboolean reveal_has(const GByteArray *revealed, const char *text);
