/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "recall/vault/vault.h"

/* What should be in the history's folder, or in its place, and is not. Store's thread. */

/* Weeks that have a key and neither a file nor one that was set aside. Returns: (transfer full): of
 * int, oldest first */
GArray *recall_losses_dup_missing(RecallVault *vault);

/* Weeks of which not all can be read: those that were set aside, and @unreadable.
 * Returns: (transfer full): of int, each once */
GArray *recall_losses_dup_unreadable(RecallVault *vault, const GArray *unreadable);

/* Whether the time covers all of a week that nobody can look into: a person says from Monday to
 * Sunday by another clock than that of the weeks. */
gboolean recall_losses_is_meant(int week, int64_t since_us, int64_t until_us);

/* Into @out: the files of these weeks, or all that were set aside: "2026-W48.db, ...", cut off at a
 * whole name where there are too many. */
void recall_losses_name_weeks(const GArray *weeks, char *out, size_t n_bytes);
void recall_losses_name_damaged(const RecallVault *vault, char *out, size_t n_bytes);

/* After the week was to go. @only_damaged: its file stays, those that were set aside go
 * Returns: (transfer full) (nullable): a sentence about what is still there, NULL: nothing */
char *recall_losses_explain_left(const RecallVault *vault, int week, gboolean only_damaged);
