/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Which ways through the program an input took, and what it was compared with. Filled by the code
 * that the compiler puts in when the build is made for fuzzing; else it stays empty. */

/* Before an input runs. */
void fuzz_coverage_begin(void);

/* Returns: how many ways, or numbers of times, no input before took */
unsigned fuzz_coverage_end(void);

/* Ways so far; 0 when the program tells none. */
unsigned fuzz_coverage_count(void);

/* Two numbers that the program compared lately and that differed.
 * Returns: their size in bytes, 0 when there are none */
unsigned fuzz_coverage_pick_compared(GRand *rand, uint64_t *out_a, uint64_t *out_b);
