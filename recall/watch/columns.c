/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/columns.h"

#include "policies/detect-values.h"
#include "policies/detect.h"

#include <string.h>

#define VALUE_MIN_BYTES 4
#define HEIGHTS_TO_NEXT_MAX 2 /* from one value to the one below it */
#define N_RANDOM_MIN 2        /* without a value that was seen before */

typedef struct {
    int left; /* of all values */
    int right;
    GHashTable *values; /* set of their texts */
    int64_t seen_us;
} Column;

struct RecallColumns {
    GPtrArray *all; /* of Column */
};

static void
free_column(void *data)
{
    g_hash_table_unref(((Column *)data)->values);
    g_free(data);
}

RecallColumns *
recall_columns_new(void)
{
    RecallColumns *self = g_new0(RecallColumns, 1);

    self->all = g_ptr_array_new_with_free_func(free_column);
    return self;
}

void
recall_columns_free(RecallColumns *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->all);
    g_free(self);
}

void
recall_columns_clear(RecallColumns *self)
{
    g_ptr_array_set_size(self->all, 0);
}

/* --- what stands in one --- */

static gboolean
begins_in(const Column *column, const BaseRect *box)
{
    return box->x >= column->left - box->height / 2 && box->x < column->right;
}

static gboolean
is_word(const char *text)
{
    size_t length = strlen(text);

    return length >= VALUE_MIN_BYTES && length <= POLICY_VALUE_MAX_BYTES &&
           strchr(text, ' ') == NULL;
}

static gboolean
is_random(const char *text)
{
    return *text != '\0' && policy_detect_count_random(text) == strlen(text);
}

/* A run, and its index. */
typedef struct {
    const RecallRun *run;
    unsigned index;
} Cell;

static int
compare_cells(const void *a, const void *b)
{
    return ((const Cell *)a)->run->box.y - ((const Cell *)b)->run->box.y;
}

/* Returns: (transfer full): of Cell: what begins where the values do, from above */
static GArray *
pick_cells(const Column *column, const GPtrArray *runs)
{
    GArray *cells = g_array_new(FALSE, FALSE, sizeof(Cell));

    for (unsigned i = 0; i < runs->len; i++) {
        Cell cell = {runs->pdata[i], i};

        if (begins_in(column, &cell.run->box))
            g_array_append_val(cells, cell);
    }
    g_array_sort(cells, compare_cells);
    return cells;
}

/* Whether @lower may be the next value below @upper. */
static gboolean
follows(const Cell *upper, const Cell *lower)
{
    const BaseRect *box = &upper->run->box;

    return is_word(lower->run->text) &&
           lower->run->box.y - (box->y + box->height) <= HEIGHTS_TO_NEXT_MAX * box->height;
}

static void
add_cell(const Cell *cell, GArray *found)
{
    PolicySecretRange range = {.run = cell->index,
                               .end_bytes = strlen(cell->run->text),
                               .kind = POLICY_SECRET_PASSWORD,
                               .is_in_column = TRUE};

    g_array_append_val(found, range);
}

/* @cells: one below the other */
static void
judge_cells(const Column *column, const Cell *cells, unsigned n, GArray *found)
{
    unsigned n_known = 0;
    unsigned n_random = 0;

    for (unsigned i = 0; i < n; i++) {
        n_known += g_hash_table_contains(column->values, cells[i].run->text);
        n_random += is_random(cells[i].run->text);
    }
    if (n_known == 0 && (n_random < N_RANDOM_MIN || n_random * 2 < n))
        return;
    for (unsigned i = 0; i < n; i++)
        add_cell(&cells[i], found);
}

static void
find_in(const Column *column, const GPtrArray *runs, GArray *found)
{
    g_autoptr(GArray) cells = pick_cells(column, runs);
    const Cell *all = (const Cell *)cells->data;
    unsigned first = 0;

    while (first < cells->len) {
        unsigned end = first + 1;

        while (end < cells->len && follows(&all[end - 1], &all[end]))
            end++;
        if (is_word(all[first].run->text))
            judge_cells(column, all + first, end - first, found);
        else
            judge_cells(column, all + first + 1, end - first - 1, found);
        first = end;
    }
}

/* Its head is in view. */
static gboolean
is_found(const Column *column, const GPtrArray *runs, const GArray *found)
{
    for (unsigned i = 0; i < found->len; i++) {
        const PolicySecretRange *range = &g_array_index(found, PolicySecretRange, i);

        if (range->is_in_column && begins_in(column, &((RecallRun *)runs->pdata[range->run])->box))
            return TRUE;
    }
    return FALSE;
}

void
recall_columns_find(const RecallColumns *self, const GPtrArray *runs, GArray *found)
{
    for (unsigned i = 0; i < self->all->len; i++) {
        if (!is_found(self->all->pdata[i], runs, found))
            find_in(self->all->pdata[i], runs, found);
    }
}

/* --- what is known of them --- */

static Column *
find_column(const RecallColumns *self, const BaseRect *box)
{
    for (unsigned i = 0; i < self->all->len; i++) {
        if (begins_in(self->all->pdata[i], box))
            return self->all->pdata[i];
    }
    return NULL;
}

static Column *
add_column(RecallColumns *self, const BaseRect *box)
{
    Column *column;

    if (self->all->len >= RECALL_COLUMNS_N_MAX)
        return NULL;
    column = g_new0(Column, 1);
    *column = (Column){.left = box->x,
                       .right = box->x + box->width,
                       .values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    g_ptr_array_add(self->all, column);
    return column;
}

static void
note_value(RecallColumns *self, const RecallRun *run, int64_t now_us)
{
    Column *column = find_column(self, &run->box);

    if (column == NULL)
        column = add_column(self, &run->box);
    if (column == NULL)
        return;
    if (g_hash_table_size(column->values) >= RECALL_COLUMNS_N_VALUES_MAX)
        g_hash_table_remove_all(column->values);
    g_hash_table_add(column->values, g_strdup(run->text));
    column->left = MIN(column->left, run->box.x);
    column->right = MAX(column->right, run->box.x + run->box.width);
    column->seen_us = now_us;
}

void
recall_columns_note(RecallColumns *self, const GPtrArray *runs, const GArray *found, int64_t now_us)
{
    for (unsigned i = 0; i < found->len; i++) {
        const PolicySecretRange *range = &g_array_index(found, PolicySecretRange, i);

        if (range->is_in_column)
            note_value(self, runs->pdata[range->run], now_us);
    }
    for (unsigned i = self->all->len; i > 0; i--) {
        if (now_us - ((Column *)self->all->pdata[i - 1])->seen_us >= RECALL_COLUMNS_GONE_US)
            g_ptr_array_remove_index(self->all, i - 1);
    }
}
