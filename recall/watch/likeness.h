/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

/* Photographs and films: of them a likeness is kept, since without loss they take four times as
 * much and more. Pure. */

/* Whether a tile is photographic; never one of little size. @pixels: B G R X, the X is not looked
 * at */
gboolean
recall_likeness_suits(const uint8_t *pixels, size_t stride, uint32_t width_px, uint32_t height_px);

/* Returns: (transfer full): WebP. Blocks for 1 to 5 ms; any thread. */
GBytes *
recall_likeness_encode(const uint8_t *pixels, size_t stride, uint32_t width_px, uint32_t height_px);
