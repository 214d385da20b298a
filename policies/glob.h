/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Whether @text is as @pattern says, where * is any run of characters and ? any one. Both are
 * compared byte by byte (fold them before); the time is bounded by the product of their lengths. */
gboolean policy_glob_match(const char *pattern, const char *text);

/* Letters without case, in one normal form: what differs in nothing else compares equal.
 * Returns: (transfer full) */
char *policy_glob_fold(const char *text);
