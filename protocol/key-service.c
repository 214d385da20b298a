/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/key-service.h"

#include <string.h>

static const char magic[] = {'D', 'K', 'S', '1'};

void
protocol_key_header_pack(const ProtocolKeyHeader *self, uint8_t *out)
{
    g_assert(self->n_body_bytes <= PROTOCOL_KEY_BODY_MAX_BYTES);
    memcpy(out, magic, sizeof magic);
    out[4] = (uint8_t)self->operation;
    out[5] = (uint8_t)self->status;
    out[6] = (uint8_t)(self->n_body_bytes >> 8);
    out[7] = (uint8_t)self->n_body_bytes;
}

gboolean
protocol_key_header_parse(const uint8_t *data, ProtocolKeyHeader *out_header, GError **error)
{
    size_t n_bytes = ((size_t)data[6] << 8) | data[7];

    if (memcmp(data, magic, sizeof magic) != 0 || data[4] < PROTOCOL_KEY_WRAP ||
        data[4] > PROTOCOL_KEY_MARKS || data[5] > PROTOCOL_KEY_BAD ||
        n_bytes > PROTOCOL_KEY_BODY_MAX_BYTES) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "That is no message of a key service");
        return FALSE;
    }
    *out_header =
        (ProtocolKeyHeader){(ProtocolKeyOperation)data[4], (ProtocolKeyStatus)data[5], n_bytes};
    return TRUE;
}
