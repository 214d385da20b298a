/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/box.h"
#include "recall/vault/root-key.h"
#include "recall/vault/safe-file.h"

#include <string.h>

/* Each one has a name of its own, which the keyring notes: while the key is being changed both are
 * there, and after a loss of power the keyring says which one it goes with. */
#define NAME_PREFIX "root-"
#define NAME_SUFFIX ".key"
#define NAME_FORMAT NAME_PREFIX "%08x" NAME_SUFFIX
#define NAME_BYTES 17

/* The name stands in a file that somebody may have changed: it must not lead elsewhere. */
static char *
dup_path(const char *folder, GBytes *about)
{
    size_t n_bytes;
    const char *data = g_bytes_get_data(about, &n_bytes);
    g_autofree char *name = g_strndup(data, n_bytes);

    if (n_bytes != NAME_BYTES || strlen(name) != NAME_BYTES || strchr(name, '/') != NULL ||
        !g_str_has_prefix(name, NAME_PREFIX) || !g_str_has_suffix(name, NAME_SUFFIX))
        return NULL;
    return g_build_filename(folder, name, NULL);
}

static char *
dup_copy_path(const char *path)
{
    return g_strconcat(path, ".copy", NULL);
}

/* @error: G_IO_ERROR_INVALID_DATA: it is no whole key; else as recall_safe_file_read() */
static gboolean
read_key(const char *path, RecallKey *out_key, gboolean *out_has_sum, GError **error)
{
    return recall_safe_file_read_summed(path, out_key, RECALL_KEY_BYTES, out_has_sum, error);
}

static gboolean
write_key(const char *path, const RecallKey *key, GError **error)
{
    return recall_safe_file_write_summed(path, key, RECALL_KEY_BYTES, error);
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
    g_autofree char *copy_path = NULL;

    recall_box_draw(&number, sizeof number);
    name = g_strdup_printf(NAME_FORMAT, number);
    path = g_build_filename(folder, name, NULL);
    copy_path = dup_copy_path(path);
    recall_box_draw(out_key, RECALL_KEY_BYTES);
    if (!write_key(path, out_key, error))
        return FALSE;
    if (!write_key(copy_path, out_key, error)) {
        recall_safe_file_destroy(path);
        return FALSE;
    }
    *out_about = g_bytes_new(name, strlen(name));
    return TRUE;
}

/* What is not damage must not be covered up by the second one. */
static gboolean
may_use_copy(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
           g_error_matches(error, G_IO_ERROR, G_IO_ERROR_FAILED); /* of the disk */
}

static gboolean
open_key(const char *folder, const char *secret, GBytes *about, RecallKey *out_key, GError **error)
{
    g_autofree char *path = dup_path(folder, about);
    g_autofree char *copy_path = path != NULL ? dup_copy_path(path) : NULL;
    g_autoptr(GError) local_error = NULL;
    gboolean has_sum;

    if (path == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "The keyring in %s names no file of a key", folder);
        return FALSE;
    }
    if (read_key(path, out_key, &has_sum, &local_error) ||
        (may_use_copy(local_error) && read_key(copy_path, out_key, &has_sum, NULL)))
        return TRUE;
    g_propagate_prefixed_error(error, g_steal_pointer(&local_error),
                               "The key of the history is not to be had: ");
    return FALSE;
}

static void
destroy_key(const char *folder, GBytes *about)
{
    g_autofree char *path = dup_path(folder, about);
    g_autofree char *copy_path = path != NULL ? dup_copy_path(path) : NULL;

    if (path == NULL)
        return;
    recall_safe_file_destroy(path);
    recall_safe_file_destroy(copy_path);
}

/* What was being written, too: it has the name with an ending of its own. */
static void
sweep_keys(const char *folder, GBytes *about)
{
    g_autofree char *path = about != NULL ? dup_path(folder, about) : NULL;
    g_autofree char *copy_path = path != NULL ? dup_copy_path(path) : NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *other = g_build_filename(folder, name, NULL);

        if (g_str_has_prefix(name, NAME_PREFIX) && strstr(name, NAME_SUFFIX) != NULL &&
            g_strcmp0(other, path) != 0 && g_strcmp0(other, copy_path) != 0)
            recall_safe_file_destroy(other);
    }
}

/* Returns: whether the file holds this very key */
static gboolean
holds(const char *path, const RecallKey *key, gboolean *out_has_sum)
{
    g_autoptr(RecallKey) there = recall_key_new();

    *out_has_sum = FALSE;
    return read_key(path, there, out_has_sum, NULL) && memcmp(there, key, RECALL_KEY_BYTES) == 0;
}

/* Releases before wrote one file, without a sum: that nothing was lost there is no news. */
static gboolean
mend_key(const char *folder,
         GBytes *about,
         const RecallKey *key,
         gboolean *out_was_lost,
         GError **error)
{
    g_autofree char *path = dup_path(folder, about);
    g_autofree char *copy_path = dup_copy_path(path);
    gboolean has_sum;
    gboolean is_there = holds(path, key, &has_sum);
    gboolean is_old = is_there && !has_sum;
    gboolean has_copy = holds(copy_path, key, &has_sum) && has_sum;

    *out_was_lost = !is_there || (!has_copy && !is_old);
    return ((is_there && !is_old) || write_key(path, key, error)) &&
           (has_copy || write_key(copy_path, key, error));
}

const RecallRootKeyType recall_root_key_file = {
    .name = "key-file",
    .create = create_key,
    .open = open_key,
    .destroy = destroy_key,
    .sweep = sweep_keys,
    .mend = mend_key,
};
