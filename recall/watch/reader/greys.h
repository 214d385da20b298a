/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Which greys there are in pixels. Pure, any thread. */

#define READER_GREYS_N 256

/* Adds to @counts how often each grey occurs. */
void reader_greys_count(const uint8_t *grey, size_t n, uint32_t *counts);

/* Returns: the grey that occurs most often, the darkest of several */
int reader_greys_commonest(const uint32_t *counts);
