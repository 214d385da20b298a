/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-blocks.h"

#include "policies/detect-brands.h"

#include <string.h>

#define N_LOOKED_AT_MAX 256 /* lines behind one, for the next of its block */
#define LINE_MIN_BYTES 8
#define WORD_MIN_BYTES 4
#define NO_RUN UINT32_MAX
#define GAP_SHARE 0.7        /* of a line's height, between it and the next: 1.7 lines apart */
#define GAP_SHARE_CELL 0.125 /* of a table: the next row's cell is farther away */
#define HEIGHT_RATIO 1.5
#define N_NUMBERS_MAX 3    /* lines of digits alone: more of them are a list */
#define NUMBER_MIN_BYTES 3 /* shorter ones are seldom a part of a number */

typedef struct {
    const PolicyDetectRun *run;
    uint32_t index;
    uint32_t next; /* position among the lines, or NO_RUN */
    gboolean has_above;
} Line;

static int
compare_lines(const void *a, const void *b)
{
    const Line *first = a;
    const Line *second = b;

    if (first->run->box.y != second->run->box.y)
        return first->run->box.y < second->run->box.y ? -1 : 1;
    return first->index < second->index ? -1 : 1;
}

static gboolean
is_of_word(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("_-+/=.", c) != NULL);
}

static gboolean
is_number(const PolicyDetectRun *run)
{
    size_t n_digits = strspn(run->text, "0123456789");

    return n_digits > 0 && run->text[n_digits] == '\0';
}

/* Its last word has more than letters; digits alone fill the line. */
static gboolean
may_go_on(const PolicyDetectRun *run)
{
    size_t length = strlen(run->text);
    size_t start = length;
    gboolean has_sign = FALSE;
    gboolean has_digits_only = TRUE;

    while (start > 0 && is_of_word(run->text[start - 1])) {
        start--;
        has_sign |= !g_ascii_isalpha(run->text[start]);
        has_digits_only &= g_ascii_isdigit(run->text[start]);
    }
    if (is_number(run))
        return length >= NUMBER_MIN_BYTES;
    return has_sign && length >= LINE_MIN_BYTES && length - start >= WORD_MIN_BYTES &&
           (start == 0 || !has_digits_only);
}

static gboolean
is_next(const PolicyDetectRun *upper, const PolicyDetectRun *lower)
{
    const BaseRect *box = &upper->box;
    const BaseRect *below = &lower->box;
    double share = upper->is_cell || lower->is_cell ? GAP_SHARE_CELL : GAP_SHARE;
    int letter = policy_detect_text_letter_width(upper);
    int gap = below->y - (box->y + box->height);

    return gap <= share * box->height && gap >= -box->height / 2 &&
           ABS(below->x - box->x) <= letter &&
           (below->x + below->width <= box->x + box->width + letter ||
            (is_number(upper) && is_number(lower))) &&
           below->height <= HEIGHT_RATIO * box->height &&
           box->height <= HEIGHT_RATIO * below->height && is_of_word(lower->text[0]);
}

static void
find_next(GArray *lines, unsigned at)
{
    Line *all = (Line *)lines->data;
    const BaseRect *box = &all[at].run->box;

    if (!may_go_on(all[at].run))
        return;
    for (unsigned i = at + 1; i < MIN(lines->len, at + N_LOOKED_AT_MAX); i++) {
        if (all[i].run->box.y > box->y + 2 * box->height)
            return;
        if (all[i].has_above || !is_next(all[at].run, all[i].run))
            continue;
        all[at].next = i;
        all[i].has_above = TRUE;
        return;
    }
}

static GArray *
find_lines(const PolicyDetectRun *runs, unsigned n_runs)
{
    GArray *lines = g_array_sized_new(FALSE, FALSE, sizeof(Line), n_runs);

    for (unsigned i = 0; i < n_runs; i++) {
        Line line = {runs + i, i, NO_RUN, FALSE};

        g_array_append_val(lines, line);
    }
    g_array_sort(lines, compare_lines);
    for (unsigned i = 0; i < n_runs; i++)
        find_next(lines, i);
    return lines;
}

/* How many lines of digits alone follow each other from @at on. */
static unsigned
count_numbers(const Line *all, uint32_t at)
{
    unsigned n = 0;

    for (; at != NO_RUN && is_number(all[at].run); at = all[at].next)
        n++;
    return n;
}

/* --- one number in lines --- */

/* Broken where a card's groups end, or where lines of the same width do. */
static gboolean
is_broken_as_card(const Line *all, uint32_t at)
{
    size_t width = strlen(all[at].run->text);
    size_t n_digits = 0;
    uint32_t breaks = 0;
    gboolean is_even = TRUE;

    for (; at != NO_RUN && is_number(all[at].run) && n_digits <= POLICY_CARD_N_DIGITS_MAX;
         at = all[at].next) {
        breaks |= n_digits > 0 ? UINT32_C(1) << n_digits : 0;
        is_even &= n_digits % width == 0 && strlen(all[at].run->text) <= width;
        n_digits += strlen(all[at].run->text);
    }
    if (n_digits < POLICY_CARD_N_DIGITS_MIN || n_digits > POLICY_CARD_N_DIGITS_MAX)
        return FALSE;
    for (const uint32_t *grouping = policy_card_groupings(n_digits); *grouping != 0; grouping++)
        is_even |= breaks == *grouping;
    return is_even;
}

/* Whether no other number stands beside the @n lines from @at on, nor directly above or below. */
static gboolean
stand_alone(const GArray *lines, uint32_t at, unsigned n)
{
    const Line *all = (const Line *)lines->data;
    BaseRect around = all[at].run->box;
    unsigned n_near = 0;

    for (uint32_t i = at; i != NO_RUN && is_number(all[i].run); i = all[i].next)
        base_rect_union(&around, &all[i].run->box, &around);
    around.y -= all[at].run->box.height;
    around.height += 2 * all[at].run->box.height;
    for (unsigned i = 0; i < lines->len; i++) {
        const BaseRect *box = &all[i].run->box;

        n_near += is_number(all[i].run) && box->y < around.y + around.height &&
                  box->y + box->height > around.y;
    }
    return n_near == n;
}

/* How the @n lines of digits alone from @at on are joined. */
static PolicyJoint
find_joint_of_numbers(const GArray *lines, uint32_t at, unsigned n)
{
    const Line *all = (const Line *)lines->data;

    if (n > 1 && is_broken_as_card(all, at) && stand_alone(lines, at, n))
        return POLICY_JOINT_WRAP;
    if (strlen(all[at].run->text) < LINE_MIN_BYTES)
        return POLICY_JOINT_BREAK;
    return n > N_NUMBERS_MAX ? POLICY_JOINT_LINE : POLICY_JOINT_WRAP;
}

/* --- blocks --- */

static void
add_block(GArray *places, const GArray *lines, uint32_t first)
{
    const Line *all = (const Line *)lines->data;
    PolicyJoint joint = POLICY_JOINT_BREAK;
    PolicyJoint of_numbers = POLICY_JOINT_BREAK;
    unsigned n_numbers = 0;

    for (uint32_t at = first; at != NO_RUN; at = all[at].next) {
        PolicyPlace place = {all[at].index, joint};

        if (!is_number(all[at].run)) {
            n_numbers = 0;
        } else if (n_numbers == 0) {
            n_numbers = count_numbers(all, at);
            of_numbers = find_joint_of_numbers(lines, at, n_numbers);
        }
        joint = n_numbers > 0 ? of_numbers : POLICY_JOINT_WRAP;
        g_array_append_val(places, place);
    }
}

GArray *
policy_detect_find_blocks(const PolicyDetectRun *runs, unsigned n_runs)
{
    g_autoptr(GArray) lines = find_lines(runs, n_runs);
    GArray *places = g_array_new(FALSE, FALSE, sizeof(PolicyPlace));

    for (unsigned i = 0; i < lines->len; i++) {
        const Line *line = &g_array_index(lines, Line, i);

        if (line->next != NO_RUN && !line->has_above)
            add_block(places, lines, i);
    }
    return places;
}
