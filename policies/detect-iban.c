/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-numbers.h"

#include <string.h>

#define IBAN_N_CHARS_MAX 34
#define BEGINNING_MIN 8

/* ISO 13616: country and length. */
static const struct {
    char country[3];
    uint8_t length;
} countries[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
    {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24},
    {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18},
    {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27},
    {"GT", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27},
    {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20},
    {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20}, {"MR", 27},
    {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24}, {"PL", 28},
    {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24}, {"SC", 31},
    {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28},
    {"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
};

static unsigned
find_length(const char *at)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(countries); i++) {
        if (g_ascii_toupper(at[0]) == countries[i].country[0] &&
            g_ascii_toupper(at[1]) == countries[i].country[1])
            return countries[i].length;
    }
    return 0;
}

/* Or a letter that OCR takes for a digit. */
static gboolean
may_be_digit(char c)
{
    return g_ascii_isdigit(c) || (c != '\0' && strchr("OoDQIlSBZ", c) != NULL);
}

/* Both letters in the same case. */
static gboolean
looks_like_iban(const char *at)
{
    return (may_be_digit(at[2]) || (at[2] == ' ' && may_be_digit(at[3]))) &&
           g_ascii_isalpha(at[0]) && g_ascii_isalpha(at[1]) &&
           g_ascii_isupper(at[0]) == g_ascii_isupper(at[1]);
}

static gboolean
is_separator(char c)
{
    return c == ' ' || c == '-' || c == '\n';
}

/* Letters and digits with at most one separator between two; @end: of the text.
 * Returns: how many were taken; @out_end: behind the last */
static unsigned
take_chars(const char *flat,
           size_t start,
           size_t end,
           unsigned n_wanted,
           char *out,
           size_t *out_end)
{
    unsigned n = 0;
    size_t at = start;

    while (n < n_wanted && at < end) {
        if (g_ascii_isalnum(flat[at]))
            out[n++] = g_ascii_toupper(flat[at]);
        else if (!is_separator(flat[at]) || n == 0 || is_separator(flat[at - 1]))
            break;
        *out_end = ++at;
    }
    return n;
}

/* The remainder of the number with its first four characters moved behind the others. */
static gboolean
has_check(const char *chars, unsigned n)
{
    unsigned remainder = 0;

    for (unsigned i = 0; i < n; i++) {
        char c = chars[(i + 4) % n];

        if (g_ascii_isdigit(c))
            remainder = (remainder * 10 + (unsigned)(c - '0')) % 97;
        else
            remainder = (remainder * 100 + (unsigned)(c - 'A') + 10) % 97;
    }
    return remainder == 1;
}

/* In groups of four, most of them digits: one with a letter that was misread. */
static gboolean
is_misread_iban(const PolicyDetectText *text,
                size_t start,
                size_t end,
                const char *chars,
                unsigned n)
{
    unsigned n_digits = 0;

    for (unsigned i = 2; i < n; i++)
        n_digits += g_ascii_isdigit(chars[i]) != 0;
    return policy_detect_text_is_ocr(text, start) && n_digits * 3 >= n * 2 && end - start >= n;
}

static size_t
find_iban(PolicyDetectText *text, size_t start)
{
    char chars[IBAN_N_CHARS_MAX];
    const char *flat = text->flat->str;
    unsigned n = find_length(flat + start);
    size_t end = start;

    if (n == 0 || take_chars(flat, start, text->flat->len, n, chars, &end) != n ||
        !may_be_digit(chars[3]) || !policy_detect_text_is_end(text, end))
        return start;
    if (!has_check(chars, n) && !is_misread_iban(text, start, end, chars, n))
        return start;
    policy_detect_text_add(text, start, end, POLICY_SECRET_IBAN);
    return end;
}

void
policy_detect_ibans(PolicyDetectText *text)
{
    const char *flat = text->flat->str;

    for (size_t at = 0; at + 4 < text->flat->len; at++) {
        if (looks_like_iban(flat + at) && policy_detect_text_is_start(text, at))
            at = MAX(find_iban(text, at), at + 1) - 1;
    }
}

void
policy_detect_iban_beginning(PolicyDetectText *text, size_t end)
{
    size_t first = end > 2 * IBAN_N_CHARS_MAX ? end - 2 * IBAN_N_CHARS_MAX : 0;
    const char *flat = text->flat->str;
    char chars[IBAN_N_CHARS_MAX];

    for (size_t at = first; at + BEGINNING_MIN <= end; at++) {
        unsigned n = looks_like_iban(flat + at) && policy_detect_text_is_start(text, at)
                         ? find_length(flat + at)
                         : 0;
        size_t taken_end = at;

        if (n > 0 && take_chars(flat, at, end, n, chars, &taken_end) < n && taken_end == end &&
            g_ascii_isdigit(chars[3])) {
            policy_detect_text_add_beginning(text, at, end, POLICY_SECRET_IBAN);
            return;
        }
    }
}
