/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/scene.h"
#include "protocol/sheet.h"

/* Sheets for scenes that are made up. */

/* @tiles: of ProtocolTile. Returns: (transfer full): of one ProtocolSheet, or none when there is no
 * tile; its pixels are noise that takes about @n_bytes */
GPtrArray *bench_sheets_of_noise(const GArray *tiles, size_t n_bytes, GRand *random);

/* The same with lines of letters, black on white. */
GPtrArray *bench_sheets_of_text(const GArray *tiles, GRand *random);
