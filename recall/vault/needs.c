/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/needs.h"

#include "recall/vault/bloom.h"

#include <string.h>

static void
add(GArray *hashes, const char *text, size_t length_bytes)
{
    uint64_t hash = recall_bloom_hash(text, length_bytes);

    g_array_append_val(hashes, hash);
}

/* --- runs of tokens --- */

static const RecallToken *
token_before(const RecallRun *run, unsigned n_back)
{
    return &run->tokens[(run->n_tokens - 1 - n_back) % RECALL_RUN_N_TOKENS];
}

/* The last @n tokens as one text, spaces between. */
static void
add_run(const RecallRun *run, unsigned n, GArray *out)
{
    char text[RECALL_RUN_N_TOKENS * (RECALL_TOKEN_MAX_BYTES + 1)];
    size_t length = 0;

    for (unsigned i = n; i-- > 0;) {
        const RecallToken *token = token_before(run, i);

        memcpy(text + length, token->text, token->length_bytes);
        length += token->length_bytes;
        text[length++] = ' ';
    }
    add(out, text, length);
}

void
recall_run_take(RecallRun *self, const RecallToken *token, GArray *out)
{
    self->tokens[self->n_tokens++ % RECALL_RUN_N_TOKENS] = *token;
    if (self->n_tokens >= 2 && !(token->is_single && token_before(self, 1)->is_single))
        add_run(self, 2, out);
    if (self->n_tokens >= 3)
        add_run(self, 3, out);
}

/* --- of a query --- */

static RecallToken
make_token(const char *text)
{
    RecallToken token = {.length_bytes = MIN(strlen(text), RECALL_TOKEN_MAX_BYTES)};

    memcpy(token.text, text, token.length_bytes);
    token.is_single =
        *g_utf8_next_char(text) == 0 && recall_tokenizer_is_single(g_utf8_get_char(text));
    return token;
}

static gboolean
begins_part(const RecallTerm *term, unsigned index)
{
    for (unsigned i = 0; i < term->breaks->len; i++) {
        if (g_array_index(term->breaks, unsigned, i) == index)
            return TRUE;
    }
    return FALSE;
}

/* The index has single characters also by pairs, which are rarer. */
static void
add_index_term(RecallNeeds *self, const RecallToken *token, const RecallToken *next)
{
    char pair[2 * RECALL_TOKEN_MAX_BYTES];

    if (next == NULL || !token->is_single || !next->is_single) {
        add(self->terms, token->text, token->length_bytes);
        return;
    }
    memcpy(pair, token->text, token->length_bytes);
    memcpy(pair + token->length_bytes, next->text, next->length_bytes);
    add(self->terms, pair, token->length_bytes + next->length_bytes);
}

/* A prefix may be any word: it says nothing, nor does a word with points, which an older index has
 * in another form. Nor does a run of the actor, which is not read for
 * runs. */
static void
add_term(RecallNeeds *self, const RecallTerm *term, gboolean as_parts)
{
    unsigned n = term->tokens->len - (term->is_prefix ? 1 : 0);
    RecallRun run = {0};
    RecallToken next = {0};

    if (n > 0)
        next = make_token(g_ptr_array_index(term->tokens, 0));
    for (unsigned i = 0; i < n; i++) {
        RecallToken token = next;
        gboolean is_last = i + 1 == n || (as_parts && begins_part(term, i + 1));

        if (i + 1 < n)
            next = make_token(g_ptr_array_index(term->tokens, i + 1));
        add_index_term(self, &token, is_last ? NULL : &next);
        if (term->field != RECALL_FIELD_ACTOR)
            recall_run_take(&run, &token, self->runs);
        if (is_last)
            run.n_tokens = 0;
    }
}

RecallNeeds *
recall_needs_new(const RecallQuery *query, RecallReading reading)
{
    RecallNeeds *self = g_new0(RecallNeeds, 1);

    self->terms = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    self->runs = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (unsigned i = 0; i < query->terms->len; i++) {
        const RecallTerm *term = g_ptr_array_index(query->terms, i);

        if (!term->is_negative && term->tokens->len > 0 && term->pointed == NULL)
            add_term(self, term, reading == RECALL_READING_PARTS && !term->is_quoted);
    }
    return self;
}

void
recall_needs_free(RecallNeeds *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->terms);
    g_array_unref(self->runs);
    g_free(self);
}
