/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-misread.h"

#include "policies/detect-labels.h"
#include "policies/detect-values.h"

#include <string.h>

#define N_MISREAD_MAX 1 /* letters of a label */

typedef struct {
    PolicyDetectText *text;
    pcre2_match_data *data;
} Search;

/* --- a label --- */

/* What letters look like: their shapes as one. */
static char
fold(char c)
{
    static const char shapes[] = "0o1l5s$s4a@a|l!l";
    const char *shape = c != '\0' ? strchr(shapes, c) : NULL;

    return shape != NULL && (shape - shapes) % 2 == 0 ? shape[1] : g_ascii_tolower(c);
}

/* @out: POLICY_MISREAD_LABEL_MAX_BYTES and a NUL; of two v it has one w */
static void
fold_word(const char *word, size_t length, char *out)
{
    for (size_t i = 0; i < length; i++) {
        gboolean is_double = g_ascii_tolower(word[i]) == 'v' && i + 1 < length &&
                             g_ascii_tolower(word[i + 1]) == 'v';

        *out++ = is_double ? 'w' : fold(word[i]);
        i += is_double ? 1 : 0;
    }
    *out = '\0';
}

static gboolean
is_nearly(const char *word, const char *label)
{
    unsigned n_misread = 0;

    if (strlen(word) != strlen(label))
        return FALSE;
    for (; *word != '\0'; word++, label++)
        n_misread += *word != *label;
    return n_misread <= N_MISREAD_MAX;
}

/* Whether the word that ends at @end reads nearly, not exactly, as a long label does. */
static gboolean
is_misread_label(const char *flat, size_t start, size_t end)
{
    static const char *const labels[] = {"password", "passphrase", "kennwort"};
    char word[POLICY_MISREAD_LABEL_MAX_BYTES + 1];
    size_t first = end;

    while (first > start && (g_ascii_isalnum(flat[first - 1]) || strchr("$@|!", flat[first - 1])))
        first--;
    if (end - first > POLICY_MISREAD_LABEL_MAX_BYTES)
        return FALSE;
    fold_word(flat + first, end - first, word);
    for (unsigned i = 0; i < G_N_ELEMENTS(labels); i++) {
        if (is_nearly(word, labels[i]))
            return g_ascii_strncasecmp(flat + first, labels[i], end - first) != 0;
    }
    return FALSE;
}

/* --- its value --- */

static void
add_value(const Search *self, size_t start, size_t end)
{
    const char *flat = self->text->flat->str;

    if (start < end && end - start <= POLICY_VALUE_MAX_BYTES &&
        policy_detect_label_may_have(flat + start, end - start, self->data))
        policy_detect_text_add(self->text, start, end, POLICY_SECRET_PASSWORD);
}

/* The word behind the sign at @at, or the next run of its row. */
static void
find_value(const Search *self, unsigned i, size_t at)
{
    const GArray *segments = self->text->segments;
    const PolicySegment *segment = &g_array_index(segments, PolicySegment, i);
    const char *flat = self->text->flat->str;
    size_t start = at + 1;

    start += strspn(flat + start, " \"'");
    if (start >= segment->end && i + 1 < segments->len) {
        segment = &g_array_index(segments, PolicySegment, i + 1);
        start = policy_joint_is_in_row(segment->joint) ? segment->start : segment->end;
    }
    add_value(self, start, MIN(start + strcspn(flat + start, " \"'\n"), segment->end));
}

static void
look_at_signs(const Search *self, unsigned i)
{
    const PolicySegment *segment = &g_array_index(self->text->segments, PolicySegment, i);
    const char *flat = self->text->flat->str;

    for (size_t at = segment->start; at < segment->end; at++) {
        size_t end = at > segment->start && flat[at - 1] == ' ' ? at - 1 : at;

        if ((flat[at] == ':' || flat[at] == '=') && is_misread_label(flat, segment->start, end))
            find_value(self, i, at);
    }
}

/* A line that begins with a colon had a label in letters that OCR cannot read. */
static void
find_unread_label(PolicyDetectText *text, const PolicySegment *segment)
{
    const char *flat = text->flat->str;
    size_t start = segment->start + 1;

    if (flat[segment->start] != ':')
        return;
    start += strspn(flat + start, " ");
    if (start < segment->end && policy_detect_count_random(flat + start) == segment->end - start)
        policy_detect_text_add(text, start, segment->end, POLICY_SECRET_PASSWORD);
}

void
policy_detect_misread_labels(PolicyDetectText *text)
{
    Search search = {text, policy_detect_label_create_data()};

    for (unsigned i = 0; i < text->segments->len; i++) {
        const PolicySegment *segment = &g_array_index(text->segments, PolicySegment, i);

        if (!text->runs[segment->run].is_ocr)
            continue;
        find_unread_label(text, segment);
        look_at_signs(&search, i);
    }
    pcre2_match_data_free(search.data);
}
