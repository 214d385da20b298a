/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Scope cleanup for types of libraries that do not know GLib. Include it after the library's own
 * header: each block is compiled only where that header was seen. */

#include <glib.h>

#ifdef SQLITE_VERSION
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3, sqlite3_close_v2)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)
#endif
