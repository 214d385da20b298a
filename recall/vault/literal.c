/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/literal.h"

#include "recall/vault/tokenizer.h"

#include <string.h>

typedef struct {
    gunichar ch;
    size_t start_bytes;
    size_t end_bytes;
} Char;

struct RecallLiteralText {
    GArray *chars; /* of Char */
};

static gunichar
unify(gunichar ch)
{
    if (ch < 0x80)
        return g_ascii_isspace(ch) || g_ascii_iscntrl(ch) ? ' ' : ch;
    if (ch == 0x2018 || ch == 0x2019 || ch == 0x201b || ch == 0x2032)
        return '\'';
    if ((ch >= 0x201c && ch <= 0x201f) || ch == 0x2033)
        return '"';
    if ((ch >= 0x2010 && ch <= 0x2015) || ch == 0x2212)
        return '-';
    if (ch == 0xffe5) /* full-width */
        return 0xa5;
    return g_unichar_isspace(ch) ? ' ' : ch;
}

static void
append_char(GArray *chars, gunichar ch, size_t start_bytes, size_t end_bytes)
{
    Char item = {unify(ch), start_bytes, end_bytes};

    if (item.ch == ' ' && chars->len > 0 && g_array_index(chars, Char, chars->len - 1).ch == ' ')
        g_array_index(chars, Char, chars->len - 1).end_bytes = end_bytes;
    else
        g_array_append_val(chars, item);
}

static GArray *
fold_text(const char *text, size_t length_bytes)
{
    GArray *chars = g_array_sized_new(FALSE, FALSE, sizeof(Char), MIN(length_bytes, 65536));
    size_t at = 0;

    while (at < length_bytes) {
        gunichar folded[RECALL_TOKENIZER_FOLD_N_MAX] = {0};
        gunichar ch = 0;
        unsigned length = recall_tokenizer_decode(text + at, length_bytes - at, &ch);
        unsigned n = 1;

        folded[0] = g_ascii_tolower(ch < 0x80 ? ch : 0);
        if (ch >= 0x80)
            n = ch == G_MAXUINT32 ? 0 : recall_tokenizer_fold(ch, folded);
        for (unsigned i = 0; i < n; i++)
            append_char(chars, folded[i], at, at + length);
        at += length;
    }
    return chars;
}

static gboolean
is_word(gunichar ch)
{
    return (ch < 0x80 ? g_ascii_isalnum(ch) : g_unichar_isalnum(ch)) &&
           !recall_tokenizer_is_single(ch);
}

static gboolean
says_more_than_tokens(const GArray *chars, unsigned first, unsigned end)
{
    for (unsigned i = first; i < end; i++) {
        gunichar ch = g_array_index(chars, Char, i).ch;

        if (ch != ' ' && !is_word(ch) && !recall_tokenizer_is_single(ch) && !g_unichar_ismark(ch))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_at_end_of_sentence(gunichar ch)
{
    static const gunichar signs[] = {',', '.', ';', '!', '?', ':', '*', 0x3002, 0x3001};

    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (ch == signs[i])
            return TRUE;
    }
    return FALSE;
}

char *
recall_literal_make(const char *text, size_t length_bytes, gboolean is_quoted)
{
    g_autoptr(GArray) chars = fold_text(text, length_bytes);
    GString *out = NULL;
    unsigned first = 0;
    unsigned end = chars->len;

    while (first < end && (g_array_index(chars, Char, first).ch == ' ' ||
                           (!is_quoted && g_array_index(chars, Char, first).ch == '*')))
        first++;
    while (end > first &&
           (g_array_index(chars, Char, end - 1).ch == ' ' ||
            (!is_quoted && is_at_end_of_sentence(g_array_index(chars, Char, end - 1).ch))))
        end--;
    if (!says_more_than_tokens(chars, first, end))
        return NULL;
    out = g_string_sized_new(length_bytes);
    for (unsigned i = first; i < end; i++)
        g_string_append_unichar(out, g_array_index(chars, Char, i).ch);
    return g_string_free(out, FALSE);
}

RecallLiteralText *
recall_literal_text_new(const char *text, size_t length_bytes)
{
    RecallLiteralText *self = g_new0(RecallLiteralText, 1);

    self->chars = fold_text(text, length_bytes);
    return self;
}

void
recall_literal_text_free(RecallLiteralText *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->chars);
    g_free(self);
}

static gunichar
char_at(const RecallLiteralText *self, size_t index)
{
    return index < self->chars->len ? g_array_index(self->chars, Char, index).ch : 0;
}

/* Returns: the index after @literal if it stands at @index, or 0 */
static size_t
match_at(const RecallLiteralText *self, const char *literal, gboolean is_prefix, size_t index)
{
    size_t at = index;
    gunichar last = 0;

    if (index > 0 && is_word(g_utf8_get_char(literal)) && is_word(char_at(self, index - 1)))
        return 0;
    for (; *literal != 0; literal = g_utf8_next_char(literal), at++) {
        last = g_utf8_get_char(literal);
        if (char_at(self, at) != last)
            return 0;
    }
    return !is_prefix && is_word(last) && is_word(char_at(self, at)) ? 0 : at;
}

gboolean
recall_literal_text_find(const RecallLiteralText *self,
                         const char *literal,
                         gboolean is_prefix,
                         size_t *position,
                         size_t *out_start_bytes,
                         size_t *out_end_bytes)
{
    gunichar first = g_utf8_get_char(literal);

    for (size_t i = *position; i < self->chars->len; i++) {
        size_t end = char_at(self, i) == first ? match_at(self, literal, is_prefix, i) : 0;

        if (end == 0)
            continue;
        if (out_start_bytes != NULL)
            *out_start_bytes = g_array_index(self->chars, Char, i).start_bytes;
        if (out_end_bytes != NULL)
            *out_end_bytes = g_array_index(self->chars, Char, end - 1).end_bytes;
        *position = end;
        return TRUE;
    }
    return FALSE;
}
