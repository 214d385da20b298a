/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* Small files of the vault, readable for their owner only. */

/* Puts @data in place of what the file held: after a loss of power it holds the one or the other.
 * What it held is overwritten, as far as the file system lets anybody do that. */
gboolean recall_safe_file_write(const char *path, const void *data, size_t n_bytes, GError **error);

/* @error: G_IO_ERROR_NOT_FOUND; _PERMISSION_DENIED when somebody else may read it or owns it;
 * _INVALID_DATA when it is larger than @n_max_bytes
 * Returns: (transfer full): on the heap; clear it when it is a secret */
GBytes *recall_safe_file_read(const char *path, size_t n_max_bytes, GError **error);

/* Gives a file of ours the mode 0600, for one whose content others may have read; without effect on
 * anything else. */
void recall_safe_file_close_to_others(const char *path);

#define RECALL_SAFE_FILE_SUM_BYTES 32

/* @out: SHA-256, RECALL_SAFE_FILE_SUM_BYTES; any thread */
void recall_safe_file_sum(const void *data, size_t n_bytes, uint8_t *out);

/* The same with a SHA-256 behind @data, so that a bit that fell over is noticed. */
gboolean
recall_safe_file_write_summed(const char *path, const void *data, size_t n_bytes, GError **error);

/* Reads exactly @n_bytes that the above wrote, or that a release before wrote without a sum.
 * @out: untouched on failure
 * @error: as recall_safe_file_read(); G_IO_ERROR_INVALID_DATA: it is damaged */
gboolean recall_safe_file_read_summed(const char *path,
                                      void *out,
                                      size_t n_bytes,
                                      gboolean *out_has_sum,
                                      GError **error);

/* Renames within a folder, in place of what had that name; both are on the disk when it returns. */
gboolean recall_safe_file_rename(const char *from, const char *to, GError **error);

/* It is well when there is none. What was in it stays on the disk. */
gboolean recall_safe_file_remove(const char *path, GError **error);

/* Overwrites and removes; it is well when there is none. */
void recall_safe_file_destroy(const char *path);
