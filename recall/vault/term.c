/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/term.h"

#include "recall/vault/literal.h"
#include "recall/vault/tokenizer.h"

#include <string.h>

static const char *const field_names[RECALL_N_FIELDS] = {"any", "text", "title", "app",
                                                         "url", "file", "actor"};

const char *
recall_field_name(RecallField field)
{
    return field_names[field];
}

void
recall_term_free(RecallTerm *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->tokens);
    g_clear_pointer(&self->pointed, g_ptr_array_unref);
    g_array_unref(self->breaks);
    g_free(self->literal);
    g_free(self->typed);
    g_free(self);
}

/* Words that stand side by side are one part, and so are single characters.
 * Returns: byte where the last token ends, 0 when it is a single character */
static size_t
cut_tokens(RecallTerm *term, const char *text, size_t length)
{
    RecallToken token = {0};
    gboolean was_single = FALSE;
    size_t position = 0;
    size_t last_end = 0;

    while (term->tokens->len < RECALL_TERM_N_TOKENS_MAX &&
           recall_tokenizer_next(text, length, &position, &token)) {
        unsigned index = term->tokens->len;
        gboolean is_joined = token.start_bytes == last_end && was_single == token.is_single;

        if (index > 0 && !is_joined)
            g_array_append_val(term->breaks, index);
        g_ptr_array_add(term->tokens, g_strndup(token.text, token.length_bytes));
        was_single = token.is_single;
        last_end = token.end_bytes;
    }
    return was_single ? 0 : last_end;
}

/* Left out where it says nothing more, as nearly always. */
static void
cut_pointed(RecallTerm *term, const char *text, size_t length)
{
    g_autoptr(GPtrArray) pointed = g_ptr_array_new_with_free_func(g_free);
    RecallToken token = {0};
    gboolean is_same = TRUE;
    size_t position = 0;

    while (pointed->len < term->tokens->len &&
           recall_tokenizer_next_pointed(text, length, &position, &token)) {
        char *word = g_strndup(token.text, token.length_bytes);

        is_same = is_same && g_str_equal(word, g_ptr_array_index(term->tokens, pointed->len));
        g_ptr_array_add(pointed, word);
    }
    if (!is_same && pointed->len == term->tokens->len)
        term->pointed = g_steal_pointer(&pointed);
}

/* A person who types or pastes an address means the page, however the screen shows it. */
static void
skip_scheme(const char **text, size_t *length)
{
    size_t n = 0;

    while (n < *length && n < 16 && g_ascii_isalnum((*text)[n]))
        n++;
    if (n > 0 && n + 3 < *length && memcmp(*text + n, "://", 3) == 0) {
        *text += n + 3;
        *length -= n + 3;
        if (*length > 1 && (*text)[*length - 1] == '/')
            *length -= 1;
    }
}

static gboolean
is_star(const char *text, size_t length)
{
    gunichar ch = 0;

    if (length == 0)
        return FALSE;
    recall_tokenizer_decode(text, length, &ch);
    return ch == '*' || ch == 0xff0a;
}

RecallTerm *
recall_term_new(const char *text, size_t length, gboolean is_quoted)
{
    RecallTerm *self = g_new0(RecallTerm, 1);
    size_t last_end = 0;

    self->typed = g_utf8_make_valid(text, (ssize_t)length);
    self->tokens = g_ptr_array_new_with_free_func(g_free);
    self->breaks = g_array_new(FALSE, FALSE, sizeof(unsigned));
    if (!is_quoted)
        skip_scheme(&text, &length);
    self->is_quoted = is_quoted;
    last_end = cut_tokens(self, text, length);
    cut_pointed(self, text, length);
    self->literal = recall_literal_make(text, length, is_quoted || self->tokens->len == 0);
    self->is_prefix = !is_quoted && last_end > 0 && is_star(text + last_end, length - last_end);
    return self;
}

gboolean
recall_term_is_empty(const RecallTerm *self)
{
    return self->tokens->len == 0 && self->literal == NULL;
}

char *
recall_term_dup_key(const RecallTerm *self)
{
    GString *key = g_string_new(NULL);

    g_string_append_printf(key, "%d %d %d %d %s", self->field, self->is_negative, self->is_prefix,
                           self->is_quoted && self->tokens->len > 1,
                           self->literal != NULL ? self->literal : "");
    for (unsigned i = 0; i < self->tokens->len; i++)
        g_string_append_printf(key, "\n%s", (char *)g_ptr_array_index(self->tokens, i));
    return g_string_free(key, FALSE);
}
