/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-tables.h"

#include "policies/detect-rows.h"

#include <string.h>

#define N_WRAPS_MAX 3    /* of a head */
#define N_RANDOM_MIN 2   /* values, to know a table again without its head */
#define N_KNOWN_MAX 2048 /* values of a table; then all are forgotten */

struct PolicyDetectMemory {
    PolicyTable table;
    GHashTable *values; /* set of texts: those of its passwords that were seen */
    gboolean is_set;
    gboolean is_seen;
};

/* --- a head --- */

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

static int
get_right_of(const PolicyDetectText *text, const PolicyLine *head, const PolicyLine *row)
{
    return head->end < row->end ? get_box(text, head->end)->x : INT_MAX;
}

static gboolean
try_head(const PolicyDetectText *text, const PolicyLine *line, PolicyTableHead *out)
{
    return policy_detect_head_read(text, policy_detect_line_start(text, line),
                                   policy_detect_line_end(text, line),
                                   policy_detect_line_is_above_rule(text, line), out);
}

/* A run by itself, a row, or a line that goes on in the one below. */
static gboolean
find_head(const PolicyDetectText *text, unsigned i, PolicyTable *out, PolicyLine *out_line)
{
    PolicyLine row = policy_detect_line_get(text, i);
    PolicyLine line = {i, i + 1};
    gboolean is_found = try_head(text, &line, &out->head);

    if (!is_found && (row.first < i || row.end > i + 1)) {
        line = row;
        is_found = try_head(text, &line, &out->head);
    }
    for (unsigned n = 0; !is_found && n < N_WRAPS_MAX && row.end < text->segments->len &&
                         get_segment(text, row.end)->joint == POLICY_JOINT_WRAP;
         n++) {
        row.end = policy_detect_line_get(text, row.end).end;
        line = row;
        is_found = try_head(text, &line, &out->head) && out->head.format == POLICY_CELLS_COMMAS;
    }
    if (!is_found)
        return FALSE;
    memset(out->places, 0, sizeof(out->places));
    *out_line = line;
    out->left = get_box(text, line.first)->x - 2 * get_box(text, line.first)->height;
    out->right = get_right_of(text, &line, &row);
    return TRUE;
}

static void
note_value(PolicyDetectMemory *memory, char *value)
{
    if (g_hash_table_size(memory->values) >= N_KNOWN_MAX)
        g_hash_table_remove_all(memory->values);
    g_hash_table_add(memory->values, value);
}

static char *
dup_value(const PolicyDetectText *text, const PolicyCell *cell)
{
    return g_strndup(text->flat->str + cell->start, cell->end - cell->start);
}

/* @values: of PolicyCell */
static void
hide_values(PolicyDetectText *text, const GArray *values)
{
    for (unsigned i = 0; i < values->len; i++) {
        const PolicyCell *cell = &g_array_index(values, PolicyCell, i);

        policy_detect_text_add(text, cell->start, cell->end, POLICY_SECRET_PASSWORD);
        if (text->memory != NULL && text->memory->is_seen)
            note_value(text->memory, dup_value(text, cell));
    }
}

/* --- one thing in each row --- */

/* "password | lovelace", as psql tells one record; not the head of a table that a rule is below. */
static void
add_beside(const PolicyDetectText *text, unsigned i, GArray *values)
{
    PolicyLine line = policy_detect_line_get(text, i);
    PolicyCells cells;

    policy_detect_cells_split(text, policy_detect_line_start(text, &line),
                              policy_detect_line_end(text, &line), POLICY_CELLS_RULED, &cells);
    if (cells.n == 2 && policy_detect_head_is_password(text, &cells.all[0]) &&
        !policy_detect_line_is_above_rule(text, &line) &&
        policy_detect_cell_is_value(text, &cells.all[1]))
        g_array_append_val(values, cells.all[1]);
}

/* --- below its head --- */

static gboolean
are_random(const PolicyDetectText *text, const GArray *values)
{
    unsigned n = 0;

    for (unsigned i = 0; i < values->len; i++)
        n += policy_detect_cell_is_random(text, &g_array_index(values, PolicyCell, i));
    return n >= N_RANDOM_MIN && n * 2 >= values->len;
}

static void
add_rows(PolicyDetectText *text, PolicyTable *table, const PolicyLine *head, GArray *values)
{
    policy_detect_rows_read(text, table, head, policy_detect_line_get(text, head->end - 1).end,
                            values);
    if (table->head.is_guess && !are_random(text, values))
        g_array_set_size(values, 0);
    if (values->len == 0 || text->memory == NULL)
        return;
    text->memory->table = *table;
    text->memory->is_set = text->memory->is_seen = TRUE;
}

size_t
policy_detect_table_look_at(PolicyDetectText *text, size_t at, gboolean *out_has_values)
{
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(PolicyCell));
    unsigned i = policy_detect_text_find(text, at);
    PolicyLine line = policy_detect_line_get(text, i);
    size_t end = policy_detect_line_end(text, &line);
    PolicyTable table;

    if (find_head(text, i, &table, &line))
        add_rows(text, &table, &line, values);
    else
        add_beside(text, i, values);
    *out_has_values = values->len > 0;
    hide_values(text, values);
    return end;
}

/* --- without it --- */

static gboolean
are_known(const PolicyDetectText *text, const GArray *values)
{
    gboolean is_known = FALSE;

    for (unsigned i = 0; !is_known && i < values->len; i++) {
        g_autofree char *value = dup_value(text, &g_array_index(values, PolicyCell, i));

        is_known = g_hash_table_contains(text->memory->values, value);
    }
    return is_known;
}

void
policy_detect_table_look_again(PolicyDetectText *text)
{
    PolicyDetectMemory *memory = text->memory;
    unsigned next = 0;

    if (memory == NULL || !memory->is_set || memory->is_seen)
        return;
    while (next < text->segments->len) {
        g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(PolicyCell));
        PolicyLine line = policy_detect_line_get(text, next);
        PolicyTable table = memory->table;

        next = policy_detect_rows_read(text, &table, &line, next, values);
        next = MAX(next, line.end);
        if (!are_known(text, values) && !are_random(text, values))
            continue;
        memory->is_seen = TRUE;
        hide_values(text, values);
    }
}

/* --- what is known of the views before --- */

PolicyDetectMemory *
policy_detect_memory_new(void)
{
    PolicyDetectMemory *self = g_new0(PolicyDetectMemory, 1);

    self->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

void
policy_detect_memory_free(PolicyDetectMemory *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->values);
    g_free(self);
}

void
policy_detect_memory_clear(PolicyDetectMemory *self)
{
    self->is_set = self->is_seen = FALSE;
    g_hash_table_remove_all(self->values);
}

gboolean
policy_detect_memory_is_seen(const PolicyDetectMemory *self)
{
    return self->is_seen;
}

void
policy_detect_table_begin_view(PolicyDetectMemory *memory)
{
    if (memory != NULL)
        memory->is_seen = FALSE;
}
