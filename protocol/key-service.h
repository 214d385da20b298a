/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* How the vault asks a key service of the host to keep a key: so the key is not on the desktop's
 * disk, and the host can refuse it. Pure: bytes in, values out and back.
 *
 * A stream socket; a connection carries one request and its reply, each of this form, numbers with
 * the most significant byte first:
 *
 *     bytes  0 to 3   "DKS1"
 *     byte   4        the operation; the reply repeats it
 *     byte   5        0 in a request; in a reply a ProtocolKeyStatus
 *     bytes  6 and 7  length of what follows, at most PROTOCOL_KEY_BODY_MAX_BYTES
 *
 *     WRAP     a key of PROTOCOL_KEY_BYTES; the reply is what the service needs to give it back, 1
 *              to PROTOCOL_KEY_TOKEN_MAX_BYTES, which tells nothing of the key
 *     UNWRAP   that token; the reply is the key
 *     DESTROY  that token; no copy of it gives the key back from now on. The reply is empty
 *     NOTE     a token and a mark of PROTOCOL_KEY_MARK_BYTES, of what the vault is about to write;
 *              the service keeps the last two for each token. The reply is empty
 *     MARKS    a token; the reply is the marks that the service has, the last one first
 *
 * What the vault finds on its disk has one of the two marks, or it is an older copy.
 *
 * Who asks is told by the peer's credentials: the service keeps the tokens of users apart. */

#define PROTOCOL_KEY_HEADER_BYTES 8
#define PROTOCOL_KEY_BODY_MAX_BYTES 1024
#define PROTOCOL_KEY_MESSAGE_MAX_BYTES (PROTOCOL_KEY_HEADER_BYTES + PROTOCOL_KEY_BODY_MAX_BYTES)
#define PROTOCOL_KEY_TOKEN_MAX_BYTES 512 /* of what the service needs to give the key out */
#define PROTOCOL_KEY_BYTES 32
#define PROTOCOL_KEY_MARK_BYTES 32
#define PROTOCOL_KEY_N_MARKS_MAX 2

typedef enum {
    PROTOCOL_KEY_WRAP = 1,
    PROTOCOL_KEY_UNWRAP,
    PROTOCOL_KEY_DESTROY,
    PROTOCOL_KEY_NOTE,
    PROTOCOL_KEY_MARKS,
} ProtocolKeyOperation;

typedef enum {
    PROTOCOL_KEY_OK,
    PROTOCOL_KEY_REFUSED, /* by the host, for now or for good */
    PROTOCOL_KEY_UNKNOWN, /* no such token: destroyed, or another service's */
    PROTOCOL_KEY_BAD,     /* the request cannot be understood */
} ProtocolKeyStatus;

typedef struct {
    ProtocolKeyOperation operation;
    ProtocolKeyStatus status;
    size_t n_body_bytes;
} ProtocolKeyHeader;

/* @out: PROTOCOL_KEY_HEADER_BYTES */
void protocol_key_header_pack(const ProtocolKeyHeader *self, uint8_t *out);

/* @data: PROTOCOL_KEY_HEADER_BYTES. @error: G_IO_ERROR_INVALID_DATA */
gboolean
protocol_key_header_parse(const uint8_t *data, ProtocolKeyHeader *out_header, GError **error);
