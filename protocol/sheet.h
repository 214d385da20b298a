/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/sheet-pixels.h"

/* A sheet as it crosses from agentd to the vault: the digests of its tiles, by place, and their
 * pixels as in protocol/sheet-pixels.h. Immutable. */

typedef struct {
    GPtrArray *digests; /* of GBytes of PROTOCOL_DIGEST_BYTES; one at least */
    GBytes *coded;      /* not empty */
} ProtocolSheet;

/* @digests, @coded: (transfer full) */
ProtocolSheet *protocol_sheet_new(GPtrArray *digests, GBytes *coded);
ProtocolSheet *protocol_sheet_ref(ProtocolSheet *self);
void protocol_sheet_unref(ProtocolSheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProtocolSheet, protocol_sheet_unref)

/* Returns: (transfer floating): (aayay) */
GVariant *protocol_sheet_to_variant(const ProtocolSheet *self);

/* @variant: (aayay). The pixels are not looked at. @error: G_IO_ERROR_INVALID_DATA */
ProtocolSheet *protocol_sheet_from_variant(GVariant *variant, GError **error);
