/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-numbers.h"

#include <stdlib.h>
#include <string.h>

#define IBAN_N_CHARS_MAX 34
#define COUNTRY_N_CHARS 2
#define HEAD_N_CHARS 4
#define GROUP_N_CHARS 4
#define BEGINNING_N_CHARS_MIN 8 /* fewer are words and numbers of all kinds */

/* ISO 13616: country, and what follows the check digits: n digits, a letters, c either. */
static const struct {
    char country[3];
    char structure[9];
} countries[] = {
    {"AD", "8n12c"},    {"AE", "19n"},     {"AL", "8n16c"},    {"AT", "16n"},
    {"AZ", "4a20c"},    {"BA", "16n"},     {"BE", "12n"},      {"BG", "4a6n8c"},
    {"BH", "4a14c"},    {"BI", "23n"},     {"BR", "23n1a1c"},  {"BY", "4c4n16c"},
    {"CH", "5n12c"},    {"CR", "18n"},     {"CY", "8n16c"},    {"CZ", "20n"},
    {"DE", "18n"},      {"DJ", "23n"},     {"DK", "14n"},      {"DO", "4c20n"},
    {"EE", "16n"},      {"EG", "25n"},     {"ES", "20n"},      {"FI", "14n"},
    {"FK", "2a12n"},    {"FO", "14n"},     {"FR", "10n11c2n"}, {"GB", "4a14n"},
    {"GE", "2a16n"},    {"GI", "4a15c"},   {"GL", "14n"},      {"GR", "7n16c"},
    {"GT", "24c"},      {"HR", "17n"},     {"HU", "24n"},      {"IE", "4a14n"},
    {"IL", "19n"},      {"IQ", "4a15n"},   {"IS", "22n"},      {"IT", "1a10n12c"},
    {"JO", "4a4n18c"},  {"KW", "4a22c"},   {"KZ", "3n13c"},    {"LB", "4n20c"},
    {"LC", "4a24c"},    {"LI", "5n12c"},   {"LT", "16n"},      {"LU", "3n13c"},
    {"LV", "4a13c"},    {"LY", "21n"},     {"MC", "10n11c2n"}, {"MD", "20c"},
    {"ME", "18n"},      {"MK", "3n10c2n"}, {"MN", "16n"},      {"MR", "23n"},
    {"MT", "4a5n18c"},  {"MU", "4a19n3a"}, {"NI", "4a20n"},    {"NL", "4a10n"},
    {"NO", "11n"},      {"OM", "3n16c"},   {"PK", "4a16c"},    {"PL", "24n"},
    {"PS", "4a21c"},    {"PT", "21n"},     {"QA", "4a21c"},    {"RO", "4a16c"},
    {"RS", "18n"},      {"RU", "14n15c"},  {"SA", "2n18c"},    {"SC", "4a20n3a"},
    {"SD", "14n"},      {"SE", "20n"},     {"SI", "15n"},      {"SK", "20n"},
    {"SM", "1a10n12c"}, {"SO", "19n"},     {"ST", "21n"},      {"SV", "4a20n"},
    {"TL", "19n"},      {"TN", "20n"},     {"TR", "6n16c"},    {"UA", "6n19c"},
    {"VA", "18n"},      {"VG", "4a16n"},   {"XK", "16n"},      {"YE", "4a4n18c"},
};

/* Returns: (nullable) */
static const char *
find_structure(const char *at)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(countries); i++) {
        if (g_ascii_toupper(at[0]) == countries[i].country[0] &&
            g_ascii_toupper(at[1]) == countries[i].country[1])
            return countries[i].structure;
    }
    return NULL;
}

/* Returns: of which kind character @i of a number is, the country's counted; else 0
 * @out_length: how long such a number is */
static char
get_class(const char *structure, unsigned i, unsigned *out_length)
{
    char class = i < COUNTRY_N_CHARS ? 'a' : i < HEAD_N_CHARS ? 'n' : '\0';
    char *end;

    *out_length = HEAD_N_CHARS;
    for (; *structure != '\0'; structure = end + 1) {
        unsigned n = strtoul(structure, &end, 10);

        if (i >= *out_length && i < *out_length + n)
            class = *end;
        *out_length += n;
    }
    return class;
}

static unsigned
find_length(const char *at)
{
    const char *structure = find_structure(at);
    unsigned length = 0;

    if (structure != NULL)
        (void)get_class(structure, 0, &length);
    return length;
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

/* Capitals, but for a country: who writes that small goes on with digits.
 * @class: get_class() */
static gboolean
fits(char c, char class, gboolean is_ocr)
{
    gboolean is_digit = g_ascii_isdigit(c) || (is_ocr && may_be_digit(c));

    return class == 'a' ? g_ascii_isupper(c)
                        : class != '\0' && (is_digit || (class == 'c' && g_ascii_isupper(c)));
}

/* Written as nothing else is: as the country's numbers are, in groups of four or none. */
static gboolean
may_become_iban(const PolicyDetectText *text, size_t start, size_t end)
{
    const char *flat = text->flat->str;
    const char *structure = find_structure(flat + start);
    gboolean is_ocr = policy_detect_text_is_ocr(text, start);
    unsigned n = COUNTRY_N_CHARS;

    for (size_t at = start + n; structure != NULL && at < end; at++) {
        unsigned length;

        if (is_separator(flat[at])) {
            if (n % GROUP_N_CHARS != 0 || is_separator(flat[at - 1]))
                return FALSE;
        } else if (!fits(flat[at], get_class(structure, n++, &length), is_ocr)) {
            return FALSE;
        }
    }
    return structure != NULL && n >= BEGINNING_N_CHARS_MIN;
}

void
policy_detect_iban_beginning(PolicyDetectText *text, size_t end)
{
    size_t first = end > 2 * IBAN_N_CHARS_MAX ? end - 2 * IBAN_N_CHARS_MAX : 0;

    for (size_t at = first; at + BEGINNING_N_CHARS_MIN <= end; at++) {
        if (looks_like_iban(text->flat->str + at) && policy_detect_text_is_start(text, at) &&
            may_become_iban(text, at, end)) {
            policy_detect_text_add_beginning(text, at, end, POLICY_SECRET_IBAN);
            return;
        }
    }
}
