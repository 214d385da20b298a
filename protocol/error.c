/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/error.h"

const char *
protocol_error_get_name(const GError *error)
{
    if (error->domain != G_IO_ERROR)
        return PROTOCOL_ERROR_FAILED;
    switch (error->code) {
    case G_IO_ERROR_INVALID_DATA:
    case G_IO_ERROR_INVALID_ARGUMENT:
        return PROTOCOL_ERROR_USAGE;
    case G_IO_ERROR_NOT_FOUND:
        return PROTOCOL_ERROR_NOT_FOUND;
    case G_IO_ERROR_BUSY:
        return PROTOCOL_ERROR_BUSY;
    case G_IO_ERROR_NO_SPACE:
        return PROTOCOL_ERROR_FULL;
    case G_IO_ERROR_READ_ONLY:
        return PROTOCOL_ERROR_READ_ONLY;
    case G_IO_ERROR_PERMISSION_DENIED:
        return PROTOCOL_ERROR_LOCKED;
    default:
        return PROTOCOL_ERROR_FAILED;
    }
}

void
protocol_error_return(GDBusMethodInvocation *invocation, const GError *error)
{
    g_dbus_method_invocation_return_dbus_error(invocation, protocol_error_get_name(error),
                                               error->message);
}
