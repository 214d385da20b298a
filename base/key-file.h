/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/**
 * base_key_file_load:
 * @max_bytes: of the file; a larger one is refused
 * @error: G_IO_ERROR_NOT_FOUND when there is none; else G_KEY_FILE_ERROR or G_IO_ERROR, without
 *   the path
 *
 * Settings that a person wrote: a key that stands twice in one group is refused. So is at once what
 * is no regular file, such as a FIFO, which would be waited for.
 *
 * Returns: (transfer full)
 */
GKeyFile *base_key_file_load(const char *path, size_t max_bytes, GError **error);
