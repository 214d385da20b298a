/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/match.h"

#include "recall/vault/literal.h"
#include "recall/vault/tokenizer.h"

#include <string.h>

/* The tokens of a text, their bytes one after the other. */
typedef struct {
    uint32_t start_bytes;
    uint32_t end_bytes;
    uint32_t at; /* within the bytes */
    uint32_t length_bytes;
} Place;

typedef struct {
    GArray *places;
    GString *bytes;
} Stream;

static void
clear_stream(Stream *stream)
{
    g_array_unref(stream->places);
    g_string_free(stream->bytes, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stream, clear_stream)

static void
fill_stream(Stream *stream, const char *text, size_t length_bytes)
{
    RecallToken token = {0};
    size_t position = 0;

    while (recall_tokenizer_next(text, length_bytes, &position, &token)) {
        Place place = {token.start_bytes, token.end_bytes, stream->bytes->len, token.length_bytes};

        g_array_append_val(stream->places, place);
        g_string_append_len(stream->bytes, token.text, token.length_bytes);
    }
}

static gboolean
is_token_at(const Stream *stream, unsigned index, const char *token, gboolean is_prefix)
{
    const Place *place = &g_array_index(stream->places, Place, index);
    size_t length = strlen(token);

    return (place->length_bytes == length || (is_prefix && place->length_bytes > length)) &&
           memcmp(stream->bytes->str + place->at, token, length) == 0;
}

/* The tokens @first to @end of a term, side by side. */
static gboolean
is_phrase_at(const Stream *stream,
             unsigned index,
             const RecallTerm *term,
             unsigned first,
             unsigned end)
{
    if (index + (end - first) > stream->places->len)
        return FALSE;
    for (unsigned i = first; i < end; i++) {
        gboolean is_prefix = term->is_prefix && i + 1 == term->tokens->len;

        if (!is_token_at(stream, index + i - first, g_ptr_array_index(term->tokens, i), is_prefix))
            return FALSE;
    }
    return TRUE;
}

static void
find_phrase(const Stream *stream,
            const RecallTerm *term,
            unsigned first,
            unsigned end,
            GArray *out_hits)
{
    for (unsigned i = 0; i < stream->places->len && out_hits->len < RECALL_MATCH_N_HITS_MAX; i++) {
        if (is_phrase_at(stream, i, term, first, end)) {
            RecallHit hit = {
                g_array_index(stream->places, Place, i).start_bytes,
                g_array_index(stream->places, Place, i + end - first - 1).end_bytes,
            };

            g_array_append_val(out_hits, hit);
        }
    }
}

static void
find_parts(const Stream *stream, const RecallTerm *term, GArray *out_hits)
{
    unsigned first = 0;

    for (unsigned i = 0; i < term->breaks->len; i++) {
        unsigned next = g_array_index(term->breaks, unsigned, i);

        find_phrase(stream, term, first, next, out_hits);
        first = next;
    }
    find_phrase(stream, term, first, term->tokens->len, out_hits);
}

static void
find_literal(const RecallLiteralText *folded, const RecallTerm *term, GArray *out_hits)
{
    size_t position = 0;
    size_t start = 0;
    size_t end = 0;

    while (
        out_hits->len < RECALL_MATCH_N_HITS_MAX &&
        recall_literal_text_find(folded, term->literal, term->is_prefix, &position, &start, &end)) {
        RecallHit hit = {start, end};

        g_array_append_val(out_hits, hit);
    }
}

static gboolean
is_for_field(const RecallTerm *term, RecallField field)
{
    return term->field == field || (term->field == RECALL_FIELD_ANY && field != RECALL_FIELD_ACTOR);
}

static int
compare_hits(const void *a, const void *b)
{
    const RecallHit *first = a;
    const RecallHit *second = b;

    return first->start_bytes < second->start_bytes ? -1 : first->start_bytes > second->start_bytes;
}

static void
merge_hits(GArray *hits)
{
    unsigned n = 0;

    g_array_sort(hits, compare_hits);
    for (unsigned i = 0; i < hits->len; i++) {
        RecallHit *hit = &g_array_index(hits, RecallHit, i);
        RecallHit *last = n > 0 ? &g_array_index(hits, RecallHit, n - 1) : NULL;

        if (last != NULL && hit->start_bytes < last->end_bytes)
            last->end_bytes = MAX(last->end_bytes, hit->end_bytes);
        else
            g_array_index(hits, RecallHit, n++) = *hit;
    }
    g_array_set_size(hits, n);
}

GArray *
recall_match_find(const RecallQuery *query,
                  RecallReading reading,
                  RecallField field,
                  const char *text,
                  size_t length_bytes)
{
    GArray *hits = g_array_new(FALSE, FALSE, sizeof(RecallHit));
    g_auto(Stream) stream = {g_array_new(FALSE, FALSE, sizeof(Place)), g_string_new(NULL)};
    g_autoptr(RecallLiteralText) folded = NULL;

    fill_stream(&stream, text, length_bytes);
    for (unsigned i = 0; i < query->terms->len; i++) {
        const RecallTerm *term = g_ptr_array_index(query->terms, i);

        if (term->is_negative || !is_for_field(term, field))
            continue;
        if (term->literal != NULL && reading == RECALL_READING_LITERAL) {
            if (folded == NULL)
                folded = recall_literal_text_new(text, length_bytes);
            find_literal(folded, term, hits);
        } else if (reading == RECALL_READING_PARTS && !term->is_quoted) {
            find_parts(&stream, term, hits);
        } else if (term->tokens->len > 0) {
            find_phrase(&stream, term, 0, term->tokens->len, hits);
        }
    }
    merge_hits(hits);
    return hits;
}

/* Each field is folded once, and only when some literal asks for it. */
static gboolean
has_literal(const RecallTerm *term,
            const RecallFieldText fields[RECALL_N_FIELDS],
            RecallLiteralText *folded[RECALL_N_FIELDS])
{
    for (int field = RECALL_FIELD_TEXT; field < RECALL_N_FIELDS; field++) {
        size_t position = 0;

        if (!is_for_field(term, field) || fields[field].text == NULL)
            continue;
        if (folded[field] == NULL)
            folded[field] = recall_literal_text_new(fields[field].text, fields[field].length_bytes);
        if (recall_literal_text_find(folded[field], term->literal, term->is_prefix, &position, NULL,
                                     NULL))
            return TRUE;
    }
    return FALSE;
}

gboolean
recall_match_literals(const RecallQuery *query,
                      RecallReading reading,
                      const RecallFieldText fields[RECALL_N_FIELDS])
{
    RecallLiteralText *folded[RECALL_N_FIELDS] = {NULL};
    gboolean is_match = TRUE;

    for (unsigned i = 0; i < query->terms->len && is_match; i++) {
        const RecallTerm *term = g_ptr_array_index(query->terms, i);

        if (term->literal == NULL || (!term->is_negative && reading != RECALL_READING_LITERAL))
            continue;
        is_match = has_literal(term, fields, folded) != term->is_negative;
    }
    for (int i = 0; i < RECALL_N_FIELDS; i++)
        recall_literal_text_free(folded[i]);
    return is_match;
}
