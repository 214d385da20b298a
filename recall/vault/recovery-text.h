/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/secret.h"

/* A key as a person can write it down: 14 groups of four letters and digits, without those that are
 * mistaken for others; the last group tells slips. Pure. */

/* Returns: (transfer full): free it with recall_secret_free_text() */
char *recall_recovery_text_from_key(const RecallKey *key);

/* Spaces, dashes and case do not matter; O is taken for 0, I and L for 1.
 * Returns: FALSE when it is no such text; then @out_key is zeros */
gboolean recall_recovery_text_to_key(const char *text, RecallKey *out_key);
