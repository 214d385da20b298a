/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-numbers.h"

#include "policies/detect-brands.h"

#include <stdlib.h>
#include <string.h>

#define N_DIGITS_MIN 13 /* in a row, for anything to be looked at */
#define CARD_BEGINNING_MIN 6
#define NEIGHBOUR_N_DIGITS_MIN 3
#define IDENTITY_BEGINNING_MIN 8
#define IDENTITY_N_DIGITS 18
#define SCIENTIFIC_N_DIGITS_MIN 14
#define N_DIGITS_IN_BOX_MAX 2
#define YEAR_MIN 1900
#define YEAR_MAX 2099

/* What stands before a digit. */
typedef enum {
    GAP_NONE,
    GAP_SPACE,
    GAP_DASH,
    GAP_DOT,
    GAP_OPEN, /* another run, tight or wrapped: nothing or a separator */
    GAP_NEAR, /* another run, with a gap */
    GAP_FAR,  /* another cell or line */
} Gap;

typedef struct {
    uint32_t offset;
    uint8_t length_bytes;
    uint8_t value; /* 10 for the X that ends an identity number */
    uint8_t gap;
} Digit;

/* A row of digits with at most a separator between two. */
typedef struct {
    PolicyDetectText *text;
    GArray *digits; /* of Digit */
    /* Numbers spread over cells: in a table of numbers some look like cards. */
    GArray *spread; /* of SpreadCard */
    unsigned n_spread_shapes;
} Numbers;

typedef struct {
    uint32_t start;
    uint32_t end;
} SpreadCard;

/* --- digits --- */

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
read_separator(const char *at, Gap *out_gap)
{
    const guchar *bytes = (const guchar *)at;

    switch (*at) {
    case ' ':
        *out_gap = GAP_SPACE;
        return 1;
    case '-':
        *out_gap = GAP_DASH;
        return 1;
    case '.':
        *out_gap = GAP_DOT;
        return 1;
    case '\n':
        *out_gap = GAP_FAR;
        return 1;
    }
    if (bytes[0] == 0xc2 && bytes[1] == 0xb7) {
        *out_gap = GAP_DOT; /* in the middle of the line */
        return 2;
    }
    if (bytes[0] == 0xe2 && bytes[1] == 0x80 && bytes[2] >= 0x90 && bytes[2] <= 0x95) {
        *out_gap = GAP_DASH; /* hyphens and dashes */
        return 3;
    }
    return 0;
}

static Gap
find_gap_of_run(const PolicyDetectText *text, size_t offset, Gap gap)
{
    const PolicySegment *segment;

    if (!policy_detect_text_is_edge(text, offset))
        return gap;
    segment = &g_array_index(text->segments, PolicySegment, policy_detect_text_find(text, offset));
    switch (segment->joint) {
    case POLICY_JOINT_TIGHT:
    case POLICY_JOINT_WRAP:
        return gap == GAP_NONE ? GAP_OPEN : gap;
    case POLICY_JOINT_NEAR:
        return GAP_NEAR;
    default:
        return GAP_FAR;
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
read_line_end(const PolicyDetectText *text, size_t offset, Gap *out_gap)
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
    *out_gap = GAP_FAR;
    return skip_frame(flat, below->start, below->end) - offset;
}

/* The next digit at or shortly behind @offset. Returns: FALSE when the row of digits ends */
static gboolean
read_next(const PolicyDetectText *text, size_t offset, gboolean is_ocr, Digit *out)
{
    const char *at = text->flat->str + offset;
    Gap gap = GAP_NONE;
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
    out->gap = gap == GAP_FAR ? GAP_FAR : find_gap_of_run(text, out->offset, gap);
    return TRUE;
}

/* Returns: where the row of digits that begins at @offset ends */
static size_t
collect(Numbers *self, size_t offset)
{
    gboolean is_ocr = policy_detect_text_is_ocr(self->text, offset);
    Digit digit = {offset};
    const char *flat = self->text->flat->str;

    g_array_set_size(self->digits, 0);
    while (read_next(self->text, offset, is_ocr, &digit)) {
        g_array_append_val(self->digits, digit);
        offset = digit.offset + digit.length_bytes;
    }
    if ((flat[offset] == 'X' || flat[offset] == 'x') &&
        policy_detect_text_is_end(self->text, offset + 1)) {
        digit = (Digit){offset, 1, 10, GAP_NONE};
        g_array_append_val(self->digits, digit);
        offset++;
    }
    return offset;
}

static const Digit *
get_digit(const Numbers *self, unsigned i)
{
    return &g_array_index(self->digits, Digit, i);
}

static void
get_values(const Numbers *self, unsigned first, unsigned n, uint8_t *out)
{
    for (unsigned i = 0; i < n; i++)
        out[i] = get_digit(self, first + i)->value;
}

/* --- where a number may begin and end --- */

static gboolean
is_glue(char c)
{
    return c == '-' || c == '.' || c == '_';
}

/* Not within a word, nor behind one and a dash: an identifier's middle. */
static gboolean
may_begin(const PolicyDetectText *text, size_t offset)
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

static gboolean
is_bounded(const Numbers *self, unsigned first, unsigned n)
{
    const Digit *last = get_digit(self, first + n - 1);
    gboolean begins = first == 0 ? may_begin(self->text, get_digit(self, 0)->offset)
                                 : get_digit(self, first)->gap != GAP_NONE;

    if (!begins)
        return FALSE;
    if (first + n < self->digits->len)
        return get_digit(self, first + n)->gap != GAP_NONE;
    return may_end(self->text, last->offset + last->length_bytes);
}

/* --- numbers over several cells or lines --- */

static gboolean
is_spread(const Numbers *self, unsigned first, unsigned n)
{
    for (unsigned i = first + 1; i < first + n; i++) {
        if (get_digit(self, i)->gap == GAP_FAR)
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

/* Numbers of rows and the like are short; a part of a secret is not one of the table. */
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
    PolicyJoint joint;

    if (i < 0 || i >= (int)text->segments->len)
        return FALSE;
    joint = g_array_index(text->segments, PolicySegment, i).joint;
    return joint == POLICY_JOINT_TIGHT || joint == POLICY_JOINT_NEAR || joint == POLICY_JOINT_FAR;
}

static gboolean
is_joined(const PolicyDetectText *text, int i)
{
    return i < (int)text->segments->len &&
           g_array_index(text->segments, PolicySegment, i).joint != POLICY_JOINT_BREAK;
}

/* Beside other numbers it is a row of a table; above and below one there are rows of several. */
static gboolean
stands_alone(const Numbers *self, unsigned first, unsigned n)
{
    const PolicyDetectText *text = self->text;
    int from = (int)policy_detect_text_find(text, get_digit(self, first)->offset);
    int to = (int)policy_detect_text_find(text, get_digit(self, first + n - 1)->offset);
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

/* --- cards --- */

/* Whether the gaps between the digits are those of @grouping. @out_n_gaps: separators that a person
 * wrote */
static gboolean
fits_grouping(const Numbers *self,
              unsigned first,
              unsigned n,
              uint32_t grouping,
              unsigned *out_n_gaps)
{
    Gap written = GAP_NONE;
    gboolean has_bare_edge = FALSE;

    *out_n_gaps = 0;
    for (unsigned i = 1; i < n; i++) {
        Gap gap = get_digit(self, first + i)->gap;
        gboolean is_edge = (grouping & (1u << i)) != 0;

        if (gap == GAP_OPEN)
            continue;
        if (gap != GAP_NONE && !is_edge)
            return FALSE;
        has_bare_edge |= gap == GAP_NONE && is_edge;
        if (gap == GAP_NONE || gap == GAP_NEAR || gap == GAP_FAR)
            continue;
        if (written != GAP_NONE && written != gap)
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

/* One or two digits in each run, and no others beside them: boxes of an entry, a turned line. */
static gboolean
stands_in_boxes(const Numbers *self, unsigned first, unsigned n)
{
    const PolicyDetectText *text = self->text;
    int from = (int)policy_detect_text_find(text, get_digit(self, first)->offset);
    int to = (int)policy_detect_text_find(text, get_digit(self, first + n - 1)->offset);

    for (int i = from; i <= to; i++) {
        if (!is_box(text, i))
            return FALSE;
    }
    return !is_box(text, from - 1) && !is_box(text, to + 1);
}

static gboolean
has_card_shape(const Numbers *self, unsigned first, unsigned n, unsigned *out_n_gaps)
{
    for (const uint32_t *grouping = policy_card_groupings(n); *grouping != 0; grouping++) {
        if (fits_grouping(self, first, n, *grouping, out_n_gaps))
            return TRUE;
    }
    *out_n_gaps = 0;
    return stands_in_boxes(self, first, n);
}

static void
add_number(Numbers *self, unsigned first, unsigned n, PolicySecretKind kind)
{
    const Digit *last = get_digit(self, first + n - 1);

    policy_detect_text_add(self->text, get_digit(self, first)->offset,
                           last->offset + last->length_bytes, kind);
}

/* A number in groups, as on a card, is one even when a digit was misread. */
static gboolean
is_card(const Numbers *self, unsigned first, unsigned n, unsigned n_gaps)
{
    uint8_t values[POLICY_CARD_N_DIGITS_MAX];

    get_values(self, first, n, values);
    if (values[n - 1] > 9 || !policy_card_may_be(values, n, n_gaps > 0))
        return FALSE;
    return policy_card_checks(values, n) ||
           (n_gaps >= 2 && policy_detect_text_is_ocr(self->text, get_digit(self, first)->offset));
}

static void
add_spread(Numbers *self, unsigned first, unsigned n)
{
    const Digit *last = get_digit(self, first + n - 1);
    SpreadCard card = {get_digit(self, first)->offset, last->offset + last->length_bytes};

    g_array_append_val(self->spread, card);
}

/* Returns: how many digits belong to the card that begins at @first, 0 when there is none */
static unsigned
find_card(Numbers *self, unsigned first)
{
    unsigned n_left = MIN(self->digits->len - first, POLICY_CARD_N_DIGITS_MAX);

    for (unsigned n = n_left; n >= POLICY_CARD_N_DIGITS_MIN; n--) {
        unsigned n_gaps;

        if (!is_bounded(self, first, n) || !has_card_shape(self, first, n, &n_gaps))
            continue;
        if (is_spread(self, first, n)) {
            if (!stands_alone(self, first, n))
                continue;
            self->n_spread_shapes++;
            if (is_card(self, first, n, n_gaps))
                add_spread(self, first, n);
        } else if (is_card(self, first, n, n_gaps)) {
            add_number(self, first, n, POLICY_SECRET_CARD);
            return n;
        }
    }
    return 0;
}

/* --- Chinese identity numbers --- */

static gboolean
is_region(unsigned code)
{
    static const uint8_t n_in_tens[] = {0, 5, 3, 7, 6, 4, 5, 1, 2}; /* 11 to 15, 21 to 23, ... */
    unsigned tens = code / 10;
    unsigned ones = code % 10;

    return tens < G_N_ELEMENTS(n_in_tens) && ones >= 1 && ones <= n_in_tens[tens];
}

static gboolean
is_date(const uint8_t *digits)
{
    int year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
    int month = digits[4] * 10 + digits[5];
    int day = digits[6] * 10 + digits[7];

    return year >= YEAR_MIN && year <= YEAR_MAX && month >= 1 && month <= 12 && day >= 1 &&
           g_date_valid_dmy(day, month, year);
}

/* ISO 7064, modulus 11-2. */
static gboolean
has_identity_check(const uint8_t *digits)
{
    static const uint8_t weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1};
    unsigned sum = 0;

    for (unsigned i = 0; i < IDENTITY_N_DIGITS; i++)
        sum += weights[i] * digits[i];
    return sum % 11 == 1;
}

static gboolean
has_identity_shape(const Numbers *self, unsigned first)
{
    static const uint32_t groupings[] = {1u << 6 | 1u << 14, 1u << 6 | 1u << 10 | 1u << 14,
                                         1u << 3 | 1u << 6 | 1u << 10 | 1u << 14};
    unsigned n_gaps;

    for (unsigned i = 0; i < G_N_ELEMENTS(groupings); i++) {
        if (fits_grouping(self, first, IDENTITY_N_DIGITS, groupings[i], &n_gaps))
            return TRUE;
    }
    return stands_in_boxes(self, first, IDENTITY_N_DIGITS);
}

static unsigned
find_identity(Numbers *self, unsigned first)
{
    uint8_t values[IDENTITY_N_DIGITS];

    if (first + IDENTITY_N_DIGITS > self->digits->len ||
        !is_bounded(self, first, IDENTITY_N_DIGITS) || !has_identity_shape(self, first) ||
        (is_spread(self, first, IDENTITY_N_DIGITS) &&
         !stands_alone(self, first, IDENTITY_N_DIGITS)))
        return 0;
    get_values(self, first, IDENTITY_N_DIGITS, values);
    if (!is_region(values[0] * 10 + values[1]) || !is_date(values + 6) ||
        (!has_identity_check(values) &&
         !policy_detect_text_is_ocr(self->text, get_digit(self, first)->offset)))
        return 0;
    add_number(self, first, IDENTITY_N_DIGITS, POLICY_SECRET_IDENTITY);
    return IDENTITY_N_DIGITS;
}

/* --- all --- */

/* A sheet shows a long number as 4.53957876362149E+015: what is left of it tells enough, but the
 * digit that would check it is gone. Returns: the index of its first digit, or -1 */
static int
find_scientific(const Numbers *self)
{
    const Digit *last = get_digit(self, self->digits->len - 1);
    const char *exponent = self->text->flat->str + last->offset + last->length_bytes;
    int second = (int)self->digits->len - 1;

    if (!g_str_has_prefix(exponent, "E+") || !g_ascii_isdigit(exponent[2]))
        return -1;
    while (second > 0 && get_digit(self, (unsigned)second)->gap == GAP_NONE)
        second--;
    if (second == 0 || get_digit(self, (unsigned)second)->gap != GAP_DOT ||
        self->digits->len - (unsigned)second < SCIENTIFIC_N_DIGITS_MIN - 1)
        return -1;
    return second - 1;
}

static void
look_at_scientific(Numbers *self)
{
    int first = self->digits->len > 0 ? find_scientific(self) : -1;
    uint8_t values[SCIENTIFIC_N_DIGITS_MIN];
    unsigned n_shown;
    const Digit *last;
    unsigned long n;

    if (first < 0)
        return;
    n_shown = self->digits->len - (unsigned)first;
    last = get_digit(self, self->digits->len - 1);
    n = 1 + strtoul(self->text->flat->str + last->offset + last->length_bytes + 2, NULL, 10);
    get_values(self, (unsigned)first, SCIENTIFIC_N_DIGITS_MIN, values);
    if (n == IDENTITY_N_DIGITS && is_region(values[0] * 10 + values[1]) && is_date(values + 6))
        add_number(self, (unsigned)first, n_shown, POLICY_SECRET_IDENTITY);
    else if (n >= POLICY_CARD_N_DIGITS_MIN && n <= POLICY_CARD_N_DIGITS_MAX &&
             policy_card_may_be(values, (unsigned)n, FALSE))
        add_number(self, (unsigned)first, n_shown, POLICY_SECRET_CARD);
}

static void
look_at_digits(Numbers *self)
{
    unsigned i = 0;

    while (i + N_DIGITS_MIN <= self->digits->len) {
        unsigned n = 0;

        if (i == 0 || get_digit(self, i)->gap != GAP_NONE) {
            n = find_identity(self, i);
            if (n == 0)
                n = find_card(self, i);
        }
        i += MAX(n, 1);
    }
    look_at_scientific(self);
}

/* A table of numbers has a card in it by chance; of real ones most rows are cards. */
static void
take_spread(Numbers *self)
{
    if (self->spread->len * 3 < self->n_spread_shapes)
        return;
    for (unsigned i = 0; i < self->spread->len; i++) {
        const SpreadCard *card = &g_array_index(self->spread, SpreadCard, i);

        policy_detect_text_add(self->text, card->start, card->end, POLICY_SECRET_CARD);
    }
}

static void
numbers_init(Numbers *self, PolicyDetectText *text)
{
    self->text = text;
    self->digits = g_array_new(FALSE, FALSE, sizeof(Digit));
    self->spread = g_array_new(FALSE, FALSE, sizeof(SpreadCard));
    self->n_spread_shapes = 0;
}

static void
numbers_clear(Numbers *self)
{
    g_array_unref(self->digits);
    g_array_unref(self->spread);
}

void
policy_detect_numbers(PolicyDetectText *text)
{
    Numbers numbers;
    uint8_t value;

    numbers_init(&numbers, text);
    for (size_t at = 0; at < text->flat->len; at++) {
        if ((!g_ascii_isdigit(text->flat->str[at]) && (guchar)text->flat->str[at] != 0xef) ||
            read_digit(text->flat->str + at, &value) == 0)
            continue;
        at = MAX(collect(&numbers, at), at + 1) - 1;
        look_at_digits(&numbers);
    }
    take_spread(&numbers);
    numbers_clear(&numbers);
}

/* --- beginnings --- */

/* Where the digits that end at @end begin, as far back as a number may reach. */
static size_t
find_digits_start(const PolicyDetectText *text, size_t end)
{
    size_t start = end;
    size_t at = end;

    while (at > 0 && end - at < 4 * POLICY_CARD_N_DIGITS_MAX) {
        char c = text->flat->str[at - 1];

        if (g_ascii_isdigit(c))
            start = at - 1;
        else if ((c != ' ' && c != '-') || (at < end && start != at))
            break;
        at--;
    }
    return start;
}

static gboolean
may_become_card(const Numbers *self, unsigned first)
{
    uint8_t values[6];

    get_values(self, first, G_N_ELEMENTS(values), values);
    return policy_card_may_begin(values);
}

static gboolean
may_become_identity(const Numbers *self, unsigned first, unsigned n)
{
    uint8_t values[IDENTITY_BEGINNING_MIN];

    if (n < IDENTITY_BEGINNING_MIN)
        return FALSE;
    get_values(self, first, IDENTITY_BEGINNING_MIN, values);
    return is_region(values[0] * 10 + values[1]) && values[6] * 10 + values[7] >= 19 &&
           values[6] * 10 + values[7] <= 20;
}

static void
add_digits_beginning(Numbers *self, size_t end)
{
    unsigned n_all = 0;

    while (n_all < self->digits->len && get_digit(self, n_all)->offset < end)
        n_all++;
    for (unsigned i = 0; i + CARD_BEGINNING_MIN <= n_all; i++) {
        const Digit *first = get_digit(self, i);
        gboolean begins = i == 0 ? may_begin(self->text, first->offset) : first->gap != GAP_NONE;

        if (!begins || n_all - i >= POLICY_CARD_N_DIGITS_MAX)
            continue;
        if (may_become_card(self, i) || may_become_identity(self, i, n_all - i)) {
            policy_detect_text_add_beginning(self->text, first->offset, end, POLICY_SECRET_CARD);
            return;
        }
    }
}

void
policy_detect_number_beginning(PolicyDetectText *text, size_t end)
{
    size_t start = find_digits_start(text, end);
    Numbers numbers;

    if (start == end)
        return;
    numbers_init(&numbers, text);
    collect(&numbers, start);
    add_digits_beginning(&numbers, end);
    numbers_clear(&numbers);
}
