/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-cells.h"

#include <string.h>

#define WIDE_PERCENT 175 /* of a letter: more than one blank */

static void
add_cell(PolicyCells *cells, const PolicyCell *cell, gboolean *is_full)
{
    if (cells->n < POLICY_CELLS_N_MAX)
        cells->all[cells->n++] = *cell;
    else
        *is_full = TRUE;
}

/* --- where they stand --- */

static const ProtocolSpan *
find_span(const PolicyDetectRun *run, size_t at)
{
    for (unsigned i = 0; i < run->n_words; i++) {
        const ProtocolSpan *span = &run->words[i];
        size_t start = span->start_bytes + run->words_at_bytes;

        if (at >= start && at < start + span->length_bytes)
            return span;
    }
    return NULL;
}

static int
get_letter_width(const PolicyDetectRun *run)
{
    size_t n = strlen(run->text);
    int width = run->box.width;

    if (run->n_words > 0) {
        n = width = 0;
        for (unsigned i = 0; i < run->n_words; i++) {
            n += run->words[i].length_bytes;
            width += run->words[i].box.width;
        }
    }
    return MAX(width / MAX((int)n, 1), 1);
}

static void
place_word(const PolicyDetectText *text, PolicyCell *word)
{
    unsigned i = policy_detect_text_find(text, word->start);
    const PolicySegment *segment = &g_array_index(text->segments, PolicySegment, i);
    const PolicyDetectRun *run = &text->runs[segment->run];
    const ProtocolSpan *first = find_span(run, word->start - segment->start);
    const ProtocolSpan *last = find_span(run, MIN(word->end, segment->end) - 1 - segment->start);
    int width = get_letter_width(run);
    int at = (int)(word->start - segment->start) - (int)run->words_at_bytes;

    word->left = first != NULL ? first->box.x : run->box.x + at * width;
    word->right = last != NULL ? last->box.x + last->box.width
                               : word->left + (int)(word->end - word->start) * width;
}

/* --- between signs --- */

/* Returns: how long the sign is that parts cells at @at, or 0 */
static size_t
get_ruler_length(const char *at)
{
    static const char *const rulers[] = {"|", "│", "┃", "║", "¦"};

    for (unsigned i = 0; i < G_N_ELEMENTS(rulers); i++) {
        if (g_str_has_prefix(at, rulers[i]))
            return strlen(rulers[i]);
    }
    return 0;
}

static size_t
get_comma_length(const char *at, char comma)
{
    return *at == comma;
}

static gboolean
is_quote(char c)
{
    return c == '"' || c == '\'';
}

/* Behind the quote that ends the cell, in which two are one. */
static size_t
skip_quoted(const char *flat, size_t at, size_t end)
{
    char quote = flat[at];

    for (at++; at < end; at++) {
        if (flat[at] != quote)
            continue;
        if (at + 1 < end && flat[at + 1] == quote)
            at++;
        else
            return at + 1;
    }
    return end;
}

static PolicyCell
trim_cell(const char *flat, size_t start, size_t end)
{
    PolicyCell cell = {.start = start, .end = end};

    while (cell.start < cell.end && flat[cell.start] == ' ')
        cell.start++;
    while (cell.end > cell.start && flat[cell.end - 1] == ' ')
        cell.end--;
    if (cell.end - cell.start >= 2 && is_quote(flat[cell.start]) &&
        flat[cell.end - 1] == flat[cell.start])
        cell = (PolicyCell){.start = cell.start + 1, .end = cell.end - 1, .is_quoted = TRUE};
    return cell;
}

/* @comma: or 0: between rulers */
static void
split_at_signs(const char *flat, size_t start, size_t end, char comma, PolicyCells *out)
{
    gboolean is_full = FALSE;
    size_t first = start;
    size_t at = start;

    while (at <= end) {
        size_t length = at == end    ? 1
                        : comma == 0 ? get_ruler_length(flat + at)
                                     : get_comma_length(flat + at, comma);
        PolicyCell cell;

        if (length == 0) {
            at = comma != 0 && is_quote(flat[at]) && at == first ? skip_quoted(flat, at, end)
                                                                 : at + 1;
            continue;
        }
        cell = trim_cell(flat, first, at);
        if (comma != 0 || cell.start < cell.end || (first > start && at < end))
            add_cell(out, &cell, &is_full);
        at += length;
        first = at;
    }
    if (is_full || out->n < 2)
        out->n = 0;
}

static void
split_at_rulers(const PolicyDetectText *text, size_t start, size_t end, PolicyCells *out)
{
    split_at_signs(text->flat->str, start, end, 0, out);
    for (unsigned i = 0; i < out->n; i++) {
        if (out->all[i].start < out->all[i].end)
            place_word(text, &out->all[i]);
    }
}

static void
split_at_commas(const char *flat, size_t start, size_t end, PolicyCells *out)
{
    split_at_signs(flat, start, end, ',', out);
    if (out->n == 0)
        split_at_signs(flat, start, end, ';', out);
}

/* --- between blanks --- */

/* Behind blanks and what parts cells. */
static size_t
skip_to_word(const char *flat, size_t at, size_t end, gboolean *is_parted)
{
    while (at < end) {
        size_t length = get_ruler_length(flat + at);

        if (length == 0 && flat[at] != ' ' && flat[at] != '\n')
            break;
        *is_parted |= length > 0;
        at += MAX(length, 1);
    }
    return at;
}

static size_t
find_word_end(const char *flat, size_t at, size_t end)
{
    while (at < end && flat[at] != ' ' && flat[at] != '\n' && get_ruler_length(flat + at) == 0)
        at++;
    return at;
}

/* Where an application tells a cell, or what stands behind a tabulator, by itself. */
static gboolean
is_told_edge(const PolicyDetectText *text, size_t at)
{
    return policy_detect_text_is_edge(text, at) && !policy_detect_text_is_ocr(text, at);
}

static void
split_at_blanks(const PolicyDetectText *text,
                size_t start,
                size_t end,
                gboolean is_wide,
                PolicyCells *out)
{
    const char *flat = text->flat->str;
    gboolean is_full = FALSE;
    PolicyCell word;

    for (size_t at = start; at < end; at = word.end) {
        PolicyCell *last = out->n > 0 ? &out->all[out->n - 1] : NULL;
        gboolean is_parted = FALSE;

        at = skip_to_word(flat, at, end, &is_parted);
        word = (PolicyCell){.start = at, .end = find_word_end(flat, at, end)};
        if (word.start >= word.end)
            break;
        place_word(text, &word);
        is_parted |= is_told_edge(text, word.start);
        if (is_wide && !is_parted && last != NULL &&
            (word.left - last->right) * 100 < out->letter_width * WIDE_PERCENT) {
            last->end = word.end;
            last->right = word.right;
        } else {
            add_cell(out, &word, &is_full);
        }
    }
    if (is_full)
        out->n = 0;
}

/* --- all --- */

void
policy_detect_cells_split(const PolicyDetectText *text,
                          size_t start,
                          size_t end,
                          PolicyCellsFormat format,
                          PolicyCells *out)
{
    unsigned i = policy_detect_text_find(text, start);
    const PolicySegment *segment = &g_array_index(text->segments, PolicySegment, i);

    out->n = 0;
    out->letter_width = get_letter_width(&text->runs[segment->run]);
    switch (format) {
    case POLICY_CELLS_RULED:
        split_at_rulers(text, start, end, out);
        break;
    case POLICY_CELLS_COMMAS:
        split_at_commas(text->flat->str, start, end, out);
        break;
    case POLICY_CELLS_WIDE:
    case POLICY_CELLS_BLANKS:
        split_at_blanks(text, start, end, format == POLICY_CELLS_WIDE, out);
        break;
    }
}

gboolean
policy_detect_cells_is_rule(const PolicyDetectText *text, size_t start, size_t end)
{
    const char *at = text->flat->str + start;

    for (const char *stop = text->flat->str + end; at < stop; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (strchr("-+=|:_~ ", (int)(c < 0x80 ? c : 'x')) == NULL && c != 0x2013 && c != 0x2014 &&
            (c < 0x2500 || c > 0x257f))
            return FALSE;
    }
    return TRUE;
}
