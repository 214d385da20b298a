/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Which of some words may begin at a place, by its first three letters and in any case. Used by the
 * detectors only. */

#define POLICY_STARTS_N_MAX 64

typedef struct {
    uint64_t firsts[256];  /* for a byte: bitwise, which of the words begin with it */
    uint64_t seconds[256]; /* go on with it */
    uint64_t thirds[256];  /* likewise, and all that are shorter */
} PolicyStarts;

/* @word: two bytes at least
 * @i: less than POLICY_STARTS_N_MAX */
void policy_starts_note(PolicyStarts *self, const char *word, unsigned i);

/* @at: two bytes at least, then a NUL
 *
 * Returns: bitwise, which words may begin there */
static inline uint64_t
policy_starts_get(const PolicyStarts *self, const char *at)
{
    return self->firsts[(guchar)at[0]] & self->seconds[(guchar)at[1]] & self->thirds[(guchar)at[2]];
}
