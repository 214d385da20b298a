/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-brands.h"

#define LENGTH(n) (1u << (n))
#define FROM_16 (LENGTH(16) | LENGTH(17) | LENGTH(18) | LENGTH(19))

/* By the first six digits. */
typedef struct {
    uint32_t first;
    uint32_t last;
    uint32_t lengths;
    uint32_t rare_lengths;
} Brand;

static const Brand brands[] = {
    {400000, 499999, LENGTH(16), LENGTH(13) | LENGTH(19)}, /* Visa */
    {510000, 559999, LENGTH(16), 0},                       /* Mastercard */
    {222100, 272099, LENGTH(16), 0},
    {340000, 349999, LENGTH(15), 0}, /* American Express */
    {370000, 379999, LENGTH(15), 0},
    {300000, 305999, LENGTH(14), LENGTH(16)}, /* Diners Club */
    {309500, 309599, LENGTH(14), LENGTH(16)},
    {360000, 369999, LENGTH(14), LENGTH(16)},
    {380000, 399999, LENGTH(14), LENGTH(16)},
    {601100, 601199, LENGTH(16), LENGTH(19)}, /* Discover */
    {644000, 659999, LENGTH(16), LENGTH(19)},
    {352800, 358999, LENGTH(16), LENGTH(19)}, /* JCB */
    {620000, 629999, FROM_16, 0},             /* UnionPay */
    {810000, 817199, FROM_16, 0},
    {955800, 955999, LENGTH(16) | LENGTH(19), 0},
    {501800, 501899, LENGTH(16), FROM_16}, /* Maestro */
    {502000, 502099, LENGTH(16), FROM_16},
    {503800, 503899, LENGTH(16), FROM_16},
    {589300, 589399, LENGTH(16), FROM_16},
    {630400, 630499, LENGTH(16), FROM_16},
    {675900, 675999, LENGTH(16), FROM_16},
    {676100, 676399, LENGTH(16), FROM_16},
    {220000, 220499, FROM_16, 0},    /* Mir */
    {508500, 508999, LENGTH(16), 0}, /* RuPay */
    {606985, 608500, LENGTH(16), 0},
    {817200, 820199, LENGTH(16), 0},
    {979200, 979289, LENGTH(16), 0}, /* Troy */
    {504175, 504175, LENGTH(16), 0}, /* Elo */
    {506600, 506799, LENGTH(16), 0},
    {509000, 509999, LENGTH(16), 0},
    {636297, 636368, LENGTH(16), 0},
    {606282, 606282, LENGTH(16), 0},                       /* Hipercard */
    {506099, 506198, LENGTH(16) | LENGTH(18), LENGTH(19)}, /* Verve */
};

static uint32_t
get_prefix(const uint8_t *digits)
{
    uint32_t prefix = 0;

    for (unsigned i = 0; i < 6; i++)
        prefix = prefix * 10 + digits[i];
    return prefix;
}

gboolean
policy_card_may_be(const uint8_t *digits, unsigned n_digits, gboolean is_grouped)
{
    uint32_t prefix = get_prefix(digits);

    for (unsigned i = 0; i < G_N_ELEMENTS(brands); i++) {
        uint32_t lengths = brands[i].lengths | (is_grouped ? brands[i].rare_lengths : 0);

        if (prefix >= brands[i].first && prefix <= brands[i].last && (lengths & LENGTH(n_digits)))
            return TRUE;
    }
    return FALSE;
}

gboolean
policy_card_may_begin(const uint8_t *digits)
{
    uint32_t prefix = get_prefix(digits);

    for (unsigned i = 0; i < G_N_ELEMENTS(brands); i++) {
        if (prefix >= brands[i].first && prefix <= brands[i].last)
            return TRUE;
    }
    return FALSE;
}

gboolean
policy_card_checks(const uint8_t *digits, unsigned n_digits)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < n_digits; i++) {
        unsigned value = digits[n_digits - 1 - i];

        if (i % 2 == 1)
            value = value > 4 ? 2 * value - 9 : 2 * value;
        sum += value;
    }
    return sum % 10 == 0;
}

#define AT(i) (1u << (i))
#define FOURS (AT(4) | AT(8) | AT(12))

const uint32_t *
policy_card_groupings(unsigned n_digits)
{
    static const uint32_t none[] = {0};
    static const uint32_t of_13[] = {AT(4) | AT(7) | AT(10), FOURS, 0};
    static const uint32_t of_14[] = {AT(4) | AT(10), FOURS, 0};
    static const uint32_t of_15[] = {AT(4) | AT(10), AT(4) | AT(9), FOURS, 0};
    static const uint32_t of_16[] = {FOURS, AT(6), AT(8), 0};
    static const uint32_t of_17[] = {FOURS | AT(16), AT(6), 0};
    static const uint32_t of_19[] = {FOURS | AT(16), AT(6), AT(6) | AT(14), 0};
    static const uint32_t *const all[] = {of_13, of_14, of_15, of_16, of_17, of_17, of_19};

    if (n_digits < POLICY_CARD_N_DIGITS_MIN || n_digits > POLICY_CARD_N_DIGITS_MAX)
        return none;
    return all[n_digits - POLICY_CARD_N_DIGITS_MIN];
}
