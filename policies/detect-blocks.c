/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-blocks.h"

#include <string.h>

#define N_LOOKED_AT_MAX 256 /* lines behind one, for the next of its block */
#define LINE_MIN_BYTES 8
#define WORD_MIN_BYTES 4
#define NO_RUN UINT32_MAX
#define GAP_SHARE 0.7        /* of a line's height, between it and the next: 1.7 lines apart */
#define GAP_SHARE_CELL 0.125 /* of a table: the next row's cell is farther away */
#define HEIGHT_RATIO 1.5
#define N_NUMBERS_MAX 3 /* lines of digits alone: more of them are a list */

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
           below->x + below->width <= box->x + box->width + letter &&
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

static gboolean
is_number(const PolicyDetectRun *run)
{
    return run->text[strspn(run->text, "0123456789")] == '\0';
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

static void
add_block(GArray *places, const Line *all, uint32_t first)
{
    PolicyJoint joint = POLICY_JOINT_BREAK;
    unsigned n_numbers = 0;

    for (uint32_t at = first; at != NO_RUN; at = all[at].next) {
        PolicyPlace place = {all[at].index, joint};

        if (!is_number(all[at].run))
            n_numbers = 0;
        else if (n_numbers == 0)
            n_numbers = count_numbers(all, at);
        joint = n_numbers > N_NUMBERS_MAX ? POLICY_JOINT_LINE : POLICY_JOINT_WRAP;
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
            add_block(places, (const Line *)lines->data, i);
    }
    return places;
}
