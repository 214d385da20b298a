/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-rows.h"

#include "policies/detect-pattern.h"
#include "policies/detect-values.h"

#include <string.h>

#define VALUE_MIN_BYTES 3
#define N_ODD_LINES_MAX 2 /* in a row, that OCR read wrong; then the table is over */
#define HEIGHTS_TO_NEXT_MAX 3
#define N_WRAPS_MAX 3 /* of one row */
#define N_GROUPS_MAX 2

/* --- lines --- */

static const PolicySegment *
get_segment(const PolicyDetectText *text, unsigned i)
{
    return &g_array_index(text->segments, PolicySegment, i);
}

static const BaseRect *
get_box(const PolicyDetectText *text, unsigned i)
{
    return &text->runs[get_segment(text, i)->run].box;
}

static gboolean
goes_on(const PolicyDetectText *text, unsigned i)
{
    return policy_joint_is_in_row(get_segment(text, i)->joint);
}

PolicyLine
policy_detect_line_get(const PolicyDetectText *text, unsigned i)
{
    PolicyLine line = {i, i + 1};

    while (line.first > 0 && goes_on(text, line.first))
        line.first--;
    while (line.end < text->segments->len && goes_on(text, line.end))
        line.end++;
    return line;
}

size_t
policy_detect_line_start(const PolicyDetectText *text, const PolicyLine *line)
{
    return get_segment(text, line->first)->start;
}

size_t
policy_detect_line_end(const PolicyDetectText *text, const PolicyLine *line)
{
    return get_segment(text, line->end - 1)->end;
}

static gboolean
is_rule(const PolicyDetectText *text, const PolicyLine *line)
{
    return policy_detect_cells_is_rule(text, policy_detect_line_start(text, line),
                                       policy_detect_line_end(text, line));
}

gboolean
policy_detect_line_is_above_rule(const PolicyDetectText *text, const PolicyLine *line)
{
    PolicyLine below;

    if (line->end >= text->segments->len)
        return FALSE;
    below = policy_detect_line_get(text, line->end);
    return is_rule(text, &below);
}

/* --- where its columns stand --- */

static gboolean
is_of_passwords(const PolicyTable *table, unsigned i)
{
    return (table->head.columns & UINT64_C(1) << i) != 0;
}

static void
widen_place(PolicyTablePlace *place, const PolicyCell *cell)
{
    place->left = place->is_seen ? MIN(place->left, cell->left) : cell->left;
    place->right = place->is_seen ? MAX(place->right, cell->right) : cell->right;
    place->is_seen = TRUE;
}

/* What begins where others do; as long as there are none, what stands below the head. */
static gboolean
is_in_place(const PolicyTable *table, unsigned i, const PolicyCell *cell)
{
    const PolicyTablePlace *place = &table->places[i];
    const PolicyCell *head = &table->head.cells.all[i];
    int slack = table->head.cells.letter_width;

    if (ABS(cell->right - head->right) <= slack)
        return TRUE;
    return place->is_seen ? cell->left >= place->left - slack && cell->left < place->right
                          : cell->left < head->right && head->left < cell->right;
}

static gboolean
is_one_word(const PolicyDetectText *text, const PolicyCell *cell)
{
    return cell->start < cell->end &&
           memchr(text->flat->str + cell->start, ' ', cell->end - cell->start) == NULL;
}

/* --- its rows --- */

typedef struct {
    const PolicyDetectText *text;
    GArray *values; /* of PolicyCell: found in the rows */
    GArray *odd;    /* of PolicyLine: rows whose cells cannot be counted */
    unsigned n_odd; /* of those: they stand among others */
} Search;

static const pcre2_code *
get_value_pattern(void)
{
    static pcre2_code *pattern;

    if (g_once_init_enter(&pattern))
        g_once_init_leave(&pattern, policy_detect_pattern_compile(POLICY_NO_VALUE));
    return pattern;
}

static gboolean
matches_value(const char *at, size_t length)
{
    pcre2_match_data *data = pcre2_match_data_create(N_GROUPS_MAX, NULL);
    gboolean matches = policy_detect_pattern_match(get_value_pattern(), at, length, 0, data) > 0;

    pcre2_match_data_free(data);
    return matches;
}

gboolean
policy_detect_cell_is_value(const PolicyDetectText *text, const PolicyCell *cell)
{
    size_t length = cell->end - cell->start;
    const char *at = text->flat->str + cell->start;

    return length >= VALUE_MIN_BYTES && length <= POLICY_VALUE_MAX_BYTES &&
           (cell->is_quoted || memchr(at, ' ', length) == NULL) && matches_value(at, length);
}

gboolean
policy_detect_cell_is_random(const PolicyDetectText *text, const PolicyCell *cell)
{
    g_autofree char *content = g_strndup(text->flat->str + cell->start, cell->end - cell->start);
    g_auto(GStrv) words = g_strsplit(content, " ", -1);
    gboolean is_random = FALSE;

    for (unsigned i = 0; words[i] != NULL; i++)
        is_random |= policy_detect_count_random(words[i]) > 0;
    return is_random;
}

/* OCR may have parted it. */
static gboolean
is_read_value(const PolicyDetectText *text, const PolicyCell *cell)
{
    return policy_detect_text_is_ocr(text, cell->start) &&
           cell->end - cell->start <= POLICY_VALUE_MAX_BYTES &&
           policy_detect_cell_is_random(text, cell);
}

static void
add_value(const Search *self, const PolicyCell *cell)
{
    if (policy_detect_cell_is_value(self->text, cell) || is_read_value(self->text, cell))
        g_array_append_vals(self->values, cell, 1);
}

/* Whether the cells stand below the heads that they are counted for. */
static gboolean
stand_in_place(const Search *self, const PolicyTable *table, const PolicyCells *cells)
{
    for (unsigned i = 0; i < cells->n; i++) {
        const PolicyCell *cell = &cells->all[i];

        if (is_of_passwords(table, i) && cell->start < cell->end &&
            (!is_in_place(table, i, cell) || !is_one_word(self->text, cell)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
may_be_row(const Search *self,
           const PolicyTable *table,
           PolicyCellsFormat format,
           const PolicyCells *cells)
{
    gboolean is_ocr;

    if (cells->n != table->head.cells.n)
        return FALSE;
    is_ocr = policy_detect_text_is_ocr(self->text, cells->all[0].start);
    if (format == POLICY_CELLS_COMMAS)
        return table->head.is_spaced || !policy_detect_head_is_spaced(self->text, cells);
    return format != POLICY_CELLS_WIDE || !is_ocr || stand_in_place(self, table, cells);
}

/* Cell by cell. Returns: whether @row has as many as the head */
static gboolean
add_counted(const Search *self, PolicyTable *table, const PolicyLine *row, PolicyCellsFormat format)
{
    PolicyCells cells;

    policy_detect_cells_split(self->text, policy_detect_line_start(self->text, row),
                              policy_detect_line_end(self->text, row), format, &cells);
    if (!may_be_row(self, table, format, &cells))
        return FALSE;
    for (unsigned i = 0; i < cells.n; i++) {
        if (!is_of_passwords(table, i) || cells.all[i].start == cells.all[i].end)
            continue;
        add_value(self, &cells.all[i]);
        widen_place(&table->places[i], &cells.all[i]);
    }
    return TRUE;
}

static gboolean
add_row(const Search *self, PolicyTable *table, const PolicyLine *row)
{
    PolicyCellsFormat format = table->head.format;

    if (format == POLICY_CELLS_COMMAS || format == POLICY_CELLS_BLANKS)
        return add_counted(self, table, row, format);
    return add_counted(self, table, row, POLICY_CELLS_RULED) ||
           add_counted(self, table, row, POLICY_CELLS_WIDE);
}

/* OCR left some values or commas out. */
static gboolean
is_read_list(const Search *self, const PolicyLine *row)
{
    size_t start = policy_detect_line_start(self->text, row);
    PolicyCells cells;

    policy_detect_cells_split(self->text, start, policy_detect_line_end(self->text, row),
                              POLICY_CELLS_COMMAS, &cells);
    return cells.n > 1 && policy_detect_text_is_ocr(self->text, start);
}

static gboolean
has_cell_below(const Search *self, PolicyTable *table, unsigned i, const PolicyCells *cells)
{
    gboolean has_one = FALSE;

    for (unsigned k = 0; k < cells->n; k++) {
        if (!is_in_place(table, i, &cells->all[k]))
            continue;
        has_one = TRUE;
        if (is_of_passwords(table, i) && is_one_word(self->text, &cells->all[k]))
            widen_place(&table->places[i], &cells->all[k]);
    }
    return has_one;
}

/* Some cells are empty, or OCR left out a head, or what parts them. */
static gboolean
is_placed_row(const Search *self, PolicyTable *table, const PolicyLine *row)
{
    gboolean has_one = FALSE;
    PolicyCells cells;

    if (table->head.format == POLICY_CELLS_COMMAS)
        return is_read_list(self, row);
    if (table->head.format == POLICY_CELLS_BLANKS)
        return FALSE;
    policy_detect_cells_split(self->text, policy_detect_line_start(self->text, row),
                              policy_detect_line_end(self->text, row), POLICY_CELLS_WIDE, &cells);
    for (unsigned i = 0; cells.n > 1 && i < table->head.cells.n; i++)
        has_one |= has_cell_below(self, table, i, &cells);
    return has_one;
}

/* What stands in @row where the passwords of others do. OCR takes two cells for one. */
static void
add_placed(const Search *self, const PolicyTable *table, const PolicyLine *row)
{
    size_t start = policy_detect_line_start(self->text, row);
    PolicyCells cells;

    policy_detect_cells_split(self->text, start, policy_detect_line_end(self->text, row),
                              policy_detect_text_is_ocr(self->text, start) ? POLICY_CELLS_BLANKS
                                                                           : POLICY_CELLS_WIDE,
                              &cells);
    for (unsigned i = 0; i < table->head.cells.n; i++) {
        for (unsigned k = 0; is_of_passwords(table, i) && k < cells.n; k++) {
            if (is_in_place(table, i, &cells.all[k]))
                add_value(self, &cells.all[k]);
        }
    }
}

/* OCR took a comma for something else: what is of letters and digits may be the password. */
static void
add_random(const Search *self, const PolicyLine *row)
{
    PolicyCells cells;

    policy_detect_cells_split(self->text, policy_detect_line_start(self->text, row),
                              policy_detect_line_end(self->text, row), POLICY_CELLS_COMMAS, &cells);
    for (unsigned i = 0; i < cells.n; i++) {
        if (policy_detect_cell_is_random(self->text, &cells.all[i]))
            add_value(self, &cells.all[i]);
    }
}

static void
add_odd(const Search *self, const PolicyTable *table)
{
    for (unsigned i = 0; i < self->n_odd; i++) {
        const PolicyLine *row = &g_array_index(self->odd, PolicyLine, i);

        if (table->head.format == POLICY_CELLS_COMMAS)
            add_random(self, row);
        else if (table->head.format != POLICY_CELLS_BLANKS)
            add_placed(self, table, row);
    }
}

static int
get_right(const BaseRect *box)
{
    return box->x + box->width;
}

/* Of the row that begins with segment @i what belongs to the table; it may be nothing. */
static PolicyLine
cut_row(const PolicyDetectText *text, const PolicyTable *table, unsigned i)
{
    PolicyLine row = policy_detect_line_get(text, i);

    while (row.first < row.end && get_right(get_box(text, row.first)) < table->left)
        row.first++;
    while (row.end > row.first && get_box(text, row.end - 1)->x >= table->right)
        row.end--;
    return row;
}

static gboolean
is_near(const PolicyDetectText *text, const PolicyLine *upper, const PolicyLine *lower)
{
    const BaseRect *box = get_box(text, upper->first);
    const BaseRect *below = get_box(text, lower->first);

    return below->y - (box->y + box->height) <= HEIGHTS_TO_NEXT_MAX * box->height;
}

/* A row that is as wide as the view goes on in the next line. Returns: whether it is a row */
static gboolean
add_wrapped_row(const Search *self, PolicyTable *table, PolicyLine *row)
{
    const PolicyDetectText *text = self->text;
    PolicyLine longer = *row;

    if (add_row(self, table, row))
        return TRUE;
    for (unsigned n = 0; n < N_WRAPS_MAX && longer.end < text->segments->len &&
                         get_segment(text, longer.end)->joint == POLICY_JOINT_WRAP;
         n++) {
        longer.end = policy_detect_line_get(text, longer.end).end;
        if (add_row(self, table, &longer)) {
            *row = longer;
            return TRUE;
        }
    }
    return FALSE;
}

/* Returns: whether @row belongs to the table, for all that is known */
static gboolean
take_row(Search *self, PolicyTable *table, PolicyLine *row)
{
    if (add_wrapped_row(self, table, row)) {
        self->n_odd = self->odd->len;
        return TRUE;
    }
    g_array_append_val(self->odd, *row);
    if (!is_placed_row(self, table, row))
        return FALSE;
    self->n_odd = self->odd->len;
    return TRUE;
}

/* Returns: the segment behind the last row, or @next */
static unsigned
read_rows(Search *self, PolicyTable *table, PolicyLine last, unsigned next)
{
    const PolicyDetectText *text = self->text;
    unsigned n_odd = 0;
    unsigned end = next;

    for (unsigned n = 0; n < POLICY_TABLE_N_ROWS_MAX && next < text->segments->len; n++) {
        PolicyLine row = cut_row(text, table, next);

        next = policy_detect_line_get(text, next).end;
        if (row.first == row.end)
            continue;
        if (!is_near(text, &last, &row) || n_odd > N_ODD_LINES_MAX)
            break;
        last = row;
        if (is_rule(text, &row))
            continue;
        n_odd = take_row(self, table, &row) ? 0 : n_odd + 1;
        if (n_odd > 0 && !text->runs[get_segment(text, row.first)->run].is_ocr)
            break;
        next = MAX(next, row.end);
        end = n_odd == 0 ? next : end;
    }
    return end;
}

unsigned
policy_detect_rows_read(const PolicyDetectText *text,
                        PolicyTable *table,
                        const PolicyLine *last,
                        unsigned next,
                        GArray *values)
{
    g_autoptr(GArray) odd = g_array_new(FALSE, FALSE, sizeof(PolicyLine));
    Search search = {text, values, odd, 0};
    unsigned end = read_rows(&search, table, *last, next);

    add_odd(&search, table);
    return end;
}
