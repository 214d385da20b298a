/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* The files that were set aside because they are damaged: 2026-W48.db becomes
 * 2026-W48.db.1.damaged, and its log goes with it, so that it can still be recovered. What they
 * hold is still sealed with the keys of their week. Knows the folder only. Store's thread. */

#define RECALL_QUARANTINE_N_MAX 1000 /* files of one week */

/**
 * recall_quarantine_move:
 *
 * Sets the week's file aside under the first number that is free. It must be closed.
 *
 * Returns: FALSE with @error set when it stays where it is
 */
gboolean recall_quarantine_move(const char *folder, int week, GError **error);

/* The same with any file of the folder, whatever it is. */
gboolean recall_quarantine_move_file(const char *folder, const char *name, GError **error);

/* How many of this name were set aside. */
unsigned recall_quarantine_count(const char *folder, const char *name);

/* Whether it is such a file, of @name. */
gboolean recall_quarantine_is_of(const char *file, const char *name);

/* Whether a file of that name was set aside, or is the log of one; @week: -1 for any */
gboolean recall_quarantine_is_name(const char *name, int week);

/* Returns: (transfer full): of int, a week for each file, logs not counted */
GArray *recall_quarantine_dup_weeks(const char *folder);

/* Deletes those of the week. Returns: how many, logs not counted */
unsigned recall_quarantine_destroy(const char *folder, int week);
