/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "policies/detect-digits.h"

/* Chinese identity numbers: region, date of birth, serial number, check digit. Used by
 * policies/detect-numbers.c only. */

#define POLICY_IDENTITY_N_DIGITS 18

/* Notes the one that begins with the digit @first. Returns: how many digits it has, or 0 */
unsigned policy_identity_find(PolicyDigits *self, unsigned first);

/* @digits: the values of the first fourteen, all but those that only a check tells
 * Returns: whether they may be of one */
gboolean policy_identity_is_shown(const uint8_t *digits);

/* Whether the @n digits from @first on may become one. */
gboolean policy_identity_may_begin(const PolicyDigits *self, unsigned first, unsigned n);
