/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/place.h"

#include "protocol/peer.h"

#include <unistd.h>

#define RECALL_SOCKET "recall.sock"
#define VAULT "deskhand-vault"

gboolean
app_place_has_own_user(void)
{
    g_autofree char *used = protocol_peer_find(RECALL_SOCKET);
    g_autofree char *own = protocol_peer_path(RECALL_SOCKET);

    return !g_str_equal(used, own);
}

char *
app_place_dup_restart(const char *program)
{
    if (g_str_equal(program, VAULT) && app_place_has_own_user())
        return g_strdup_printf("as root, systemctl restart " VAULT "@%u", (unsigned)geteuid());
    return g_strconcat("systemctl --user restart ", program, NULL);
}

gboolean
app_place_is_asked(const char *append_path)
{
    g_autofree char *asked = protocol_peer_find(RECALL_SOCKET);
    g_autofree char *asked_folder = g_path_get_dirname(asked);
    g_autofree char *folder = g_path_get_dirname(append_path);

    return g_str_equal(folder, asked_folder);
}

char *
app_place_find_older_history(void)
{
    g_autofree char *path = g_build_filename(g_get_user_data_dir(), "deskhand", "segments", NULL);
    g_autoptr(GDir) folder = app_place_has_own_user() ? g_dir_open(path, 0, NULL) : NULL;

    return folder != NULL && g_dir_read_name(folder) != NULL ? g_steal_pointer(&path) : NULL;
}
