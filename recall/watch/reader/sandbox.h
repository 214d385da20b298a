/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* Takes from the process what reading does not need, for the pixels it parses may be hostile. */

#define READER_SANDBOX_MEMORY_MAX_BYTES (G_GUINT64_CONSTANT(1) << 30) /* address space */

/* Before anything is opened: dies with its parent, no core, no file but those passed to it.
 * @n_files: the first so many descriptors stay open */
void reader_sandbox_begin(unsigned n_files);

/**
 * reader_sandbox_enter:
 *
 * After everything is loaded: from here on the process can compute, use the memory it gets, talk
 * over the descriptors it has, and end; any other system call kills it. In a build with
 * AddressSanitizer a few more calls are let through, for its reports.
 *
 * @error: G_IO_ERROR_NOT_SUPPORTED: the kernel has no seccomp
 */
gboolean reader_sandbox_enter(GError **error);

/* For the tests: does what must not be possible: "open", "socket", "exec", "fork", "code", "kill".
 * Returns: only if it was possible */
void reader_sandbox_try(const char *what);
