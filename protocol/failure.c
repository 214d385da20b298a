/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/failure.h"

#include "protocol/peer.h"

#include <glib/gstdio.h>

void
protocol_failure_note(const char *name, const char *sentence)
{
    g_autofree char *path = protocol_peer_path(name);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *text = NULL;

    if (sentence == NULL) {
        g_unlink(path);
        return;
    }
    text = g_strndup(sentence, PROTOCOL_FAILURE_MAX_BYTES);
    (void)g_mkdir_with_parents(folder, 0700);
    (void)g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
}

char *
protocol_failure_read(const char *name)
{
    g_autofree char *path = protocol_peer_find(name);
    g_autofree char *text = NULL;
    GStatBuf about;

    if (g_stat(path, &about) != 0 || about.st_size > PROTOCOL_FAILURE_MAX_BYTES ||
        !g_file_get_contents(path, &text, NULL, NULL) || *text == '\0')
        return NULL;
    return g_utf8_make_valid(text, -1);
}
