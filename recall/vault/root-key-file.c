/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/box.h"
#include "recall/vault/root-key.h"
#include "recall/vault/safe-file.h"

#include <string.h>

/* Each one has a name of its own, which the keyring notes: while the key is being changed both are
 * there, and after a loss of power the keyring says which one it goes with. */
#define NAME_FORMAT "root-%08x.key"
#define NAME_BYTES 17

/* The name stands in a file that somebody may have changed: it must not lead elsewhere. */
static char *
dup_path(const char *folder, GBytes *about)
{
    size_t n_bytes;
    const char *data = g_bytes_get_data(about, &n_bytes);
    g_autofree char *name = g_strndup(data, n_bytes);

    if (n_bytes != NAME_BYTES || strlen(name) != NAME_BYTES || strchr(name, '/') != NULL ||
        !g_str_has_prefix(name, "root-") || !g_str_has_suffix(name, ".key"))
        return NULL;
    return g_build_filename(folder, name, NULL);
}

static gboolean
create_key(const char *folder,
           const char *secret,
           RecallKey *out_key,
           GBytes **out_about,
           GError **error)
{
    uint32_t number;
    g_autofree char *name = NULL;
    g_autofree char *path = NULL;

    recall_box_draw(&number, sizeof number);
    name = g_strdup_printf(NAME_FORMAT, number);
    path = g_build_filename(folder, name, NULL);
    recall_box_draw(out_key, RECALL_KEY_BYTES);
    if (!recall_safe_file_write(path, out_key, RECALL_KEY_BYTES, error))
        return FALSE;
    *out_about = g_bytes_new(name, strlen(name));
    return TRUE;
}

static gboolean
open_key(const char *folder, const char *secret, GBytes *about, RecallKey *out_key, GError **error)
{
    g_autofree char *path = dup_path(folder, about);
    g_autoptr(GBytes) bytes = NULL;

    if (path != NULL)
        bytes = recall_safe_file_read(path, RECALL_KEY_BYTES, error);
    if (path != NULL && bytes == NULL) {
        g_prefix_error(error, "The key of the history is not to be had: ");
        return FALSE;
    }
    if (bytes == NULL || g_bytes_get_size(bytes) != RECALL_KEY_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "The file of the history's key in %s is damaged: put it back from a backup",
                    folder);
        return FALSE;
    }
    memcpy(out_key, g_bytes_get_data(bytes, NULL), RECALL_KEY_BYTES);
    recall_secret_clear((void *)g_bytes_get_data(bytes, NULL), RECALL_KEY_BYTES);
    return TRUE;
}

static void
destroy_key(const char *folder, GBytes *about)
{
    g_autofree char *path = dup_path(folder, about);

    if (path != NULL)
        recall_safe_file_destroy(path);
}

const RecallRootKeyType recall_root_key_file = {
    .name = "key-file",
    .asks = FALSE,
    .create = create_key,
    .open = open_key,
    .destroy = destroy_key,
};
