/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-numbers.h"

#include "policies/detect-brands.h"
#include "policies/detect-identity.h"

#include <stdlib.h>
#include <string.h>

#define N_DIGITS_MIN 13 /* in a row, for anything to be looked at */
#define CARD_BEGINNING_MIN 6
#define SCIENTIFIC_N_DIGITS_MIN 14

typedef struct {
    uint32_t start;
    uint32_t end;
} SpreadCard;

typedef struct {
    PolicyDigits row;
    /* Numbers spread over cells: in a table of numbers some look like cards. */
    GArray *spread; /* of SpreadCard */
    unsigned n_spread_shapes;
} Numbers;

/* --- cards --- */

/* @length: of the card that they are the first of */
static gboolean
has_card_shape(const Numbers *self,
               unsigned first,
               unsigned n,
               unsigned length,
               unsigned *out_n_gaps)
{
    for (const uint32_t *grouping = policy_card_groupings(length); *grouping != 0; grouping++) {
        if (policy_digits_fit(&self->row, first, n, *grouping, out_n_gaps))
            return TRUE;
    }
    *out_n_gaps = 0;
    return policy_digits_stand_in_boxes(&self->row, first, n);
}

/* A number in groups, as on a card, is one even when a digit was misread. */
static gboolean
is_card(const Numbers *self, unsigned first, unsigned n, unsigned n_gaps)
{
    uint8_t values[POLICY_CARD_N_DIGITS_MAX];

    policy_digits_get_values(&self->row, first, n, values);
    if (values[n - 1] > 9 || !policy_card_may_be(values, n, n_gaps > 0))
        return FALSE;
    return policy_card_checks(values, n) ||
           (n_gaps >= 2 && policy_detect_text_is_ocr(self->row.text,
                                                     policy_digits_get(&self->row, first)->offset));
}

static void
add_spread(Numbers *self, unsigned first, unsigned n)
{
    const PolicyDigit *last = policy_digits_get(&self->row, first + n - 1);
    SpreadCard card = {policy_digits_get(&self->row, first)->offset,
                       last->offset + last->length_bytes};

    g_array_append_val(self->spread, card);
}

/* Returns: how many digits belong to the card that begins at @first, 0 when there is none */
static unsigned
find_card(Numbers *self, unsigned first)
{
    unsigned n_left = MIN(self->row.digits->len - first, POLICY_CARD_N_DIGITS_MAX);

    for (unsigned n = n_left; n >= POLICY_CARD_N_DIGITS_MIN; n--) {
        unsigned n_gaps;

        if (!policy_digits_is_bounded(&self->row, first, n) ||
            !has_card_shape(self, first, n, n, &n_gaps))
            continue;
        if (policy_digits_are_spread(&self->row, first, n)) {
            if (!policy_digits_stand_alone(&self->row, first, n))
                continue;
            self->n_spread_shapes++;
            if (is_card(self, first, n, n_gaps))
                add_spread(self, first, n);
        } else if (is_card(self, first, n, n_gaps)) {
            policy_digits_add(&self->row, first, n, POLICY_SECRET_CARD);
            return n;
        }
    }
    return 0;
}

/* --- all --- */

/* A sheet shows a long number as 4.53957876362149E+015: what is left of it tells enough, but the
 * digit that would check it is gone. Returns: the index of its first digit, or -1 */
static int
find_scientific(const Numbers *self)
{
    const PolicyDigit *last = policy_digits_get(&self->row, self->row.digits->len - 1);
    const char *exponent = self->row.text->flat->str + last->offset + last->length_bytes;
    int second = (int)self->row.digits->len - 1;

    if (!g_str_has_prefix(exponent, "E+") || !g_ascii_isdigit(exponent[2]))
        return -1;
    while (second > 0 && policy_digits_get(&self->row, (unsigned)second)->gap == POLICY_GAP_NONE)
        second--;
    if (second == 0 || policy_digits_get(&self->row, (unsigned)second)->gap != POLICY_GAP_DOT ||
        self->row.digits->len - (unsigned)second < SCIENTIFIC_N_DIGITS_MIN - 1)
        return -1;
    return second - 1;
}

static void
look_at_scientific(Numbers *self)
{
    int first = self->row.digits->len > 0 ? find_scientific(self) : -1;
    uint8_t values[SCIENTIFIC_N_DIGITS_MIN];
    unsigned n_shown;
    const PolicyDigit *last;
    unsigned long n;

    if (first < 0)
        return;
    n_shown = self->row.digits->len - (unsigned)first;
    last = policy_digits_get(&self->row, self->row.digits->len - 1);
    n = 1 + strtoul(self->row.text->flat->str + last->offset + last->length_bytes + 2, NULL, 10);
    policy_digits_get_values(&self->row, (unsigned)first, SCIENTIFIC_N_DIGITS_MIN, values);
    if (n == POLICY_IDENTITY_N_DIGITS && policy_identity_is_shown(values))
        policy_digits_add(&self->row, (unsigned)first, n_shown, POLICY_SECRET_IDENTITY);
    else if (n >= POLICY_CARD_N_DIGITS_MIN && n <= POLICY_CARD_N_DIGITS_MAX &&
             policy_card_may_be(values, (unsigned)n, FALSE))
        policy_digits_add(&self->row, (unsigned)first, n_shown, POLICY_SECRET_CARD);
}

static void
look_at_digits(Numbers *self)
{
    unsigned i = 0;

    while (i + N_DIGITS_MIN <= self->row.digits->len) {
        unsigned n = 0;

        if (i == 0 || policy_digits_get(&self->row, i)->gap != POLICY_GAP_NONE) {
            n = policy_identity_find(&self->row, i);
            if (n == 0)
                n = find_card(self, i);
        }
        i += MAX(n, 1);
    }
    look_at_scientific(self);
}

/* A table of numbers has a card in it by chance; of real ones most rows are cards. */
static void
take_spread(Numbers *self)
{
    if (self->spread->len * 3 < self->n_spread_shapes)
        return;
    for (unsigned i = 0; i < self->spread->len; i++) {
        const SpreadCard *card = &g_array_index(self->spread, SpreadCard, i);

        policy_detect_text_add(self->row.text, card->start, card->end, POLICY_SECRET_CARD);
    }
}

static void
numbers_init(Numbers *self, PolicyDetectText *text)
{
    policy_digits_init(&self->row, text);
    self->spread = g_array_new(FALSE, FALSE, sizeof(SpreadCard));
    self->n_spread_shapes = 0;
}

static void
numbers_clear(Numbers *self)
{
    policy_digits_clear(&self->row);
    g_array_unref(self->spread);
}

void
policy_detect_numbers(PolicyDetectText *text)
{
    Numbers numbers;

    numbers_init(&numbers, text);
    for (size_t at = 0; at < text->flat->len; at++) {
        if (!policy_digits_is_one(text->flat->str + at))
            continue;
        at = MAX(policy_digits_collect(&numbers.row, at), at + 1) - 1;
        look_at_digits(&numbers);
    }
    take_spread(&numbers);
    numbers_clear(&numbers);
}

/* --- beginnings --- */

/* Where the digits that end at @end begin, as far back as a number may reach. */
static size_t
find_digits_start(const PolicyDetectText *text, size_t end)
{
    size_t start = end;
    size_t at = end;

    while (at > 0 && end - at < 4 * POLICY_CARD_N_DIGITS_MAX) {
        char c = text->flat->str[at - 1];

        if (g_ascii_isdigit(c))
            start = at - 1;
        else if ((c != ' ' && c != '-') || (at < end && start != at))
            break;
        at--;
    }
    return start;
}

static gboolean
may_become_card(const Numbers *self, unsigned first, unsigned n)
{
    uint8_t values[CARD_BEGINNING_MIN];
    unsigned n_gaps;

    policy_digits_get_values(&self->row, first, CARD_BEGINNING_MIN, values);
    if (!policy_card_may_begin(values))
        return FALSE;
    for (unsigned length = POLICY_CARD_N_DIGITS_MIN; length <= POLICY_CARD_N_DIGITS_MAX; length++) {
        if (n < length && has_card_shape(self, first, n, length, &n_gaps))
            return TRUE;
    }
    return FALSE;
}

/* Nor behind a sign that makes it the name of something: #412345. */
static gboolean
may_begin_behind(const PolicyDetectText *text, size_t offset)
{
    return policy_digits_may_begin(text, offset) &&
           (offset == 0 || text->flat->str[offset - 1] != '#');
}

static void
add_digits_beginning(Numbers *self, size_t end)
{
    unsigned n_all = 0;

    while (n_all < self->row.digits->len && policy_digits_get(&self->row, n_all)->offset < end)
        n_all++;
    for (unsigned i = 0; i + CARD_BEGINNING_MIN <= n_all; i++) {
        const PolicyDigit *first = policy_digits_get(&self->row, i);
        gboolean begins = i == 0 ? may_begin_behind(self->row.text, first->offset)
                                 : first->gap != POLICY_GAP_NONE;

        if (!begins || n_all - i >= POLICY_CARD_N_DIGITS_MAX)
            continue;
        if (may_become_card(self, i, n_all - i) ||
            policy_identity_may_begin(&self->row, i, n_all - i)) {
            policy_detect_text_add_beginning(self->row.text, first->offset, end,
                                             POLICY_SECRET_CARD);
            return;
        }
    }
}

void
policy_detect_number_beginning(PolicyDetectText *text, size_t end)
{
    size_t start = find_digits_start(text, end);
    Numbers numbers;

    if (start == end)
        return;
    numbers_init(&numbers, text);
    policy_digits_collect(&numbers.row, start);
    add_digits_beginning(&numbers, end);
    numbers_clear(&numbers);
}
