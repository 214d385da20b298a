/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Changes @input at a few places: bits, numbers, words of the target, pieces of itself and of
 * @other. The same @rand changes it in the same way. It never gets over FUZZ_INPUT_MAX_BYTES. */
void fuzz_mutate(GByteArray *input, GBytes *other, GRand *rand);
