/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Sockets that the service manager listens on for us (sd_listen_fds(3), without its library). */

#define RECALL_LISTEN_N_FDS_MAX 16 /* sockets of the service manager */

/* @name: as in FileDescriptorName=
 * Returns: the socket, the caller's from now on; -1 when there is none of that name or it was
 *   taken already. Main thread, before others run: it changes the environment. */
int recall_listen_take_fd(const char *name);
