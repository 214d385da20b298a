/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-digits.h"

#include <string.h>

#define NEIGHBOUR_N_DIGITS_MIN 3
#define N_DIGITS_IN_BOX_MAX 2

void
policy_digits_init(PolicyDigits *self, PolicyDetectText *text)
{
    self->text = text;
    self->digits = g_array_new(FALSE, FALSE, sizeof(PolicyDigit));
}

void
policy_digits_clear(PolicyDigits *self)
{
    g_array_unref(self->digits);
}

/* --- reading --- */

/* Full-width digits are U+FF10 to U+FF19. Returns: their length, 0 when there is none */
static unsigned
read_digit(const char *at, uint8_t *out_value)
{
    const guchar *bytes = (const guchar *)at;

    if (g_ascii_isdigit(*at)) {
        *out_value = *at - '0';
        return 1;
    }
    if (bytes[0] == 0xef && bytes[1] == 0xbc && bytes[2] >= 0x90 && bytes[2] <= 0x99) {
        *out_value = bytes[2] - 0x90;
        return 3;
    }
    return 0;
}

gboolean
policy_digits_is_one(const char *at)
{
    uint8_t value;

    return read_digit(at, &value) > 0;
}

/* A letter that OCR takes for a digit, between digits. */
static unsigned
read_misread_digit(const char *at, uint8_t *out_value)
{
    static const char letters[] = "OoDlI|SBZ";
    static const uint8_t values[] = {0, 0, 0, 1, 1, 1, 5, 8, 2};
    const char *letter = *at != '\0' ? strchr(letters, *at) : NULL;

    if (letter == NULL || !g_ascii_isdigit(at[1]))
        return 0;
    *out_value = values[letter - letters];
    return 1;
}

/* Returns: the length of the separator at @at, 0 when there is none */
static unsigned
read_separator(const char *at, PolicyGap *out_gap)
{
    const guchar *bytes = (const guchar *)at;

    switch (*at) {
    case ' ':
        *out_gap = POLICY_GAP_SPACE;
        return 1;
    case '-':
        *out_gap = POLICY_GAP_DASH;
        return 1;
    case '.':
        *out_gap = POLICY_GAP_DOT;
        return 1;
    case '\n':
        *out_gap = POLICY_GAP_FAR;
        return 1;
    }
    if (bytes[0] == 0xc2 && bytes[1] == 0xb7) {
        *out_gap = POLICY_GAP_DOT; /* in the middle of the line */
        return 2;
    }
    if (bytes[0] == 0xe2 && bytes[1] == 0x80 && bytes[2] >= 0x90 && bytes[2] <= 0x95) {
        *out_gap = POLICY_GAP_DASH; /* hyphens and dashes */
        return 3;
    }
    return 0;
}

static PolicyGap
find_gap_of_run(const PolicyDetectText *text, size_t offset, PolicyGap gap)
{
    const PolicySegment *segment;

    if (!policy_detect_text_is_edge(text, offset))
        return gap;
    segment = &g_array_index(text->segments, PolicySegment, policy_detect_text_find(text, offset));
    switch (segment->joint) {
    case POLICY_JOINT_TIGHT:
    case POLICY_JOINT_WRAP:
        return gap == POLICY_GAP_NONE ? POLICY_GAP_OPEN : gap;
    case POLICY_JOINT_NEAR:
        return POLICY_GAP_NEAR;
    default:
        return POLICY_GAP_FAR;
    }
}

/* Spaces and what frames are drawn with. */
static size_t
skip_frame(const char *flat, size_t at, size_t end)
{
    static const char line[] = "│";

    while (at < end) {
        if (flat[at] == ' ' || flat[at] == '|' || flat[at] == '\\')
            at++;
        else if (strncmp(flat + at, line, strlen(line)) == 0)
            at += strlen(line);
        else
            break;
    }
    return at;
}

/* Behind the frame at the end of the line, and the one that begins the line below, if it is not
 * another cell. Returns: how many bytes */
static unsigned
read_line_end(const PolicyDetectText *text, size_t offset, PolicyGap *out_gap)
{
    const char *flat = text->flat->str;
    size_t end = skip_frame(flat, offset, text->flat->len);
    const PolicySegment *segment;
    const PolicySegment *below;
    unsigned i;

    if (flat[end] != '\n' && memchr(text->edges + offset, 1, end - offset) == NULL)
        return 0;
    i = policy_detect_text_find(text, offset > 0 ? offset - 1 : 0);
    segment = &g_array_index(text->segments, PolicySegment, i);
    below = segment + 1;
    if (i + 1 >= text->segments->len || segment->end > end ||
        (below->joint != POLICY_JOINT_WRAP && below->joint != POLICY_JOINT_LINE))
        return 0;
    *out_gap = POLICY_GAP_FAR;
    return skip_frame(flat, below->start, below->end) - offset;
}

/* The next digit at or shortly behind @offset. Returns: FALSE when the row of digits ends */
static gboolean
read_next(const PolicyDetectText *text, size_t offset, gboolean is_ocr, PolicyDigit *out)
{
    const char *at = text->flat->str + offset;
    PolicyGap gap = POLICY_GAP_NONE;
    unsigned skipped = read_separator(at, &gap);
    unsigned length = read_digit(at + skipped, &out->value);

    if (length == 0 && is_ocr && skipped == 0)
        length = read_misread_digit(at, &out->value);
    if (length == 0) {
        skipped = read_line_end(text, offset, &gap);
        length = skipped > 0 ? read_digit(at + skipped, &out->value) : 0;
    }
    if (length == 0)
        return FALSE;
    out->offset = offset + skipped;
    out->length_bytes = length;
    out->gap = gap == POLICY_GAP_FAR ? POLICY_GAP_FAR : find_gap_of_run(text, out->offset, gap);
    return TRUE;
}

size_t
policy_digits_collect(PolicyDigits *self, size_t offset)
{
    gboolean is_ocr = policy_detect_text_is_ocr(self->text, offset);
    PolicyDigit digit = {.offset = offset};
    const char *flat = self->text->flat->str;

    g_array_set_size(self->digits, 0);
    while (read_next(self->text, offset, is_ocr, &digit)) {
        g_array_append_val(self->digits, digit);
        offset = digit.offset + digit.length_bytes;
    }
    if ((flat[offset] == 'X' || flat[offset] == 'x') &&
        policy_detect_text_is_end(self->text, offset + 1)) {
        digit = (PolicyDigit){offset, 1, 10, POLICY_GAP_NONE};
        g_array_append_val(self->digits, digit);
        offset++;
    }
    return offset;
}

const PolicyDigit *
policy_digits_get(const PolicyDigits *self, unsigned i)
{
    return &g_array_index(self->digits, PolicyDigit, i);
}

void
policy_digits_get_values(const PolicyDigits *self, unsigned first, unsigned n, uint8_t *out)
{
    for (unsigned i = 0; i < n; i++)
        out[i] = policy_digits_get(self, first + i)->value;
}

/* --- where a number may begin and end --- */

static gboolean
is_glue(char c)
{
    return c == '-' || c == '.' || c == '_';
}

/* Behind a word and a dash: an identifier's middle. */
gboolean
policy_digits_may_begin(const PolicyDetectText *text, size_t offset)
{
    const char *flat = text->flat->str;

    if (offset == 0 || policy_detect_text_is_edge(text, offset))
        return TRUE;
    if (g_ascii_isalnum(flat[offset - 1]))
        return FALSE;
    return !is_glue(flat[offset - 1]) || offset < 2 || !g_ascii_isalnum(flat[offset - 2]);
}

static gboolean
may_end(const PolicyDetectText *text, size_t offset)
{
    const char *flat = text->flat->str;

    if (policy_detect_text_is_edge(text, offset))
        return TRUE;
    return !g_ascii_isalpha(flat[offset]) && flat[offset] != '_' &&
           (!is_glue(flat[offset]) || !g_ascii_isalpha(flat[offset + 1]));
}

gboolean
policy_digits_is_bounded(const PolicyDigits *self, unsigned first, unsigned n)
{
    const PolicyDigit *last = policy_digits_get(self, first + n - 1);
    gboolean begins = first == 0
                          ? policy_digits_may_begin(self->text, policy_digits_get(self, 0)->offset)
                          : policy_digits_get(self, first)->gap != POLICY_GAP_NONE;

    if (!begins)
        return FALSE;
    if (first + n < self->digits->len)
        return policy_digits_get(self, first + n)->gap != POLICY_GAP_NONE;
    return may_end(self->text, last->offset + last->length_bytes);
}

/* --- numbers over several cells or lines --- */

gboolean
policy_digits_are_spread(const PolicyDigits *self, unsigned first, unsigned n)
{
    for (unsigned i = first + 1; i < first + n; i++) {
        if (policy_digits_get(self, i)->gap == POLICY_GAP_FAR)
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_found(const PolicyDetectText *text, uint32_t run)
{
    for (unsigned i = 0; i < text->found->len; i++) {
        if (g_array_index(text->found, PolicySecretRange, i).run == run)
            return TRUE;
    }
    return FALSE;
}

/* PolicyDigits of rows and the like are short; a part of a secret is not one of the table. */
static gboolean
is_number_only(const PolicyDetectText *text, int i)
{
    const PolicySegment *segment;
    unsigned n_digits = 0;

    if (i < 0 || i >= (int)text->segments->len)
        return FALSE;
    segment = &g_array_index(text->segments, PolicySegment, i);
    for (size_t at = segment->start; at < segment->end; at++) {
        char c = text->flat->str[at];

        n_digits += g_ascii_isdigit(c) != 0;
        if (!g_ascii_isdigit(c) && strchr(" -.,%+/:$|", c) == NULL)
            return FALSE;
    }
    return n_digits >= NEIGHBOUR_N_DIGITS_MIN && !is_found(text, segment->run);
}

static gboolean
is_in_row(const PolicyDetectText *text, int i)
{
    return i >= 0 && i < (int)text->segments->len &&
           policy_joint_is_in_row(g_array_index(text->segments, PolicySegment, i).joint);
}

static gboolean
is_joined(const PolicyDetectText *text, int i)
{
    return i < (int)text->segments->len &&
           g_array_index(text->segments, PolicySegment, i).joint != POLICY_JOINT_BREAK;
}

/* Beside other numbers it is a row of a table; above and below one there are rows of several. */
gboolean
policy_digits_stand_alone(const PolicyDigits *self, unsigned first, unsigned n)
{
    const PolicyDetectText *text = self->text;
    int from = (int)policy_detect_text_find(text, policy_digits_get(self, first)->offset);
    int to = (int)policy_detect_text_find(text, policy_digits_get(self, first + n - 1)->offset);
    gboolean is_row = TRUE;
    gboolean before = is_joined(text, from) && is_number_only(text, from - 1);
    gboolean behind = is_joined(text, to + 1) && is_number_only(text, to + 1);

    for (int i = from + 1; i <= to; i++)
        is_row &= is_in_row(text, i);
    if (is_row && before && !is_in_row(text, from))
        before = is_in_row(text, from - 1) && is_number_only(text, from - 2);
    if (is_row && behind && !is_in_row(text, to + 1))
        behind = is_in_row(text, to + 2) && is_number_only(text, to + 2);
    return !before && !behind;
}

/* --- shapes --- */

gboolean
policy_digits_fit(const PolicyDigits *self,
                  unsigned first,
                  unsigned n,
                  uint32_t grouping,
                  unsigned *out_n_gaps)
{
    PolicyGap written = POLICY_GAP_NONE;
    gboolean has_bare_edge = FALSE;

    *out_n_gaps = 0;
    for (unsigned i = 1; i < n; i++) {
        PolicyGap gap = policy_digits_get(self, first + i)->gap;
        gboolean is_edge = (grouping & (1u << i)) != 0;

        if (gap == POLICY_GAP_OPEN)
            continue;
        if (gap != POLICY_GAP_NONE && !is_edge)
            return FALSE;
        has_bare_edge |= gap == POLICY_GAP_NONE && is_edge;
        if (gap == POLICY_GAP_NONE || gap == POLICY_GAP_NEAR || gap == POLICY_GAP_FAR)
            continue;
        if (written != POLICY_GAP_NONE && written != gap)
            return FALSE;
        written = gap;
        ++*out_n_gaps;
    }
    return !has_bare_edge || *out_n_gaps == 0;
}

static gboolean
is_box(const PolicyDetectText *text, int i)
{
    const PolicySegment *segment;
    size_t length;

    if (i < 0 || i >= (int)text->segments->len)
        return FALSE;
    segment = &g_array_index(text->segments, PolicySegment, i);
    length = segment->end - segment->start;
    return length > 0 && length <= N_DIGITS_IN_BOX_MAX &&
           strspn(text->flat->str + segment->start, "0123456789") >= length;
}

gboolean
policy_digits_stand_in_boxes(const PolicyDigits *self, unsigned first, unsigned n)
{
    const PolicyDetectText *text = self->text;
    int from = (int)policy_detect_text_find(text, policy_digits_get(self, first)->offset);
    int to = (int)policy_detect_text_find(text, policy_digits_get(self, first + n - 1)->offset);

    for (int i = from; i <= to; i++) {
        if (!is_box(text, i))
            return FALSE;
    }
    return !is_box(text, from - 1) && !is_box(text, to + 1);
}

void
policy_digits_add(PolicyDigits *self, unsigned first, unsigned n, PolicySecretKind kind)
{
    const PolicyDigit *last = policy_digits_get(self, first + n - 1);

    policy_detect_text_add(self->text, policy_digits_get(self, first)->offset,
                           last->offset + last->length_bytes, kind);
}
