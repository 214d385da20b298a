/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* What the issuers of payment cards publish: first digits, lengths, how the digits are grouped. */

#define POLICY_CARD_N_DIGITS_MIN 13
#define POLICY_CARD_N_DIGITS_MAX 19

/**
 * policy_card_may_be:
 * @digits: values 0 to 9, at least six
 * @n_digits: how long the number is
 * @is_grouped: it is written in groups, as on a card: lengths that are rare count, too
 *
 * Returns: whether a brand has such numbers; the check digit is not looked at
 */
gboolean policy_card_may_be(const uint8_t *digits, unsigned n_digits, gboolean is_grouped);

/* Whether a longer number that begins with these (at least six) may be a card. */
gboolean policy_card_may_begin(const uint8_t *digits);

/* Luhn's sum. */
gboolean policy_card_checks(const uint8_t *digits, unsigned n_digits);

/* How cards of @n_digits are grouped: bit i is set where a group begins at digit i. Ends with 0. */
const uint32_t *policy_card_groupings(unsigned n_digits);
