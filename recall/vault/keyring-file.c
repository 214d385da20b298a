/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/keyring-file.h"

#include "recall/vault/root-key.h"
#include "recall/vault/safe-file.h"

#include <string.h>

/* A SHA-256 of what is before it stands at the end: a bit that fell over is noticed, and not one
 * that somebody turned. Version 1 had none, up to version 2 there were no marks, up to version 3
 * no witnesses.
 *
 * Version; type, about, root's wrap, public half; recovery's public half and wrap, empty without;
 * wrong secrets, stale root; for each segment: id, week, sealed, wrap, seals, mark,
 * witness' page and seal, empty without. */
#define ENTRY_TYPE "(ayibayttuay)"
#define TYPE "(usayayayayayuba" ENTRY_TYPE ")"
#define TYPE_WITHOUT_WITNESSES "(usayayayayayuba(ayibaytt))"
#define TYPE_WITHOUT_MARKS "(usayayayayayuba(ayibayt))"
#define VERSION 4
#define VERSION_WITHOUT_WITNESSES 3
#define VERSION_WITHOUT_MARKS 2
#define VERSION_WITHOUT_SUM 1
#define NAME_MAX_BYTES 64

RecallKeyringFile *
recall_keyring_file_new(void)
{
    RecallKeyringFile *self = g_new0(RecallKeyringFile, 1);

    self->type = g_strdup("");
    self->about = g_bytes_new(NULL, 0);
    self->entries = g_array_new(FALSE, TRUE, sizeof(RecallKeyringEntry));
    return self;
}

RecallKeyringFile *
recall_keyring_file_copy(const RecallKeyringFile *self)
{
    RecallKeyringFile *copy = g_memdup2(self, sizeof *self);

    copy->type = g_strdup(self->type);
    copy->about = g_bytes_ref(self->about);
    copy->entries = g_array_copy(self->entries);
    return copy;
}

void
recall_keyring_file_free(RecallKeyringFile *self)
{
    if (self == NULL)
        return;
    g_free(self->type);
    g_bytes_unref(self->about);
    g_array_unref(self->entries);
    g_free(self);
}

static GVariant *
pack_bytes(const void *data, size_t n_bytes)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, n_bytes, 1);
}

static size_t
wrap_size(gboolean is_sealed)
{
    return is_sealed ? RECALL_SEALED_BOX_BYTES : RECALL_WRAP_BYTES;
}

static size_t
witness_size(const RecallKeyringWitness *witness)
{
    return witness->number > 0 ? sizeof witness->seal : 0;
}

static GVariant *
pack_entries(const GArray *entries)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a" ENTRY_TYPE));
    for (unsigned i = 0; i < entries->len; i++) {
        const RecallKeyringEntry *entry = &g_array_index(entries, RecallKeyringEntry, i);

        g_variant_builder_add(&builder, "(@ayib@ayttu@ay)", pack_bytes(entry->id, sizeof entry->id),
                              entry->week, entry->is_sealed,
                              pack_bytes(entry->wrap, wrap_size(entry->is_sealed)), entry->n_seals,
                              entry->n_marked, entry->witness.number,
                              pack_bytes(&entry->witness.seal, witness_size(&entry->witness)));
    }
    return g_variant_builder_end(&builder);
}

/* @tuple: (transfer none) */
static GBytes *
add_sum(GVariant *tuple)
{
    size_t n_bytes = g_variant_get_size(tuple);
    uint8_t *data = g_malloc(n_bytes + RECALL_SAFE_FILE_SUM_BYTES);

    g_variant_store(tuple, data);
    recall_safe_file_sum(data, n_bytes, data + n_bytes);
    return g_bytes_new_take(data, n_bytes + RECALL_SAFE_FILE_SUM_BYTES);
}

GBytes *
recall_keyring_file_pack(const RecallKeyringFile *self)
{
    size_t n_public = self->has_recovery ? sizeof self->recovery_public : 0;
    size_t n_wrap = self->has_recovery ? sizeof self->recovery_wrap : 0;
    g_autoptr(GVariant) tuple = g_variant_ref_sink(g_variant_new(
        "(us@ay@ay@ay@ay@ayub@a" ENTRY_TYPE ")", VERSION, self->type,
        pack_bytes(g_bytes_get_data(self->about, NULL), g_bytes_get_size(self->about)),
        pack_bytes(self->root_wrap, sizeof self->root_wrap),
        pack_bytes(self->public_half, sizeof self->public_half),
        pack_bytes(self->recovery_public, n_public), pack_bytes(self->recovery_wrap, n_wrap),
        self->n_wrong, self->is_root_stale, pack_entries(self->entries)));

    return add_sum(tuple);
}

/* Returns: whether it has exactly this size */
static gboolean
take_bytes(GVariant *tuple, unsigned index, void *out, size_t n_bytes)
{
    g_autoptr(GVariant) bytes = g_variant_get_child_value(tuple, index);
    size_t n_there;
    const void *data = g_variant_get_fixed_array(bytes, &n_there, 1);

    if (n_there != n_bytes)
        return FALSE;
    if (n_bytes > 0)
        memcpy(out, data, n_bytes);
    return TRUE;
}

static gboolean
take_witness(GVariant *tuple, RecallKeyringWitness *out)
{
    if (g_variant_n_children(tuple) <= 6)
        return TRUE;
    g_variant_get_child(tuple, 6, "u", &out->number);
    return take_bytes(tuple, 7, &out->seal, witness_size(out));
}

static gboolean
take_entry(GVariant *tuple, RecallKeyringEntry *out)
{
    g_variant_get_child(tuple, 1, "i", &out->week);
    g_variant_get_child(tuple, 2, "b", &out->is_sealed);
    g_variant_get_child(tuple, 4, "t", &out->n_seals);
    if (g_variant_n_children(tuple) > 5)
        g_variant_get_child(tuple, 5, "t", &out->n_marked);
    return out->week >= RECALL_KEYRING_WEEK_NONE && out->n_marked <= G_MAXINT64 &&
           take_bytes(tuple, 0, out->id, sizeof out->id) &&
           take_bytes(tuple, 3, out->wrap, wrap_size(out->is_sealed)) &&
           take_witness(tuple, &out->witness);
}

static gboolean
take_entries(GVariant *list, GArray *out)
{
    size_t n = g_variant_n_children(list);

    if (n > RECALL_KEYRING_N_ENTRIES_MAX)
        return FALSE;
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GVariant) tuple = g_variant_get_child_value(list, i);
        RecallKeyringEntry entry = {0};

        if (!take_entry(tuple, &entry))
            return FALSE;
        g_array_append_val(out, entry);
    }
    return TRUE;
}

static gboolean
take_about(GVariant *tuple, RecallKeyringFile *out)
{
    g_autoptr(GVariant) about = g_variant_get_child_value(tuple, 2);
    size_t n_bytes;
    const void *data = g_variant_get_fixed_array(about, &n_bytes, 1);

    g_free(out->type);
    g_variant_get_child(tuple, 1, "s", &out->type);
    g_bytes_unref(out->about);
    out->about = g_bytes_new(data, n_bytes);
    return strlen(out->type) <= NAME_MAX_BYTES && n_bytes <= RECALL_ROOT_KEY_ABOUT_MAX_BYTES;
}

static gboolean
take_recovery(GVariant *tuple, RecallKeyringFile *out)
{
    out->has_recovery = take_bytes(tuple, 5, out->recovery_public, sizeof out->recovery_public) &&
                        take_bytes(tuple, 6, out->recovery_wrap, sizeof out->recovery_wrap);
    return out->has_recovery || (take_bytes(tuple, 5, NULL, 0) && take_bytes(tuple, 6, NULL, 0));
}

static gboolean
take_all(GVariant *tuple, RecallKeyringFile *out)
{
    g_autoptr(GVariant) entries = g_variant_get_child_value(tuple, 9);

    g_variant_get_child(tuple, 7, "u", &out->n_wrong);
    g_variant_get_child(tuple, 8, "b", &out->is_root_stale);
    return take_about(tuple, out) && take_bytes(tuple, 3, out->root_wrap, sizeof out->root_wrap) &&
           take_bytes(tuple, 4, out->public_half, sizeof out->public_half) &&
           take_recovery(tuple, out) && take_entries(entries, out->entries);
}

/* Returns: (transfer full): what stands before a right sum, else all of it */
static GBytes *
take_sum(GBytes *bytes, gboolean *out_has_sum)
{
    size_t n_bytes;
    const uint8_t *data = g_bytes_get_data(bytes, &n_bytes);
    uint8_t sum[RECALL_SAFE_FILE_SUM_BYTES];

    *out_has_sum = FALSE;
    if (n_bytes <= RECALL_SAFE_FILE_SUM_BYTES || n_bytes > RECALL_KEYRING_FILE_MAX_BYTES)
        return g_bytes_ref(bytes);
    n_bytes -= RECALL_SAFE_FILE_SUM_BYTES;
    recall_safe_file_sum(data, n_bytes, sum);
    *out_has_sum = memcmp(sum, data + n_bytes, RECALL_SAFE_FILE_SUM_BYTES) == 0;
    return *out_has_sum ? g_bytes_new_from_bytes(bytes, 0, n_bytes) : g_bytes_ref(bytes);
}

/* It stands first, whatever comes after it. Returns: 0 when it is none that is known */
static uint32_t
read_version(GBytes *content, gboolean has_sum)
{
    size_t n_bytes;
    const void *data = g_bytes_get_data(content, &n_bytes);
    uint32_t version = 0;

    if (n_bytes >= sizeof version && n_bytes <= RECALL_KEYRING_FILE_MAX_BYTES)
        memcpy(&version, data, sizeof version);
    return has_sum == (version > VERSION_WITHOUT_SUM) ? version : 0;
}

/* Returns: whether it is a whole one of this version */
static gboolean
take_version(GBytes *content, uint32_t version, RecallKeyringFile *out)
{
    const char *type = version == VERSION                     ? TYPE
                       : version == VERSION_WITHOUT_WITNESSES ? TYPE_WITHOUT_WITNESSES
                                                              : TYPE_WITHOUT_MARKS;
    g_autoptr(GVariant) tuple =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(type), content, FALSE));

    return g_variant_is_normal_form(tuple) && take_all(tuple, out);
}

RecallKeyringFile *
recall_keyring_file_parse(GBytes *bytes, GError **error)
{
    g_autoptr(RecallKeyringFile) self = recall_keyring_file_new();
    gboolean has_sum = FALSE;
    g_autoptr(GBytes) content = take_sum(bytes, &has_sum);
    uint32_t version = read_version(content, has_sum);

    if (version > VERSION) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                            "The keyring was written by a later release of Deskhand: update this "
                            "one");
        return NULL;
    }
    if (version > 0 && take_version(content, version, self))
        return g_steal_pointer(&self);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "The keyring is damaged, and so is its copy: put both back from a backup, "
                        "or move the folder of the history away, and a new one begins");
    return NULL;
}

RecallKeyringEntry *
recall_keyring_file_find(const RecallKeyringFile *self, int week)
{
    for (unsigned i = self->entries->len; i > 0; i--) {
        RecallKeyringEntry *entry = &g_array_index(self->entries, RecallKeyringEntry, i - 1);

        if (entry->week == week)
            return entry;
    }
    return NULL;
}
