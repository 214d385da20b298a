/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

/* deskhand-vault's confinement. It goes on opening files and taking in clients, so it is wider than
 * that of deskhand-reader; what is refused fails, and does not end it. */

/* Sanitizers look for leaks from a process of their own, which reads maps and traces. */
#if defined(__SANITIZE_ADDRESS__)
#define RECALL_SANDBOX_IS_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RECALL_SANDBOX_IS_WATCHED 1
#endif
#endif

/* At once when the program starts: nobody looks into it, and it leaves no core.
 * @parent: which started it, and ends it with itself; 0 when nobody does
 * Returns: FALSE when that one has ended already */
gboolean recall_sandbox_begin(pid_t parent) G_GNUC_WARN_UNUSED_RESULT;

/**
 * recall_sandbox_enter:
 * @folder: of the history, made if it is not there
 *
 * While there is one thread. From here on: no program is started and no process made, no code is
 * loaded or made, no socket but those of Unix, no file but the history, the sockets, the TPM, and
 * to read the system's data and the user's settings; no look at other processes and no signal to
 * them.
 *
 * @error: G_IO_ERROR_NOT_SUPPORTED: the kernel has no seccomp
 */
gboolean recall_sandbox_enter(const char *folder, GError **error);

/* For tests: tries what must not succeed. @what: "exec", "fork", "inet", "netlink", "code",
 * "attach", "kill", "thread" (which may), or the path of a file to read. Returns: whether it
 * succeeded */
gboolean recall_sandbox_try(const char *what);
