/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-words.h"

#include "policies/detect-answers.h"
#include "policies/detect-commands.h"
#include "policies/detect-labels.h"
#include "policies/detect-misread.h"
#include "policies/detect-tables.h"
#include "policies/detect-values.h"

#include <string.h>

#define VALUE_BELOW_MIN_BYTES 4 /* shorter words below a label are seldom passwords */
#define LABEL_BEFORE_MAX_BYTES 40
#define N_VALUES_BELOW_MAX 1000
#define HEIGHTS_TO_CELL_MAX 2 /* from a head to the first cell of its column */

#define DIGITS "0123456789"

/* --- labels in cells of their own --- */

static const PolicySegment *
get_segment(const PolicyDetectText *text, unsigned i)
{
    return i < text->segments->len ? &g_array_index(text->segments, PolicySegment, i) : NULL;
}

static gboolean
is_word(const PolicyDetectText *text, const PolicySegment *segment, size_t min_bytes)
{
    size_t length = segment->end - segment->start;

    return length >= min_bytes && length <= POLICY_VALUE_MAX_BYTES &&
           memchr(text->flat->str + segment->start, ' ', length) == NULL;
}

static void
add_segment(PolicyDetectText *text, const PolicySegment *segment)
{
    policy_detect_text_add(text, segment->start, segment->end, POLICY_SECRET_PASSWORD);
}

/* --- a label --- */

typedef struct {
    PolicyDetectText *text;
    pcre2_match_data *data;
    PolicyDetectOrder order;
} Search;

/* Nothing before the run belongs to what it begins with. @end: of the text that is looked at */
static gboolean
match_label(const Search *self, size_t at, size_t end, PolicyDetectLabel *out)
{
    size_t base = policy_detect_text_is_edge(self->text, at) ? at : 0;

    if (!policy_detect_label_match(self->text->flat->str + base, end - base, at - base, self->data,
                                   out))
        return FALSE;
    out->start += base;
    out->end += base;
    if (out->value_end > 0) {
        out->value_start += base;
        out->value_end += base;
    }
    return TRUE;
}

/* Between runs without a gap there is no sign of where a word ends: a label whose value is in
 * the next run is looked for in its own alone. */
static gboolean
read_label(const Search *self, size_t at, PolicyDetectLabel *out)
{
    const PolicySegment *segment;
    PolicyDetectLabel alone;

    if (!match_label(self, at, self->text->flat->len, out))
        return FALSE;
    if (out->value_end > 0)
        return TRUE;
    segment = get_segment(self->text, policy_detect_text_find(self->text, at));
    if (out->end != segment->end && match_label(self, at, segment->end, &alone) &&
        alone.end == segment->end && alone.value_end == 0)
        *out = alone;
    return TRUE;
}

static gboolean
may_be_value(const Search *self, const PolicySegment *segment)
{
    return policy_detect_label_may_have(self->text->flat->str + segment->start,
                                        segment->end - segment->start, self->data);
}

/* A label alone, or with its value: it is not the value of another. */
static gboolean
is_label(const Search *self, const PolicySegment *segment)
{
    PolicyDetectLabel label;

    return read_label(self, segment->start, &label) &&
           (label.value_end > 0 || label.end == segment->end);
}

/* What may stand in a cell of its own as the value of @label. */
static gboolean
is_value(const Search *self,
         const PolicyDetectLabel *label,
         const PolicySegment *segment,
         size_t min_bytes)
{
    const char *flat = self->text->flat->str;
    size_t length = segment->end - segment->start;

    if (label->is_digits)
        return length >= 4 && length <= 8 && strspn(flat + segment->start, DIGITS) >= length;
    return is_word(self->text, segment, min_bytes) && may_be_value(self, segment) &&
           !is_label(self, segment);
}

/* A line below a label with a colon may begin with its value and go on: with a word of letters and
 * digits, for many a line begins with an ordinary word. */
static void
add_first_word(const Search *self, const PolicySegment *segment)
{
    size_t length = MIN(policy_detect_count_random(self->text->flat->str + segment->start),
                        segment->end - segment->start);

    if (length > 0)
        policy_detect_text_add(self->text, segment->start, segment->start + length,
                               POLICY_SECRET_PASSWORD);
}

/* Below a label with a colon one value, below the head of a column all of them. */
static void
add_values_below(const Search *self, unsigned first, const PolicyDetectLabel *label)
{
    unsigned n_max = label->is_head ? N_VALUES_BELOW_MAX : 1;

    for (unsigned i = first; i < first + n_max; i++) {
        const PolicySegment *segment = get_segment(self->text, i);

        if (segment == NULL || policy_joint_is_in_row(segment->joint) ||
            segment->joint == POLICY_JOINT_BREAK)
            break;
        if (!is_value(self, label, segment, VALUE_BELOW_MIN_BYTES)) {
            if (!label->is_head && !label->is_digits && !is_label(self, segment))
                add_first_word(self, segment);
            break;
        }
        if (label->is_head)
            policy_detect_text_add_in_column(self->text, segment);
        else
            add_segment(self->text, segment);
    }
}

static gboolean
is_just_below(const BaseRect *box, const BaseRect *below)
{
    int common = MIN(box->x + box->width, below->x + below->width) - MAX(box->x, below->x);
    int gap = below->y - (box->y + box->height);

    return common > 0 && gap > -box->height / 2 && gap <= HEIGHTS_TO_CELL_MAX * box->height;
}

/* Whether the cell below @segment is of letters and digits, as no label is. */
static gboolean
is_above_random(const Search *self, const PolicySegment *segment)
{
    const BaseRect *box = &self->text->runs[segment->run].box;

    for (unsigned i = 0; i < self->text->segments->len; i++) {
        const PolicySegment *other = get_segment(self->text, i);
        size_t length = other->end - other->start;

        if (is_just_below(box, &self->text->runs[other->run].box) &&
            policy_detect_count_random(self->text->flat->str + other->start) == length)
            return TRUE;
    }
    return FALSE;
}

/* The head of a column of passwords: what stands beside it is the next head, if it may be one. */
static gboolean
is_beside_head(const Search *self, const PolicyDetectLabel *label, const PolicySegment *next)
{
    const char *value = self->text->flat->str + next->start;
    const PolicySegment *segment =
        get_segment(self->text, policy_detect_text_find(self->text, label->start));

    return label->is_head && strcspn(value, DIGITS) >= next->end - next->start &&
           is_above_random(self, segment);
}

/* One of values that stand behind each other with commas: what is below is a row of them. */
static gboolean
is_among_commas(const Search *self, const PolicySegment *segment, const PolicyDetectLabel *label)
{
    const char *start = self->text->flat->str + segment->start;
    size_t length = label->start - segment->start;

    return memchr(start, ' ', length) == NULL &&
           (memchr(start, ',', length) != NULL || memchr(start, ';', length) != NULL);
}

static void
look_beside(const Search *self, const PolicyDetectLabel *label)
{
    unsigned i = policy_detect_text_find(self->text, label->start);
    const PolicySegment *segment = get_segment(self->text, i);
    const PolicySegment *next = get_segment(self->text, i + 1);

    if (segment->end != label->end || label->start - segment->start > LABEL_BEFORE_MAX_BYTES ||
        next == NULL || is_among_commas(self, segment, label))
        return;
    if (policy_joint_is_in_row(next->joint)) {
        if (is_value(self, label, next, 1) && !is_beside_head(self, label, next))
            add_segment(self->text, next);
    } else if (self->order == POLICY_DETECT_TOLD && label->is_head) {
        add_first_word(self, next);
    } else if (self->order != POLICY_DETECT_ROWS) {
        add_values_below(self, i + 1, label);
    }
}

/* --- all --- */

/* The line above may be full, so that its value seems to go on in the label below.
 * Returns: where the value ends at the latest */
static size_t
find_label_within(const Search *self, size_t start, size_t end)
{
    PolicyDetectLabel label;

    for (size_t at = start; at < end; at++) {
        if (policy_detect_text_is_edge(self->text, at) && read_label(self, at, &label) &&
            !label.is_head && !label.is_digits)
            return at;
    }
    return end;
}

/* Several words are a value when they go to the end of their run; else the first is. */
static size_t
find_words_end(const Search *self, const PolicyDetectLabel *label)
{
    const PolicySegment *segment =
        get_segment(self->text, policy_detect_text_find(self->text, label->value_start));

    if (label->value_end >= segment->end)
        return segment->end;
    return label->value_start + strcspn(self->text->flat->str + label->value_start, " ");
}

/* Returns: where to go on */
static size_t
take_label(const Search *self, const PolicyDetectLabel *label)
{
    size_t end;

    if (label->value_end == 0) {
        look_beside(self, label);
        return label->end;
    }
    end = label->is_words ? find_words_end(self, label) : label->value_end;
    end = find_label_within(self, label->value_start, end);
    policy_detect_text_add(self->text, label->value_start, end, POLICY_SECRET_PASSWORD);
    return end < label->value_end ? end : label->end;
}

static gboolean
may_head_column(const char *at)
{
    return (*at | 0x20) == 'p' || (*at | 0x20) == 's' || (guchar)*at >= 0x80;
}

static void
find_labels(const Search *self)
{
    const char *flat = self->text->flat->str;
    size_t length = self->text->flat->len;
    size_t at = policy_detect_label_find(flat, 0, length);
    gboolean has_rows = self->order == POLICY_DETECT_ROWS || self->order == POLICY_DETECT_LINES;
    size_t table_end = 0;

    while (at < length) {
        PolicyDetectLabel label;
        gboolean has_values = FALSE;
        size_t next = at + 1;

        if (has_rows && at >= table_end && may_head_column(flat + at))
            table_end = policy_detect_table_look_at(self->text, at, &has_values);
        if (has_values)
            next = table_end;
        else if (read_label(self, at, &label))
            next = MAX(take_label(self, &label), next);
        at = policy_detect_label_find(flat, next, length);
    }
}

/* user:password@host in an address. */
static void
find_credentials(PolicyDetectText *text)
{
    const char *flat = text->flat->str;
    const char *at = flat;

    while ((at = strstr(at, "://")) != NULL) {
        const char *user = at + 3;
        size_t length = strcspn(user, ":/@ \n");
        const char *password = user + length + 1;
        size_t end;

        at = user;
        if (user[length] != ':')
            continue;
        end = strcspn(password, "/@ \n");
        if (end > 0 && password[end] == '@')
            policy_detect_text_add(text, (size_t)(password - flat), (size_t)(password - flat) + end,
                                   POLICY_SECRET_PASSWORD);
    }
}

void
policy_detect_passwords(PolicyDetectText *text, PolicyDetectOrder order)
{
    Search search = {text, policy_detect_label_create_data(), order};

    find_labels(&search);
    policy_detect_table_look_again(text);
    policy_detect_misread_labels(text);
    find_credentials(text);
    if (order == POLICY_DETECT_ROWS || order == POLICY_DETECT_LINES)
        policy_detect_commands(text);
    policy_detect_answers(text);
    pcre2_match_data_free(search.data);
}
