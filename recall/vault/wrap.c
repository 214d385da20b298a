/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/wrap.h"

#include <string.h>

/* Where the parts of a wrap stand. */
#define SEALED_OFFSET RECALL_BOX_NONCE_BYTES
#define TAG_OFFSET (RECALL_BOX_NONCE_BYTES + RECALL_KEY_BYTES)

gboolean
recall_wrap_seal(const RecallKey *with,
                 const char *about,
                 const RecallKey *key,
                 uint8_t *out_wrap,
                 GError **error)
{
    g_autoptr(RecallBox) box = recall_box_new(with, error);

    if (box == NULL)
        return FALSE;
    recall_box_draw(out_wrap, RECALL_BOX_NONCE_BYTES);
    if (recall_box_seal(box, out_wrap, about, strlen(about), key, RECALL_KEY_BYTES,
                        out_wrap + SEALED_OFFSET, out_wrap + TAG_OFFSET))
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "OpenSSL could not wrap a key");
    return FALSE;
}

gboolean
recall_wrap_open(const RecallKey *with,
                 const char *about,
                 const uint8_t *wrap,
                 RecallKey *out_key,
                 GError **error)
{
    g_autoptr(RecallBox) box = recall_box_new(with, error);

    if (box == NULL)
        return FALSE;
    if (recall_box_open(box, wrap, about, strlen(about), wrap + SEALED_OFFSET, RECALL_KEY_BYTES,
                        wrap + TAG_OFFSET, out_key))
        return TRUE;
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "A key of the keyring does not open");
    return FALSE;
}

/* A wrap put beside another segment's id or week opens nothing. */
static char *
about_entry(const RecallKeyringEntry *entry)
{
    GString *about = g_string_new("deskhand segment 1 ");

    for (unsigned i = 0; i < sizeof entry->id; i++)
        g_string_append_printf(about, "%02x", entry->id[i]);
    g_string_append_printf(about, " %d", entry->week);
    return g_string_free(about, FALSE);
}

gboolean
recall_wrap_seal_entry(const RecallKey *root,
                       RecallKeyringEntry *entry,
                       const RecallKey *key,
                       GError **error)
{
    g_autofree char *about = about_entry(entry);

    memset(entry->wrap, 0, sizeof entry->wrap);
    entry->is_sealed = FALSE;
    return recall_wrap_seal(root, about, key, entry->wrap, error);
}

gboolean
recall_wrap_open_entry(const RecallKey *root,
                       const RecallKey *root_secret,
                       const RecallKeyringEntry *entry,
                       RecallKey *out_key,
                       GError **error)
{
    g_autofree char *about = about_entry(entry);

    if (entry->is_sealed)
        return recall_sealed_box_open(root_secret, about, strlen(about), entry->wrap, out_key,
                                      error);
    return recall_wrap_open(root, about, entry->wrap, out_key, error);
}

gboolean
recall_wrap_seal_entry_locked(const uint8_t *public_half,
                              RecallKeyringEntry *entry,
                              const RecallKey *key,
                              GError **error)
{
    g_autofree char *about = about_entry(entry);

    entry->is_sealed = TRUE;
    return recall_sealed_box_seal(public_half, about, strlen(about), key, entry->wrap, error);
}
