/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-words.h"

#include <string.h>

#define N_KEY_LINES_MAX 400
#define BLOCK_LINE_MIN_BYTES 60
#define N_BLOCK_LINES_MIN 3
#define LABEL_REACH 48 /* between BEGIN and PRIVATE KEY */
#define READ_LINE_MIN_BYTES 40
#define READ_SIGNS_SHARE                                                                           \
    8 /* of so many letters one may be read as a sign, or parted by a space                        \
       */

static const PolicySegment *
get_segment(const PolicyDetectText *text, int i)
{
    return i >= 0 && i < (int)text->segments->len ? &g_array_index(text->segments, PolicySegment, i)
                                                  : NULL;
}

static gboolean
is_base64(char c)
{
    return g_ascii_isalnum(c) || c == '+' || c == '/' || c == '=';
}

static unsigned
get_class(char c)
{
    return g_ascii_isdigit(c) ? 1 : g_ascii_isupper(c) ? 2 : g_ascii_islower(c) ? 3 : 0;
}

static unsigned
count_others(const PolicyDetectText *text, const PolicySegment *segment)
{
    unsigned n = 0;

    for (size_t at = segment->start; at < segment->end; at++)
        n += !is_base64(text->flat->str[at]);
    return n;
}

static gboolean
begins_with(const PolicyDetectText *text, const PolicySegment *segment, const char *prefix)
{
    size_t length = strlen(prefix);

    return segment->end - segment->start >= length &&
           memcmp(text->flat->str + segment->start, prefix, length) == 0;
}

/* OCR parts a line of a key, and takes letters for signs and for those of other alphabets. */
static gboolean
is_read_key_line(const PolicyDetectText *text, const PolicySegment *segment)
{
    size_t length = segment->end - segment->start;
    unsigned n_changes = 0;

    if (!text->runs[segment->run].is_ocr || length < READ_LINE_MIN_BYTES ||
        count_others(text, segment) * READ_SIGNS_SHARE > length)
        return FALSE;
    for (size_t at = segment->start + 1; at < segment->end; at++)
        n_changes += get_class(text->flat->str[at]) != get_class(text->flat->str[at - 1]);
    return n_changes * 3 > length;
}

/* A line between BEGIN and END. */
static gboolean
is_key_line(const PolicyDetectText *text, const PolicySegment *segment)
{
    static const char *const headers[] = {
        "Proc-Type:", "DEK-Info:", "Version:", "Comment:", "Hash:", "Charset:", "Private-MAC:"};
    size_t length = segment->end - segment->start;
    unsigned n_others = count_others(text, segment);

    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
        if (begins_with(text, segment, headers[i]))
            return TRUE;
    }
    return (length < 40 ? n_others == 0 : n_others <= 3) || is_read_key_line(text, segment);
}

static gboolean
holds(const PolicyDetectText *text, size_t start, size_t end, const char *word)
{
    return memmem(text->flat->str + start, end - start, word, strlen(word)) != NULL;
}

static void
add_segment(PolicyDetectText *text, const PolicySegment *segment)
{
    policy_detect_text_add(text, segment->start, segment->end, POLICY_SECRET_KEY);
}

/* Lines of a key from @first on, up or down. */
static void
add_lines(PolicyDetectText *text, int first, int step)
{
    int n = 0;

    for (int i = first; n < N_KEY_LINES_MAX; i += step, n++) {
        const PolicySegment *segment = get_segment(text, i);

        if (segment == NULL || !is_key_line(text, segment))
            break;
        add_segment(text, segment);
        policy_detect_text_add_parts(text, segment, POLICY_SECRET_KEY);
    }
}

/* The line with BEGIN or END is part of it: it may hold the whole key. */
static void
look_at_mark(PolicyDetectText *text, size_t at)
{
    int i = (int)policy_detect_text_find(text, at);
    const PolicySegment *segment = get_segment(text, i);
    size_t from = MAX(segment->start, at > LABEL_REACH ? at - LABEL_REACH : 0);

    if (holds(text, from, at, "BEGIN")) {
        add_segment(text, segment);
        add_lines(text, i + 1, 1);
    } else if (holds(text, from, at, "END")) {
        add_segment(text, segment);
        add_lines(text, i - 1, -1);
    }
}

static void
find_marks(PolicyDetectText *text, const char *mark)
{
    const char *flat = text->flat->str;
    const char *at = flat;

    while ((at = memmem(at, text->flat->len - (size_t)(at - flat), mark, strlen(mark))) != NULL) {
        look_at_mark(text, (size_t)(at - flat));
        at += strlen(mark);
    }
}

/* OCR may read nothing of BEGIN and END but this. */
static void
find_read_marks(PolicyDetectText *text)
{
    for (int i = 0; i < (int)text->segments->len; i++) {
        const PolicySegment *segment = get_segment(text, i);

        if (!text->runs[segment->run].is_ocr ||
            !holds(text, segment->start, segment->end, "PRIVATE"))
            continue;
        for (int step = -1; step <= 1; step += 2) {
            const PolicySegment *next = get_segment(text, i + step);

            if (next != NULL && is_read_key_line(text, next))
                add_lines(text, i + step, step);
        }
    }
}

/* PuTTY's format. */
static void
find_putty_keys(PolicyDetectText *text)
{
    for (unsigned i = 0; i < text->segments->len; i++) {
        const PolicySegment *segment = get_segment(text, (int)i);

        if (begins_with(text, segment, "Private-Lines:"))
            add_lines(text, (int)i + 1, 1);
    }
}

/* --- only the middle of one is shown --- */

static gboolean
is_block_line(const PolicyDetectText *text, const PolicySegment *segment)
{
    unsigned n_digits = 0;
    unsigned n_upper = 0;
    unsigned n_lower = 0;

    if (segment == NULL || segment->end - segment->start < BLOCK_LINE_MIN_BYTES ||
        count_others(text, segment) > 0)
        return FALSE;
    for (size_t at = segment->start; at < segment->end; at++) {
        n_digits += g_ascii_isdigit(text->flat->str[at]) != 0;
        n_upper += g_ascii_isupper(text->flat->str[at]) != 0;
        n_lower += g_ascii_islower(text->flat->str[at]) != 0;
    }
    return n_digits > 0 && n_upper > 3 && n_lower > 3;
}

static gboolean
is_line_of_block(const PolicyDetectText *text, const PolicySegment *segment)
{
    return segment != NULL && (is_block_line(text, segment) || is_read_key_line(text, segment));
}

static gboolean
is_public(const PolicyDetectText *text, const PolicySegment *segment)
{
    return segment != NULL && holds(text, segment->start, segment->end, "BEGIN") &&
           !holds(text, segment->start, segment->end, "PRIVATE");
}

/* Several full lines of base64, and nothing above them says that they are public. */
static void
find_blocks(PolicyDetectText *text)
{
    for (unsigned i = 0; i < text->segments->len; i++) {
        unsigned n = 0;

        while (is_line_of_block(text, get_segment(text, (int)(i + n))))
            n++;
        if (n >= N_BLOCK_LINES_MIN && !is_public(text, get_segment(text, (int)i - 1)))
            add_lines(text, (int)i, 1);
        i += n;
    }
}

void
policy_detect_keys(PolicyDetectText *text)
{
    find_marks(text, "PRIVATE KEY");
    find_read_marks(text);
    find_putty_keys(text);
    find_blocks(text);
}
