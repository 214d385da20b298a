/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Numbers of variable length, seven bits a byte, the lowest first; signed ones folded so that
 * small differences take one byte. Only the shortest form of a number is taken back. */

/* What is left to be read; borrows. */
typedef struct {
    const uint8_t *data;
    size_t n_bytes;
} ProtocolReader;

void protocol_varint_put(GByteArray *out, uint64_t value);
void protocol_varint_put_signed(GByteArray *out, int64_t value);

/* @bytes: must outlive the reader */
ProtocolReader protocol_reader_of(GBytes *bytes);

/* FALSE when the bytes end too early or the number is not one; nothing is consumed then. */
gboolean protocol_reader_take(ProtocolReader *self, void *out, size_t n_bytes);
gboolean protocol_varint_take(ProtocolReader *self, uint64_t *out);
gboolean protocol_varint_take_signed(ProtocolReader *self, int64_t *out);
