/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/error.h"

#define ERROR_PREFIX "io.deskhand.Error."

G_DEFINE_QUARK(app_error, app_error)

int
app_error_to_exit_code(const GError *error)
{
    return error->domain == APP_ERROR ? error->code : APP_ERROR_FAILED;
}

/* The errors that the protocol names; 0 for any other. */
static AppError
code_of_name(const char *name)
{
    static const struct {
        const char *name;
        AppError code;
    } codes[] = {
        {ERROR_PREFIX "Usage", APP_ERROR_USAGE},
        {ERROR_PREFIX "Denied", APP_ERROR_DENIED},
        {ERROR_PREFIX "Locked", APP_ERROR_LOCKED},
        {"org.freedesktop.DBus.Error.ServiceUnknown", APP_ERROR_NOT_RUNNING},
        {"org.freedesktop.DBus.Error.NameHasNoOwner", APP_ERROR_NOT_RUNNING},
        {"org.freedesktop.DBus.Error.NoReply", APP_ERROR_NOT_RUNNING},
        {"org.freedesktop.DBus.Error.Disconnected", APP_ERROR_NOT_RUNNING},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (g_strcmp0(name, codes[i].name) == 0)
            return codes[i].code;
    }
    return g_str_has_prefix(name, ERROR_PREFIX) ? APP_ERROR_FAILED : 0;
}

static gboolean
is_lost(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CLOSED) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

static void
set_not_running(GError **error, const char *who, const GError *remote)
{
    gboolean is_late = g_error_matches(remote, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

    g_set_error(error, APP_ERROR, APP_ERROR_NOT_RUNNING,
                "The %s %s; `deskhand doctor` says how to mend it.", who,
                is_late ? "does not answer" : "is not running");
}

void
app_error_take_remote(GError **error, const char *who, GError *remote)
{
    g_autoptr(GError) owned = remote;
    g_autofree char *name = g_dbus_error_get_remote_error(remote);
    AppError code = name != NULL ? code_of_name(name) : 0;

    if (g_error_matches(remote, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_propagate_error(error, g_steal_pointer(&owned));
        return;
    }
    g_dbus_error_strip_remote_error(owned);
    if (code == APP_ERROR_NOT_RUNNING || (code == 0 && is_lost(owned)))
        set_not_running(error, who, owned);
    else if (code != 0)
        g_set_error_literal(error, APP_ERROR, code, owned->message);
    else if (g_error_matches(owned, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
        g_set_error(
            error, APP_ERROR, APP_ERROR_FAILED,
            "The %s that listens there is another user's, and is not asked: XDG_RUNTIME_DIR "
            "must name a folder of your own.",
            who);
    else
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, "The %s could not do it: %s", who,
                    owned->message);
}
