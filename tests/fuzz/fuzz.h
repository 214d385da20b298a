/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* What a target gives, in the form that libFuzzer knows; driver.c calls it. A target ends the
 * program (an assertion, a sanitizer) when it finds something; one input must not depend on those
 * before it. */

#define FUZZ_INPUT_MAX_BYTES (64 * 1024)

/* Returns: 0 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Words that inputs are made of, ended by NULL: the mutations put them in. Each target has it. */
extern const char *const fuzz_words[];

/* --- taking an input apart; what is not there any more reads as 0 --- */

typedef struct {
    const uint8_t *data;
    size_t n_bytes;
} FuzzInput;

uint8_t fuzz_take_byte(FuzzInput *self);
uint32_t fuzz_take_number(FuzzInput *self);

/* At most @n_max bytes, as many as the next number says, or all that is left when that is 255.
 * Returns: borrowed, not ended by NUL */
const uint8_t *fuzz_take_bytes(FuzzInput *self, size_t n_max, size_t *out_n_bytes);

/* Up to a newline or the end. Returns: (transfer full): bytes with a NUL behind them, NULL when
 * nothing is left */
char *fuzz_take_line(FuzzInput *self);
