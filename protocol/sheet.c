/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/sheet.h"

#include "protocol/scene.h"

ProtocolSheet *
protocol_sheet_new(GPtrArray *digests, GBytes *coded)
{
    ProtocolSheet *self = g_atomic_rc_box_new0(ProtocolSheet);

    self->digests = digests;
    self->coded = coded;
    return self;
}

ProtocolSheet *
protocol_sheet_ref(ProtocolSheet *self)
{
    return g_atomic_rc_box_acquire(self);
}

static void
clear(void *data)
{
    ProtocolSheet *self = data;

    g_ptr_array_unref(self->digests);
    g_bytes_unref(self->coded);
}

void
protocol_sheet_unref(ProtocolSheet *self)
{
    g_atomic_rc_box_release_full(self, clear);
}

static GVariant *
wrap_bytes(GBytes *bytes)
{
    return g_variant_new_from_bytes(G_VARIANT_TYPE("ay"), bytes, TRUE);
}

GVariant *
protocol_sheet_to_variant(const ProtocolSheet *self)
{
    GVariantBuilder digests;

    g_variant_builder_init(&digests, G_VARIANT_TYPE("aay"));
    for (unsigned i = 0; i < self->digests->len; i++)
        g_variant_builder_add_value(&digests, wrap_bytes(self->digests->pdata[i]));
    return g_variant_new("(aay@ay)", &digests, wrap_bytes(self->coded));
}

static GPtrArray *
read_digests(GVariant *list)
{
    g_autoptr(GPtrArray) digests = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    size_t n = g_variant_n_children(list);

    if (n == 0 || n > PROTOCOL_SHEET_N_PLACES_MAX)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GVariant) digest = g_variant_get_child_value(list, i);

        if (g_variant_get_size(digest) != PROTOCOL_DIGEST_BYTES)
            return NULL;
        g_ptr_array_add(digests, g_variant_get_data_as_bytes(digest));
    }
    return g_steal_pointer(&digests);
}

ProtocolSheet *
protocol_sheet_from_variant(GVariant *variant, GError **error)
{
    g_autoptr(GVariant) list = g_variant_get_child_value(variant, 0);
    g_autoptr(GVariant) coded = g_variant_get_child_value(variant, 1);
    size_t n_bytes = g_variant_get_size(coded);
    g_autoptr(GPtrArray) digests = read_digests(list);

    if (digests == NULL || n_bytes == 0 || n_bytes > PROTOCOL_SHEET_CODED_MAX_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "A sheet of tiles has no pixels, over %d bytes of them, no tile, over %d, or a"
                    " digest that is not %d bytes long",
                    PROTOCOL_SHEET_CODED_MAX_BYTES, PROTOCOL_SHEET_N_PLACES_MAX,
                    PROTOCOL_DIGEST_BYTES);
        return NULL;
    }
    return protocol_sheet_new(g_steal_pointer(&digests), g_variant_get_data_as_bytes(coded));
}
