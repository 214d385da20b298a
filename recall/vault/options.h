/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* What a client may say in an a{sv}: one table for each, ending with a name of NULL. Pure; any
 * thread. */

typedef struct {
    const char *name;
    const char *type;
    size_t n_max_bytes; /* of a string; 0: it is none */
    gboolean is_filled; /* a string that is not empty */
} RecallOption;

/* Each one is of the table, has its type, and is no longer than it may be.
 * @error: G_IO_ERROR_INVALID_ARGUMENT, a sentence for the person */
gboolean recall_options_check(GVariant *options, const RecallOption *table, GError **error);
