/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "protocol/varint.h"

#include <string.h>

#define VARINT_MAX_BYTES 10

void
protocol_varint_put(GByteArray *out, uint64_t value)
{
    uint8_t bytes[VARINT_MAX_BYTES];
    unsigned n = 0;

    while (value >= 0x80) {
        bytes[n++] = (uint8_t)value | 0x80;
        value >>= 7;
    }
    bytes[n++] = (uint8_t)value;
    g_byte_array_append(out, bytes, n);
}

void
protocol_varint_put_signed(GByteArray *out, int64_t value)
{
    protocol_varint_put(out, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

ProtocolReader
protocol_reader_of(GBytes *bytes)
{
    ProtocolReader self;

    self.data = g_bytes_get_data(bytes, &self.n_bytes);
    return self;
}

gboolean
protocol_reader_take(ProtocolReader *self, void *out, size_t n_bytes)
{
    if (n_bytes > self->n_bytes)
        return FALSE;
    if (n_bytes > 0)
        memcpy(out, self->data, n_bytes);
    self->data += n_bytes;
    self->n_bytes -= n_bytes;
    return TRUE;
}

gboolean
protocol_varint_take(ProtocolReader *self, uint64_t *out)
{
    uint64_t value = 0;

    for (size_t i = 0; i < self->n_bytes && i < VARINT_MAX_BYTES; i++) {
        uint8_t byte = self->data[i];

        if (i == VARINT_MAX_BYTES - 1 && byte > 1)
            return FALSE; /* over 64 bits */
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if ((byte & 0x80) == 0) {
            if (byte == 0 && i > 0)
                return FALSE; /* a shorter form exists */
            self->data += i + 1;
            self->n_bytes -= i + 1;
            *out = value;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
protocol_varint_take_signed(ProtocolReader *self, int64_t *out)
{
    uint64_t folded;

    if (!protocol_varint_take(self, &folded))
        return FALSE;
    *out = (int64_t)((folded >> 1) ^ (folded & 1 ? UINT64_MAX : 0));
    return TRUE;
}
