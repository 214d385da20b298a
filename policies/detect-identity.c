/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-identity.h"

#define YEAR_MIN 1900
#define YEAR_MAX 2099
#define BEGINNING_MIN 8

static gboolean
is_region(unsigned code)
{
    static const uint8_t n_in_tens[] = {0, 5, 3, 7, 6, 4, 5, 1, 2}; /* 11 to 15, 21 to 23, ... */
    unsigned tens = code / 10;
    unsigned ones = code % 10;

    return tens < G_N_ELEMENTS(n_in_tens) && ones >= 1 && ones <= n_in_tens[tens];
}

static gboolean
is_date(const uint8_t *digits)
{
    int year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
    int month = digits[4] * 10 + digits[5];
    int day = digits[6] * 10 + digits[7];

    return year >= YEAR_MIN && year <= YEAR_MAX && month >= 1 && month <= 12 && day >= 1 &&
           g_date_valid_dmy(day, month, year);
}

/* ISO 7064, modulus 11-2. */
static gboolean
has_identity_check(const uint8_t *digits)
{
    static const uint8_t weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1};
    unsigned sum = 0;

    for (unsigned i = 0; i < POLICY_IDENTITY_N_DIGITS; i++)
        sum += weights[i] * digits[i];
    return sum % 11 == 1;
}

static gboolean
has_identity_shape(const PolicyDigits *self, unsigned first)
{
    static const uint32_t groupings[] = {1u << 6 | 1u << 14, 1u << 6 | 1u << 10 | 1u << 14,
                                         1u << 3 | 1u << 6 | 1u << 10 | 1u << 14};
    unsigned n_gaps;

    for (unsigned i = 0; i < G_N_ELEMENTS(groupings); i++) {
        if (policy_digits_fit(self, first, POLICY_IDENTITY_N_DIGITS, groupings[i], &n_gaps))
            return TRUE;
    }
    return policy_digits_stand_in_boxes(self, first, POLICY_IDENTITY_N_DIGITS);
}

unsigned
policy_identity_find(PolicyDigits *self, unsigned first)
{
    uint8_t values[POLICY_IDENTITY_N_DIGITS];

    if (first + POLICY_IDENTITY_N_DIGITS > self->digits->len ||
        !policy_digits_is_bounded(self, first, POLICY_IDENTITY_N_DIGITS) ||
        !has_identity_shape(self, first) ||
        (policy_digits_are_spread(self, first, POLICY_IDENTITY_N_DIGITS) &&
         !policy_digits_stand_alone(self, first, POLICY_IDENTITY_N_DIGITS)))
        return 0;
    policy_digits_get_values(self, first, POLICY_IDENTITY_N_DIGITS, values);
    if (!is_region(values[0] * 10 + values[1]) || !is_date(values + 6) ||
        (!has_identity_check(values) &&
         !policy_detect_text_is_ocr(self->text, policy_digits_get(self, first)->offset)))
        return 0;
    policy_digits_add(self, first, POLICY_IDENTITY_N_DIGITS, POLICY_SECRET_IDENTITY);
    return POLICY_IDENTITY_N_DIGITS;
}

gboolean
policy_identity_is_shown(const uint8_t *digits)
{
    return is_region(digits[0] * 10 + digits[1]) && is_date(digits + 6);
}

gboolean
policy_identity_may_begin(const PolicyDigits *self, unsigned first, unsigned n)
{
    uint8_t values[BEGINNING_MIN];

    if (n < BEGINNING_MIN)
        return FALSE;
    policy_digits_get_values(self, first, BEGINNING_MIN, values);
    return is_region(values[0] * 10 + values[1]) && values[6] * 10 + values[7] >= 19 &&
           values[6] * 10 + values[7] <= 20;
}
