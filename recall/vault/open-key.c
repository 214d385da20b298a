/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "deskhand-vault"
#include "recall/vault/open-key.h"

#include "recall/vault/safe-file.h"

#include <string.h>

#define NAME "open.key"
#define BOTH_BYTES (RECALL_SEGMENT_ID_BYTES + RECALL_KEY_BYTES)

void
recall_open_key_init(RecallOpenKey *self, const char *folder)
{
    *self = (RecallOpenKey){.path = g_build_filename(folder, NAME, NULL)};
}

void
recall_open_key_clear(RecallOpenKey *self)
{
    g_clear_pointer(&self->path, g_free);
    g_clear_pointer(&self->key, recall_secret_free);
}

void
recall_open_key_load(RecallOpenKey *self)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RecallKey) both = recall_secret_alloc(BOTH_BYTES);
    gboolean has_sum;

    if (!recall_safe_file_read_summed(self->path, both, BOTH_BYTES, &has_sum, &error)) {
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
            g_warning("The key of the week in hand is not to be had: %s", error->message);
        return;
    }
    self->key = recall_key_new();
    memcpy(self->id, both, RECALL_SEGMENT_ID_BYTES);
    memcpy(self->key, both + RECALL_SEGMENT_ID_BYTES, RECALL_KEY_BYTES);
}

gboolean
recall_open_key_keep(RecallOpenKey *self, const uint8_t *id, const RecallKey *key, GError **error)
{
    g_autoptr(RecallKey) both = recall_secret_alloc(BOTH_BYTES);

    if (self->key == NULL)
        self->key = recall_key_new();
    memcpy(self->key, key, RECALL_KEY_BYTES);
    memcpy(self->id, id, RECALL_SEGMENT_ID_BYTES);
    memcpy(both, id, RECALL_SEGMENT_ID_BYTES);
    memcpy(both + RECALL_SEGMENT_ID_BYTES, key, RECALL_KEY_BYTES);
    return recall_safe_file_write_summed(self->path, both, BOTH_BYTES, error);
}

void
recall_open_key_forget(RecallOpenKey *self)
{
    g_clear_pointer(&self->key, recall_secret_free);
    recall_safe_file_destroy(self->path);
}

gboolean
recall_open_key_is_of(const RecallOpenKey *self, const uint8_t *id)
{
    return self->key != NULL && memcmp(self->id, id, sizeof self->id) == 0;
}
