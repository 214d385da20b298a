/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/datetext.h"

#include "recall/vault/tokenizer.h"

gunichar
recall_datetext_get(const RecallDatetext *reader, unsigned index)
{
    return index < reader->n_chars ? reader->chars[index] : 0;
}

gboolean
recall_datetext_is_latin(gunichar ch)
{
    return ch < 0x80 && g_ascii_isalnum(ch);
}

static void
skip_spaces(RecallDatetext *reader)
{
    while (recall_datetext_get(reader, reader->at) == ' ')
        reader->at++;
}

/* Takes @word, after any spaces; one that ends in a letter must end there. */
gboolean
recall_datetext_accept(RecallDatetext *reader, const char *word)
{
    unsigned start = reader->at;
    gunichar last = 0;

    skip_spaces(reader);
    for (; *word != 0; word = g_utf8_next_char(word)) {
        last = g_utf8_get_char(word);
        if (recall_datetext_get(reader, reader->at) != last) {
            reader->at = start;
            return FALSE;
        }
        reader->at++;
    }
    if (recall_datetext_is_latin(last) &&
        recall_datetext_is_latin(recall_datetext_get(reader, reader->at))) {
        reader->at = start;
        return FALSE;
    }
    return TRUE;
}

/* Returns: the index of the first of @words that stands here, or -1 */
int
recall_datetext_accept_any(RecallDatetext *reader, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (recall_datetext_accept(reader, words[i]))
            return i;
    }
    return -1;
}

/* Outputs are set on success only. */
gboolean
recall_datetext_read_digits(RecallDatetext *reader,
                            unsigned n_digits_max,
                            int *out,
                            unsigned *out_n_digits)
{
    unsigned start = reader->at;
    unsigned n = 0;
    int value = 0;

    skip_spaces(reader);
    for (; n <= n_digits_max && g_unichar_isdigit(recall_datetext_get(reader, reader->at)); n++)
        value = value * 10 + g_unichar_digit_value(reader->chars[reader->at++]);
    if (n == 0 || n > n_digits_max) {
        reader->at = start;
        return FALSE;
    }
    *out = value;
    *out_n_digits = n;
    return TRUE;
}

static int
han_digit(gunichar ch)
{
    static const gunichar digits[] = {0x96f6, 0x4e00, 0x4e8c, 0x4e09, 0x56db,
                                      0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d}; /* 零 to 九 */

    if (ch == 0x4e24) /* 两 */
        return 2;
    if (ch == 0x3007) /* 〇 */
        return 0;
    for (int i = 0; i < 10; i++) {
        if (ch == digits[i])
            return i;
    }
    return -1;
}

/* 三, 十, 十二, 三十一, 二〇二五 */
static gboolean
read_han_number(RecallDatetext *reader, int *out)
{
    unsigned start = 0;
    int value = 0;
    int digit = -1;
    gboolean has_ten = FALSE;

    skip_spaces(reader);
    for (start = reader->at; reader->at - start < 4; reader->at++) {
        gunichar ch = recall_datetext_get(reader, reader->at);

        digit = han_digit(ch);
        if (ch == 0x5341 && !has_ten) { /* 十 */
            value = value == 0 ? 10 : value * 10;
            has_ten = TRUE;
        } else if (digit >= 0) {
            value = has_ten ? value + digit : value * 10 + digit;
        } else {
            break;
        }
    }
    if (reader->at > start)
        *out = value;
    return reader->at > start;
}

gboolean
recall_datetext_read_number(RecallDatetext *reader, unsigned n_digits_max, int *out)
{
    unsigned n_digits = 0;

    return recall_datetext_read_digits(reader, n_digits_max, out, &n_digits) ||
           read_han_number(reader, out);
}

/* How many: also `a`, `three` */
gboolean
recall_datetext_read_count(RecallDatetext *reader, int *out)
{
    static const char *const words[] = {"a",    "one",    "two",    "three", "four",
                                        "five", "six",    "seven",  "eight", "nine",
                                        "ten",  "eleven", "twelve", "an",    NULL};
    int index = recall_datetext_accept_any(reader, words);

    if (index >= 0) {
        *out = index == 0 || words[index + 1] == NULL ? 1 : index;
        return TRUE;
    }
    return recall_datetext_read_number(reader, 4, out);
}

gboolean
recall_datetext_accept_connector(RecallDatetext *reader)
{
    static const char *const words[] = {"-",     "\u2013", "\u2014", "~",      "\u301c", "to", "..",
                                        "until", "till",   "\u5230", "\u81f3", NULL}; /* 到 至 */

    return recall_datetext_accept_any(reader, words) >= 0;
}

void
recall_datetext_init(RecallDatetext *reader, const char *text, size_t length_bytes, GDateTime *now)
{
    size_t at = 0;

    reader->zone = g_date_time_get_timezone(now);
    reader->now_us = g_date_time_to_unix(now) * G_USEC_PER_SEC + g_date_time_get_microsecond(now);
    reader->now_s = g_date_time_to_unix(now) + g_date_time_get_utc_offset(now) / G_USEC_PER_SEC;
    reader->today = reader->now_s / RECALL_DAY_S;
    while (at < length_bytes && reader->n_chars < RECALL_DATES_N_CHARS_MAX) {
        gunichar folded[RECALL_TOKENIZER_FOLD_N_MAX] = {0};
        gunichar ch = 0;

        at += recall_tokenizer_decode(text + at, length_bytes - at, &ch);
        if (recall_tokenizer_fold(ch, folded) == 0)
            continue;
        reader->chars[reader->n_chars] = g_unichar_isspace(folded[0]) ? ' ' : folded[0];
        if (folded[0] == 0)
            reader->chars[reader->n_chars] = G_MAXUINT32; /* 0 is the end */
        reader->ends[reader->n_chars++] = at;
    }
}
