/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-values.h"

#define RANDOM_MIN_BYTES 6

size_t
policy_detect_count_random(const char *at)
{
    size_t n = 0;
    gboolean has_digit = FALSE;
    gboolean has_letter = FALSE;

    for (; g_ascii_isgraph(at[n]); n++) {
        has_digit |= g_ascii_isdigit(at[n]) != 0;
        has_letter |= g_ascii_isalpha(at[n]) != 0;
    }
    return has_digit && has_letter && n >= RANDOM_MIN_BYTES && n <= POLICY_VALUE_MAX_BYTES ? n : 0;
}
