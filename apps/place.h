/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Which vault is asked, and what another one left. */

/* Whether it has a user id of its own. */
gboolean app_place_has_own_user(void);

/* The command that starts a daemon again. Returns: (transfer full) */
char *app_place_dup_restart(const char *program);

/* Whether it is the one that listens beside @append_path, a socket that the agent writes to. */
gboolean app_place_is_asked(const char *append_path);

/* What the vault that ran as this user kept before there was one with a user id of its own.
 * Returns: (transfer full) (nullable): the folder, or NULL when there is none */
char *app_place_find_older_history(void);
