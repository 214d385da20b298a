/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/snippet.h"

#include "recall/vault/tokenizer.h"

#include <string.h>

/* Of the text before the first hit, so that one sees what it belongs to. */
#define N_CHARS_BEFORE 50
/* A border of a word is looked for so far from where the snippet would end. */
#define N_CHARS_TO_BORDER 16
#define ELLIPSIS "\u2026"

void
recall_snippet_free(RecallSnippet *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_array_unref(self->marks);
    g_free(self);
}

/* The text is valid UTF-8, so a character begins at each byte that does not go on one. */
static size_t
step_back(const char *text, size_t at, unsigned n_chars)
{
    for (; n_chars > 0 && at > 0; n_chars--) {
        at--;
        while (at > 0 && (text[at] & 0xc0) == 0x80)
            at--;
    }
    return at;
}

static size_t
step_on(const char *text, size_t length, size_t at, unsigned n_chars)
{
    for (; n_chars > 0 && at < length; n_chars--) {
        at++;
        while (at < length && (text[at] & 0xc0) == 0x80)
            at++;
    }
    return at;
}

static gboolean
is_word_char(const char *text, size_t length, size_t at)
{
    gunichar ch = 0;

    if (at >= length)
        return FALSE;
    recall_tokenizer_decode(text + at, length - at, &ch);
    return ch != G_MAXUINT32 && g_unichar_isalnum(ch) && !recall_tokenizer_is_single(ch);
}

static gboolean
is_border(const char *text, size_t length, size_t at)
{
    return at == 0 || at >= length || !is_word_char(text, length, at) ||
           !is_word_char(text, length, step_back(text, at, 1));
}

/* The border of a word nearest to @at, going inwards; @at itself in a word that is too long. */
static size_t
find_border(const char *text, size_t length, size_t at, gboolean is_start)
{
    size_t border = at;

    for (unsigned i = 0; i < N_CHARS_TO_BORDER; i++) {
        if (is_border(text, length, border))
            return border;
        border = is_start ? step_on(text, length, border, 1) : step_back(text, border, 1);
    }
    return at;
}

/* Different hits within reach of the one at @index, counted by their text. */
static unsigned
count_different(const char *text, const GArray *hits, unsigned index, size_t end)
{
    unsigned n = 0;

    for (unsigned i = index; i < hits->len && i < index + 16; i++) {
        const RecallHit *hit = &g_array_index(hits, RecallHit, i);
        gboolean is_new = TRUE;

        if (hit->end_bytes > end)
            break;
        for (unsigned j = index; j < i && is_new; j++) {
            const RecallHit *other = &g_array_index(hits, RecallHit, j);
            size_t length = hit->end_bytes - hit->start_bytes;

            is_new = other->end_bytes - other->start_bytes != length ||
                     memcmp(text + other->start_bytes, text + hit->start_bytes, length) != 0;
        }
        n += is_new;
    }
    return n;
}

static size_t
choose_start(const char *text, size_t length, const GArray *hits)
{
    unsigned best_n = 0;
    size_t best = 0;

    for (unsigned i = 0; i < hits->len; i++) {
        size_t start = g_array_index(hits, RecallHit, i).start_bytes;
        size_t end = step_on(text, length, start, RECALL_SNIPPET_N_CHARS - N_CHARS_BEFORE);
        unsigned n = count_different(text, hits, i, end);

        if (n > best_n) {
            best_n = n;
            best = start;
        }
    }
    return step_back(text, best, N_CHARS_BEFORE);
}

/* One line: a run of white space or control characters becomes one space, none at the ends.
 * @map: byte of the text to byte of the snippet, for @start to @end */
static void
append_line(GString *out, const char *text, size_t start, size_t end, uint32_t *map)
{
    size_t first = out->len;
    gboolean is_parted = FALSE;

    for (size_t at = start; at < end;) {
        gunichar ch = 0;
        unsigned length = recall_tokenizer_decode(text + at, end - at, &ch);
        gboolean is_blank = ch == G_MAXUINT32 || g_unichar_isspace(ch) || g_unichar_iscntrl(ch);

        if (!is_blank && is_parted && out->len > first)
            g_string_append_c(out, ' ');
        is_parted = is_blank;
        for (unsigned i = 0; i < length; i++)
            map[at - start + i] = out->len;
        if (!is_blank)
            g_string_append_len(out, text + at, length);
        at += length;
    }
    map[end - start] = out->len;
}

static void
append_marks(RecallSnippet *self, const GArray *hits, size_t start, size_t end, const uint32_t *map)
{
    for (unsigned i = 0; i < hits->len; i++) {
        const RecallHit *hit = &g_array_index(hits, RecallHit, i);
        RecallHit mark = {0};

        if (hit->end_bytes <= start || hit->start_bytes >= end)
            continue;
        mark.start_bytes = map[MAX(hit->start_bytes, start) - start];
        mark.end_bytes = map[MIN(hit->end_bytes, end) - start];
        if (mark.end_bytes > mark.start_bytes)
            g_array_append_val(self->marks, mark);
    }
}

RecallSnippet *
recall_snippet_new(const char *text, size_t length_bytes, const GArray *hits)
{
    RecallSnippet *self = g_new0(RecallSnippet, 1);
    size_t start = choose_start(text, length_bytes, hits);
    size_t end = step_on(text, length_bytes, start, RECALL_SNIPPET_N_CHARS);
    GString *out = g_string_new(NULL);
    g_autofree uint32_t *map = NULL;

    if (end == length_bytes) /* room is left: take it before */
        start = step_back(text, end, RECALL_SNIPPET_N_CHARS);
    start = find_border(text, length_bytes, start, TRUE);
    end = find_border(text, length_bytes, end, FALSE);
    map = g_new(uint32_t, end - start + 1);
    self->marks = g_array_new(FALSE, FALSE, sizeof(RecallHit));
    if (start > 0)
        g_string_append(out, ELLIPSIS);
    append_line(out, text, start, end, map);
    append_marks(self, hits, start, end, map);
    if (end < length_bytes)
        g_string_append(out, ELLIPSIS);
    self->text = g_string_free(out, FALSE);
    return self;
}

/* --- boxes --- */

static unsigned
count_chars(const char *text, size_t start, size_t end)
{
    unsigned n = 0;

    for (size_t i = start; i < end; i++)
        n += (text[i] & 0xc0) != 0x80;
    return n;
}

static RecallWord
cut_span(const char *text, const ProtocolSpan *span, const RecallHit *hit)
{
    uint32_t span_end = span->start_bytes + span->length_bytes;
    RecallWord word = {MAX(hit->start_bytes, span->start_bytes), MIN(hit->end_bytes, span_end),
                       span->box};
    unsigned n_chars = MAX(count_chars(text, span->start_bytes, span_end), 1);
    unsigned first = count_chars(text, span->start_bytes, word.start_bytes);
    unsigned last = first + count_chars(text, word.start_bytes, word.end_bytes);
    int from = (int)((int64_t)span->box.width * first / n_chars);
    int to = (int)(((int64_t)span->box.width * last + n_chars - 1) / n_chars);

    word.box.x += from;
    word.box.width = to - from;
    return word;
}

/* The first span that ends after @at. */
static unsigned
find_span(const GArray *spans, uint32_t at)
{
    unsigned low = 0;
    unsigned high = spans->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const ProtocolSpan *span = &g_array_index(spans, ProtocolSpan, middle);

        if (span->start_bytes + span->length_bytes <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

GArray *
recall_snippet_find_words(const char *text, const GArray *spans, const GArray *hits)
{
    GArray *words = g_array_new(FALSE, FALSE, sizeof(RecallWord));

    for (unsigned i = 0; i < hits->len; i++) {
        const RecallHit *hit = &g_array_index(hits, RecallHit, i);

        for (unsigned j = find_span(spans, hit->start_bytes); j < spans->len; j++) {
            const ProtocolSpan *span = &g_array_index(spans, ProtocolSpan, j);
            RecallWord word = {0};

            if (span->start_bytes >= hit->end_bytes || words->len >= RECALL_SNIPPET_N_WORDS_MAX)
                break;
            word = cut_span(text, span, hit);
            g_array_append_val(words, word);
        }
    }
    return words;
}
