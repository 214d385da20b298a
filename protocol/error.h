/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

/* Errors that cross a socket: their kind as a D-Bus name, their sentence as its message. */

#define PROTOCOL_ERROR_USAGE                                                                       \
    "io.deskhand.Error.Usage" /* what was sent is wrong: do not repeat it */
#define PROTOCOL_ERROR_NOT_FOUND "io.deskhand.Error.NotFound"
#define PROTOCOL_ERROR_LOCKED "io.deskhand.Error.Locked"
#define PROTOCOL_ERROR_BUSY "io.deskhand.Error.Busy"
/* No space left: free some, then repeat it. */
#define PROTOCOL_ERROR_FULL "io.deskhand.Error.Full"
/* The disk is read-only: repeat it when it is not. */
#define PROTOCOL_ERROR_READ_ONLY "io.deskhand.Error.ReadOnly"
#define PROTOCOL_ERROR_FAILED "io.deskhand.Error.Failed"

/* G_IO_ERROR_INVALID_DATA and _INVALID_ARGUMENT are Usage, _NOT_FOUND NotFound, _BUSY Busy,
 * _NO_SPACE Full, _READ_ONLY ReadOnly, _PERMISSION_DENIED Locked; all else is Failed. Returns:
 * (transfer none) */
const char *protocol_error_get_name(const GError *error);

/* @invocation: (transfer full) */
void protocol_error_return(GDBusMethodInvocation *invocation, const GError *error);
