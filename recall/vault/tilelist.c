/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/tilelist.h"

#include "protocol/scene.h"
#include "protocol/varint.h"

#define ID_MAX (INT64_C(1) << 32)

GBytes *
recall_tilelist_pack(const GArray *refs)
{
    GByteArray *out = g_byte_array_sized_new(4 + 8 * refs->len);
    RecallTileRef last = {0};

    protocol_varint_put(out, refs->len);
    for (unsigned i = 0; i < refs->len; i++) {
        const RecallTileRef *ref = &g_array_index(refs, RecallTileRef, i);

        protocol_varint_put_signed(out, ref->x - last.x);
        protocol_varint_put_signed(out, (int64_t)ref->y - last.y - last.height);
        protocol_varint_put_signed(out, ref->width - last.width);
        protocol_varint_put(out, ref->height);
        protocol_varint_put_signed(out, ref->id - last.id - 1);
        last = *ref;
    }
    return g_byte_array_free_to_bytes(out);
}

/* Takes a difference; the sum must be within 0 and a picture's side. */
static gboolean
take_near(ProtocolReader *reader, int from, uint16_t *out)
{
    int64_t difference;

    if (!protocol_varint_take_signed(reader, &difference) || difference < -from ||
        difference > PROTOCOL_SCENE_SIDE_MAX_PX - from)
        return FALSE;
    *out = (uint16_t)(from + difference);
    return TRUE;
}

static gboolean
take_ref(ProtocolReader *reader, const RecallTileRef *last, RecallTileRef *out)
{
    uint64_t height;
    int64_t difference;

    if (!take_near(reader, last->x, &out->x) ||
        !take_near(reader, last->y + last->height, &out->y) ||
        !take_near(reader, last->width, &out->width) || !protocol_varint_take(reader, &height) ||
        height > PROTOCOL_TILE_SIDE_MAX_PX || !protocol_varint_take_signed(reader, &difference) ||
        difference < -ID_MAX || difference > ID_MAX)
        return FALSE;
    out->height = (uint16_t)height;
    out->id = last->id + 1 + difference;
    return out->id > 0 && out->id <= ID_MAX;
}

GArray *
recall_tilelist_unpack(GBytes *bytes, GError **error)
{
    ProtocolReader reader = protocol_reader_of(bytes);
    g_autoptr(GArray) refs = g_array_new(FALSE, TRUE, sizeof(RecallTileRef));
    RecallTileRef last = {0};
    uint64_t n = 0;

    if (!protocol_varint_take(&reader, &n) || n > PROTOCOL_SCENE_N_TILES_MAX)
        n = G_MAXUINT64;
    for (uint64_t i = 0; n != G_MAXUINT64 && i < n; i++) {
        RecallTileRef ref = {0};

        if (!take_ref(&reader, &last, &ref))
            n = G_MAXUINT64;
        else
            g_array_append_val(refs, ref);
        last = ref;
    }
    if (n != G_MAXUINT64 && reader.n_bytes == 0)
        return g_steal_pointer(&refs);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "A scene's list of tiles is damaged");
    return NULL;
}
