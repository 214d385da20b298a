/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-layout.h"

#include <string.h>

#define N_LOOKED_AT_MAX 256 /* runs behind one, for the one that is below it */
#define N_ROWS_BESIDE 3     /* by which a full line is told */
#define WRAP_LENGTH_MIN_BYTES 8
#define HEIGHTS_OF_A_ROW_MAX 2
#define INDENT_MAX_HEIGHTS 4

typedef struct {
    const PolicyDetectRun *run;
    uint32_t index;
    uint32_t row;
    int below; /* position in the rows' order, or -1 */
    gboolean has_above;
} Cell;

static int
compare_rows(const void *a, const void *b)
{
    const BaseRect *box_a = &((const Cell *)a)->run->box;
    const BaseRect *box_b = &((const Cell *)b)->run->box;

    return box_a->y + box_a->height / 2 - (box_b->y + box_b->height / 2);
}

static int
compare_columns(const void *a, const void *b)
{
    return ((const Cell *)a)->run->box.x - ((const Cell *)b)->run->box.x;
}

/* A turned line is as high as many lines that stand beside it. */
static gboolean
is_in_row_of(const BaseRect *first, const BaseRect *box)
{
    int below_middle = first->height > HEIGHTS_OF_A_ROW_MAX * box->height
                           ? first->height / 2 + box->height * 3 / 4
                           : first->height;

    return box->y + box->height / 2 < first->y + below_middle;
}

static GArray *
sort_cells(const PolicyDetectRun *runs, unsigned n_runs)
{
    GArray *cells = g_array_sized_new(FALSE, TRUE, sizeof(Cell), n_runs);
    Cell *all;
    unsigned first = 0;
    unsigned row = 0;

    for (unsigned i = 0; i < n_runs; i++) {
        Cell cell = {runs + i, i, 0, -1, FALSE};

        g_array_append_val(cells, cell);
    }
    if (n_runs == 0)
        return cells;
    all = (Cell *)cells->data;
    qsort(all, n_runs, sizeof(Cell), compare_rows);
    for (unsigned i = 1; i <= n_runs; i++) {
        const BaseRect *start = &all[first].run->box;
        const BaseRect *box = i < n_runs ? &all[i].run->box : NULL;

        all[i - 1].row = row;
        if (box != NULL && is_in_row_of(start, box))
            continue;
        qsort(all + first, i - first, sizeof(Cell), compare_columns);
        first = i;
        row++;
    }
    return cells;
}

static int
get_right(const BaseRect *box)
{
    return box->x + box->width;
}

/* --- lines that are full --- */

static int
find_right_edge(const GArray *cells, unsigned at)
{
    const Cell *all = (const Cell *)cells->data;
    const BaseRect *box = &all[at].run->box;
    int right = get_right(box);

    for (unsigned i = at; i > 0 && all[i - 1].row + N_ROWS_BESIDE >= all[at].row; i--)
        if (all[i - 1].run->box.x < get_right(box) && at - i < N_LOOKED_AT_MAX)
            right = MAX(right, get_right(&all[i - 1].run->box));
    for (unsigned i = at + 1; i < cells->len && all[i].row <= all[at].row + N_ROWS_BESIDE; i++)
        if (all[i].run->box.x < get_right(box) && i - at < N_LOOKED_AT_MAX)
            right = MAX(right, get_right(&all[i].run->box));
    return right;
}

/* Whether @at ends where its neighbours end, so that a word may have been broken there. */
static gboolean
is_full(const GArray *cells, unsigned at)
{
    const PolicyDetectRun *run = g_array_index(cells, Cell, at).run;
    size_t length = strlen(run->text);

    return length >= WRAP_LENGTH_MIN_BYTES && g_ascii_isgraph(run->text[length - 1]) &&
           get_right(&run->box) + policy_detect_text_letter_width(run) * 5 / 2 >=
               find_right_edge(cells, at);
}

/* --- rows --- */

static PolicyJoint
find_joint_in_row(const BaseRect *left, const BaseRect *right)
{
    int gap = right->x - get_right(left);
    int height = MAX(MIN(left->height, right->height), 1);

    if (gap * 5 <= height)
        return POLICY_JOINT_TIGHT;
    return gap <= height * 2 ? POLICY_JOINT_NEAR : POLICY_JOINT_FAR;
}

static PolicyJoint
find_joint_below(const GArray *cells, unsigned upper, unsigned lower, unsigned first_of_row)
{
    const Cell *all = (const Cell *)cells->data;
    const BaseRect *box = &all[upper].run->box;
    const BaseRect *below = &all[lower].run->box;
    int left = all[first_of_row].run->box.x;

    if (below->y - (box->y + box->height) > 2 * MAX(box->height, below->height))
        return POLICY_JOINT_BREAK;
    if (all[upper].run->is_cell || all[lower].run->is_cell)
        return POLICY_JOINT_LINE;
    if (below->x <= left + 3 * policy_detect_text_letter_width(all[upper].run) &&
        is_full(cells, upper))
        return POLICY_JOINT_WRAP;
    return POLICY_JOINT_LINE;
}

static void
order_rows(PolicyDetectLayout *self, const GArray *cells)
{
    const Cell *all = (const Cell *)cells->data;
    unsigned first_of_row = 0;

    for (unsigned i = 0; i < cells->len; i++) {
        PolicyPlace place = {all[i].index, POLICY_JOINT_BREAK};

        if (i > 0 && all[i].row == all[i - 1].row) {
            place.joint = find_joint_in_row(&all[i - 1].run->box, &all[i].run->box);
            self->is_same = FALSE;
        } else if (i > 0) {
            place.joint = find_joint_below(cells, i - 1, i, first_of_row);
            first_of_row = i;
        }
        g_array_append_val(self->rows, place);
    }
}

/* --- columns --- */

static gboolean
is_within_heights(const BaseRect *upper, const BaseRect *lower, int n_heights)
{
    int gap = lower->y - (upper->y + upper->height);
    int height = MAX(upper->height, lower->height);

    return gap <= n_heights * height && gap >= -height / 2;
}

static gboolean
is_aligned(const BaseRect *upper, const BaseRect *lower)
{
    int common = MIN(get_right(upper), get_right(lower)) - MAX(upper->x, lower->x);

    return common * 2 >= MIN(upper->width, lower->width) ||
           ABS(upper->x - lower->x) <= MAX(upper->height, lower->height);
}

static gboolean
is_next_below(const BaseRect *upper, const BaseRect *lower)
{
    return is_within_heights(upper, lower, 1) && is_aligned(upper, lower);
}

/* As what explains a term stands. */
static gboolean
is_indented_below(const BaseRect *upper, const BaseRect *lower)
{
    int indent = lower->x - upper->x;

    return is_within_heights(upper, lower, 1) && indent >= 0 &&
           indent <= INDENT_MAX_HEIGHTS * MAX(upper->height, lower->height);
}

static gboolean
is_below(const BaseRect *upper, const BaseRect *lower)
{
    return is_within_heights(upper, lower, 2) && is_aligned(upper, lower);
}

typedef gboolean (*IsBelow)(const BaseRect *upper, const BaseRect *lower);

static void
find_below(GArray *cells, IsBelow is_below_it)
{
    Cell *all = (Cell *)cells->data;

    for (unsigned i = 0; i < cells->len; i++) {
        const BaseRect *box = &all[i].run->box;

        for (unsigned j = i + 1; all[i].below < 0 && j < MIN(cells->len, i + N_LOOKED_AT_MAX);
             j++) {
            if (all[j].run->box.y > box->y + 4 * box->height)
                break;
            if (all[j].row == all[i].row || all[j].has_above || !is_below_it(box, &all[j].run->box))
                continue;
            all[i].below = (int)j;
            all[j].has_above = TRUE;
        }
    }
}

static void
order_columns(PolicyDetectLayout *self, GArray *cells)
{
    const Cell *all = (const Cell *)cells->data;

    find_below(cells, is_next_below);
    find_below(cells, is_indented_below);
    find_below(cells, is_below);
    for (unsigned i = 0; i < cells->len; i++) {
        PolicyPlace place = {all[i].index, POLICY_JOINT_BREAK};

        if (all[i].has_above)
            continue;
        g_array_append_val(self->columns, place);
        for (int upper = (int)i; all[upper].below >= 0; upper = all[upper].below) {
            unsigned lower = (unsigned)all[upper].below;

            place.run = all[lower].index;
            place.joint = find_joint_below(cells, (unsigned)upper, lower, (unsigned)upper);
            if (place.joint == POLICY_JOINT_BREAK)
                place.joint = POLICY_JOINT_LINE;
            g_array_append_val(self->columns, place);
        }
    }
}

static void
order_told(PolicyDetectLayout *self, const PolicyDetectRun *runs, unsigned n_runs)
{
    for (unsigned i = 0; i < n_runs; i++) {
        PolicyPlace place = {i, POLICY_JOINT_LINE};

        if (!runs[i].is_ocr)
            g_array_append_val(self->told, place);
    }
}

void
policy_detect_layout_init(PolicyDetectLayout *self, const PolicyDetectRun *runs, unsigned n_runs)
{
    g_autoptr(GArray) cells = sort_cells(runs, n_runs);

    self->rows = g_array_sized_new(FALSE, FALSE, sizeof(PolicyPlace), n_runs);
    self->columns = g_array_sized_new(FALSE, FALSE, sizeof(PolicyPlace), n_runs);
    self->told = g_array_sized_new(FALSE, FALSE, sizeof(PolicyPlace), n_runs);
    self->is_same = TRUE;
    order_rows(self, cells);
    if (!self->is_same)
        order_columns(self, cells);
    order_told(self, runs, n_runs);
}

void
policy_detect_layout_clear(PolicyDetectLayout *self)
{
    g_array_unref(self->rows);
    g_array_unref(self->columns);
    g_array_unref(self->told);
}
