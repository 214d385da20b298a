/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/keyring-private.h"

#include "recall/vault/recovery-text.h"
#include "recall/vault/wrap.h"

#include <string.h>

#define SEALING_PURPOSE "deskhand sealing 1"

char *
recall_keyring_about_root(const RecallRootKeyType *type)
{
    return g_strconcat("deskhand root 1 ", type->name, NULL);
}

/* Takes what follows from a root key into @file. */
static gboolean
describe_root(RecallKeyringFile *file,
              const RecallRootKeyType *type,
              const RecallKey *wrapper,
              const RecallKey *root,
              const RecallKey *root_secret,
              GError **error)
{
    g_autofree char *about = recall_keyring_about_root(type);

    if (!recall_wrap_seal(wrapper, about, root, file->root_wrap, error) ||
        !recall_sealed_box_get_public(root_secret, file->public_half, error))
        return FALSE;
    file->is_root_stale = FALSE;
    return !file->has_recovery ||
           recall_sealed_box_seal(file->recovery_public, RECALL_KEYRING_RECOVERY_ABOUT,
                                  strlen(RECALL_KEYRING_RECOVERY_ABOUT), root, file->recovery_wrap,
                                  error);
}

/* What does not open now will not later: it is kept as it is. */
static gboolean
rewrap_entries(RecallKeyring *self, GArray *entries, const RecallKey *root, GError **error)
{
    g_autoptr(RecallKey) key = recall_key_new();

    for (unsigned i = 0; i < entries->len; i++) {
        RecallKeyringEntry *entry = &g_array_index(entries, RecallKeyringEntry, i);

        if (recall_wrap_open_entry(self->root, self->root_secret, entry, key, NULL) &&
            !recall_wrap_seal_entry(root, entry, key, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
recall_keyring_derive_secret(const RecallKey *root, RecallKey *out_secret, GError **error)
{
    return recall_sealed_box_derive(root, "", 0, SEALING_PURPOSE, out_secret, error);
}

void
recall_keyring_take_root(RecallKeyring *self, RecallKey *root, RecallKey *root_secret)
{
    recall_secret_free(self->root);
    recall_secret_free(self->root_secret);
    self->root = root;
    self->root_secret = root_secret;
}

void
recall_keyring_clear_root(RecallKeyring *self)
{
    g_clear_pointer(&self->wrapper, recall_secret_free);
    g_clear_pointer(&self->root, recall_secret_free);
    g_clear_pointer(&self->root_secret, recall_secret_free);
}

gboolean
recall_keyring_renew_root(RecallKeyring *self,
                          RecallKeyringFile *file,
                          const RecallRootKeyType *type,
                          const RecallKey *wrapper,
                          GError **error)
{
    g_autoptr(RecallKeyringFile) changed = file;
    g_autoptr(RecallKey) root = recall_key_new();
    g_autoptr(RecallKey) root_secret = recall_key_new();

    recall_box_draw(root, RECALL_KEY_BYTES);
    if (!recall_keyring_derive_secret(root, root_secret, error) ||
        !rewrap_entries(self, changed->entries, root, error) ||
        !describe_root(changed, type, wrapper, root, root_secret, error) ||
        !recall_keyring_save(self, g_steal_pointer(&changed), error))
        return FALSE;
    recall_keyring_take_root(self, g_steal_pointer(&root), g_steal_pointer(&root_secret));
    return TRUE;
}

gboolean
recall_keyring_renew(RecallKeyring *self, GError **error)
{
    return self->type->asks ? recall_keyring_renew_root(self, recall_keyring_file_copy(self->file),
                                                        self->type, self->wrapper, error)
                            : recall_keyring_set_type(self, self->type, NULL, error);
}

/* --- another back end, and recovery --- */

/* Returns: -1 when there is none */
static int
find_newest_week(const RecallKeyring *self)
{
    int week = -1;

    for (unsigned i = 0; i < self->file->entries->len; i++)
        week = MAX(week, g_array_index(self->file->entries, RecallKeyringEntry, i).week);
    return week;
}

static gboolean
switch_type(RecallKeyring *self,
            const RecallRootKeyType *type,
            GBytes *about,
            RecallKey *wrapper,
            GError **error)
{
    RecallKeyringFile *changed = recall_keyring_file_copy(self->file);

    g_free(changed->type);
    changed->type = g_strdup(type->name);
    g_bytes_unref(changed->about);
    changed->about = g_bytes_ref(about);
    return recall_keyring_renew_root(self, changed, type, wrapper, error);
}

gboolean
recall_keyring_set_type(RecallKeyring *self,
                        const RecallRootKeyType *type,
                        const char *secret,
                        GError **error)
{
    g_autoptr(RecallKey) wrapper = recall_key_new();
    g_autoptr(GBytes) old_about = g_bytes_ref(self->file->about);
    const RecallRootKeyType *old_type = self->type;
    g_autoptr(GBytes) about = NULL;
    g_autoptr(GBytes) bytes = NULL;

    if (recall_keyring_is_locked(self))
        return recall_keyring_set_locked(error);
    if (!type->create(self->folder, secret, wrapper, &about, error))
        return FALSE;
    if (!switch_type(self, type, about, wrapper, error)) {
        type->destroy(self->folder, about);
        return FALSE;
    }
    self->type = type;
    self->age = type->note != NULL ? RECALL_KEYRING_AGE_NEWEST : RECALL_KEYRING_AGE_UNTOLD;
    bytes = recall_keyring_file_pack(self->file);
    recall_keyring_tell_of(self, self->file, bytes);
    recall_secret_free(self->wrapper);
    self->wrapper = g_steal_pointer(&wrapper);
    old_type->destroy(self->folder, old_about);
    return self->in_hand.key != NULL || recall_keyring_hold(self, find_newest_week(self), error);
}

char *
recall_keyring_make_recovery(RecallKeyring *self, GError **error)
{
    g_autoptr(RecallKey) key = recall_key_new();
    g_autoptr(RecallKeyringFile) changed = recall_keyring_file_copy(self->file);

    if (recall_keyring_is_locked(self))
        return recall_keyring_set_locked(error), NULL;
    recall_box_draw(key, RECALL_KEY_BYTES);
    changed->has_recovery = TRUE;
    if (!recall_sealed_box_get_public(key, changed->recovery_public, error) ||
        !recall_sealed_box_seal(changed->recovery_public, RECALL_KEYRING_RECOVERY_ABOUT,
                                strlen(RECALL_KEYRING_RECOVERY_ABOUT), self->root,
                                changed->recovery_wrap, error) ||
        !recall_keyring_save(self, g_steal_pointer(&changed), error))
        return NULL;
    return recall_recovery_text_from_key(key);
}
