/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/keyring-private.h"

#include "recall/vault/safe-file.h"

G_STATIC_ASSERT(RECALL_ROOT_KEY_MARK_BYTES == RECALL_SAFE_FILE_SUM_BYTES);

static void
get_mark(GBytes *bytes, uint8_t *out_mark)
{
    recall_safe_file_sum(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), out_mark);
}

void
recall_keyring_tell_of(RecallKeyring *self, const RecallKeyringFile *file, GBytes *bytes)
{
    const RecallRootKeyType *type = recall_root_key_find(file->type);
    uint8_t mark[RECALL_ROOT_KEY_MARK_BYTES];
    g_autoptr(GError) error = NULL;

    if (type == NULL || type->note == NULL ||
        (type == self->type && self->age != RECALL_KEYRING_AGE_NEWEST))
        return;
    get_mark(bytes, mark);
    if (!type->note(file->about, mark, &error))
        g_info("The host was not told what is written: %s", error->message);
}

void
recall_keyring_find_age(RecallKeyring *self)
{
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;
    gboolean is_known = FALSE;

    if (self->age != RECALL_KEYRING_AGE_UNKNOWN)
        return;
    if (!self->type->is_known(self->file->about, self->found_mark, &is_known, &error))
        g_info("The host does not say how old the history is: %s", error->message);
    else
        self->age = is_known ? RECALL_KEYRING_AGE_NEWEST : RECALL_KEYRING_AGE_OLD;
    if (self->age == RECALL_KEYRING_AGE_OLD)
        g_warning("The keyring in %s is older than the one that was written last", self->folder);
    if (self->age != RECALL_KEYRING_AGE_NEWEST)
        return;
    bytes = recall_keyring_file_pack(self->file);
    recall_keyring_tell_of(self, self->file, bytes);
}

void
recall_keyring_begin_age(RecallKeyring *self, GBytes *found)
{
    get_mark(found, self->found_mark);
    self->age =
        self->type->is_known != NULL ? RECALL_KEYRING_AGE_UNKNOWN : RECALL_KEYRING_AGE_UNTOLD;
}

RecallKeyringAge
recall_keyring_get_age(const RecallKeyring *self)
{
    return self->age;
}
