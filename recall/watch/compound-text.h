/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stddef.h>

/* The X Consortium's Compound Text Encoding, in which old programs tell their titles: bytes of
 * several character sets, with escape sequences between. Pure, any thread; not Xlib's reader, which
 * wants a connection of its own. */

/* Returns: (transfer full): UTF-8; at most three bytes for each of @bytes. What cannot be decoded
 * is U+FFFD; control sequences leave nothing. Without an escape sequence, bytes that are UTF-8 are
 * taken for it. */
char *recall_compound_text_to_utf8(const char *bytes, size_t n_bytes);
