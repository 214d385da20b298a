/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/keyring-private.h"

#include <string.h>

G_DEFINE_QUARK(recall_keyring_error, recall_keyring_error)

/* --- the file --- */

static gboolean
write_file(RecallKeyring *self, const RecallKeyringFile *file, GError **error)
{
    g_autoptr(GBytes) bytes = recall_keyring_file_pack(file);

    recall_keyring_tell_of(self, file, bytes);
    return recall_keyring_copies_save(&self->copies, bytes, error);
}

gboolean
recall_keyring_save(RecallKeyring *self, RecallKeyringFile *changed, GError **error)
{
    if (!write_file(self, changed, error)) {
        recall_keyring_file_free(changed);
        return FALSE;
    }
    recall_keyring_file_free(self->file);
    self->file = changed;
    return TRUE;
}

gboolean
recall_keyring_set_error(GError **error, RecallKeyringError code, const char *message)
{
    g_set_error_literal(error, RECALL_KEYRING_ERROR, (int)code, message);
    return FALSE;
}

gboolean
recall_keyring_set_locked(GError **error)
{
    return recall_keyring_set_error(error, RECALL_KEYRING_ERROR_LOCKED,
                                    "The history is locked: unlock it with deskhand unlock");
}

/* --- opening --- */

/* Whether there are weeks, in use or set aside, or receipts. */
static gboolean
has_history(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    gboolean has_any = FALSE;
    const char *name;

    while (dir != NULL && !has_any && (name = g_dir_read_name(dir)) != NULL)
        has_any = strstr(name, ".db") != NULL || strcmp(name, "receipts") == 0;
    return has_any;
}

/* A first keyring, with a back end that asks nobody. */
static gboolean
create(RecallKeyring *self, GError **error)
{
    g_autoptr(RecallKeyringFile) file = recall_keyring_file_new();
    g_autoptr(RecallKey) wrapper = recall_key_new();

    if (has_history(self->folder))
        recall_keyring_copies_set_gone(&self->copies);
    self->type = &recall_root_key_file;
    g_free(file->type);
    file->type = g_strdup(self->type->name);
    g_clear_pointer(&file->about, g_bytes_unref);
    if (!self->type->create(self->folder, NULL, wrapper, &file->about, error)) {
        file->about = g_bytes_new(NULL, 0);
        return FALSE;
    }
    if (!recall_keyring_renew_root(self, g_steal_pointer(&file), self->type, wrapper, error))
        return FALSE;
    self->wrapper = g_steal_pointer(&wrapper);
    return TRUE;
}

/* A key that the keyring has no more is of no use. */
static void
load_week_in_hand(RecallKeyring *self)
{
    recall_open_key_load(&self->in_hand);
    if (self->in_hand.key != NULL && recall_keyring_get_week_in_hand(self) < 0)
        recall_open_key_forget(&self->in_hand);
}

static gboolean
load(RecallKeyring *self, GBytes *bytes, GError **error)
{
    g_autoptr(GError) local_error = NULL;

    self->file = recall_keyring_file_parse(bytes, error);
    if (self->file == NULL)
        return FALSE;
    self->type = recall_root_key_find(self->file->type);
    if (self->type == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "The keyring in %s needs \"%s\", which this release does not know",
                    self->folder, self->file->type);
        return FALSE;
    }
    recall_keyring_begin_age(self, bytes);
    recall_keyring_slow_down(self);
    load_week_in_hand(self);
    if (!self->type->asks && !recall_keyring_unlock(self, NULL, &local_error))
        g_warning("The key of the history is not to be had: %s", local_error->message);
    return TRUE;
}

/* Power that was lost while the key was changed leaves two of them, of which the keyring names one.
 * Only once that has opened it, or was never in a file, and both copies say so. */
static void
sweep_keys(RecallKeyring *self)
{
    if ((!self->type->asks && recall_keyring_is_locked(self)) ||
        self->copies.state == RECALL_KEYRING_COPIES_SINGLE)
        return;
    recall_root_key_sweep(self->folder, self->type, self->file->about);
}

static gboolean
load_and_mend(RecallKeyring *self, GBytes *bytes, GError **error)
{
    if (!load(self, bytes, error))
        return FALSE;
    recall_keyring_copies_mend(&self->copies);
    sweep_keys(self);
    return TRUE;
}

RecallKeyring *
recall_keyring_open(const char *folder, GError **error)
{
    g_autoptr(RecallKeyring) self = g_new0(RecallKeyring, 1);
    g_autoptr(GError) local_error = NULL;
    g_autoptr(GBytes) bytes = NULL;
    gboolean is_open;

    self->folder = g_strdup(folder);
    recall_keyring_copies_init(&self->copies, folder);
    recall_open_key_init(&self->in_hand, folder);
    bytes = recall_keyring_copies_load(&self->copies, &local_error);
    if (bytes != NULL)
        is_open = load_and_mend(self, bytes, error);
    else if (g_error_matches(local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        is_open = create(self, error);
    else
        is_open = (g_propagate_error(error, g_steal_pointer(&local_error)), FALSE);
    return is_open ? g_steal_pointer(&self) : NULL;
}

void
recall_keyring_close(RecallKeyring *self)
{
    if (self == NULL)
        return;
    recall_keyring_clear_root(self);
    recall_open_key_clear(&self->in_hand);
    recall_keyring_file_free(self->file);
    g_free(self->folder);
    recall_keyring_copies_clear(&self->copies);
    g_free(self->away_why);
    g_free(self);
}

gboolean
recall_keyring_is_locked(const RecallKeyring *self)
{
    return self->root == NULL;
}

const RecallRootKeyType *
recall_keyring_get_type(const RecallKeyring *self)
{
    return self->type;
}

RecallKeyringCopiesState
recall_keyring_get_copies(const RecallKeyring *self)
{
    return MAX(recall_keyring_copies_get_state(&self->copies), self->key_copies);
}

void
recall_keyring_accept_loss(RecallKeyring *self)
{
    recall_keyring_copies_clear_gone(&self->copies);
}

gboolean
recall_keyring_has_recovery(const RecallKeyring *self)
{
    return self->file->has_recovery;
}
