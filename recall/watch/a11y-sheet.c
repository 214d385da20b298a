/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-sheet.h"

#include "recall/watch/a11y-cells.h"

#include <string.h>
#include <xxhash.h>

#define TABLE "org.a11y.atspi.Table"
#define COORDINATES_ON_SCREEN 0
#define CORNER_INSET_PX 3
#define ROW_MAX 1048576
#define COLUMN_MAX 16384

gboolean
recall_a11y_parse_cell_name(const char *name, int *out_row, int *out_column)
{
    int64_t column = 0;
    uint64_t row = 0;

    while (g_ascii_isupper(*name) && column <= COLUMN_MAX)
        column = column * 26 + (*name++ - 'A' + 1);
    if (column == 0 || column > COLUMN_MAX ||
        !g_ascii_string_to_unsigned(name, 10, 1, ROW_MAX, &row, NULL))
        return FALSE;
    *out_row = (int)row - 1;
    *out_column = (int)column - 1;
    return TRUE;
}

/* Which cell is at a point; LibreOffice's coordinates. */
static gboolean
ask_cell_at(RecallA11yReading *reading,
            const char *table,
            int x,
            int y,
            int *out_row,
            int *out_column)
{
    g_autoptr(GVariant) reply =
        recall_a11y_link_ask(reading->link, table, RECALL_A11Y_COMPONENT, "GetAccessibleAtPoint",
                             g_variant_new("(iiu)", x, y, COORDINATES_ON_SCREEN), "((so))");
    g_autoptr(GVariant) name = NULL;
    const char *path = NULL;

    if (reply == NULL)
        return FALSE;
    g_variant_get(reply, "((&s&o))", NULL, &path);
    name = recall_a11y_link_get_property(reading->link, path, RECALL_A11Y_ACCESSIBLE, "Name", "s");
    return name != NULL &&
           recall_a11y_parse_cell_name(g_variant_get_string(name, NULL), out_row, out_column);
}

/* A merged cell that runs out of view begins before the corner that it lies at: the other corner of
 * that side tells better. */
static gboolean
ask_range(RecallA11yReading *reading,
          const char *table,
          const BaseRect *box,
          RecallA11yCells *range)
{
    int row[4] = {0}; /* at the corners: even ones at the left, the first two above */
    int column[4] = {0};
    int last_row = 0;
    int last_column = 0;

    for (int i = 0; i < 4; i++) {
        int x = i % 2 == 0 ? CORNER_INSET_PX : box->width - CORNER_INSET_PX;
        int y = i / 2 == 0 ? CORNER_INSET_PX : box->height - CORNER_INSET_PX;

        if (!ask_cell_at(reading, table, box->x + x, box->y + y, &row[i], &column[i]))
            return FALSE;
    }
    range->row = MAX(row[0], row[1]);
    range->column = MAX(column[0], column[2]);
    last_row = MAX(row[2], row[3]);
    last_column = MAX(column[1], column[3]);
    range->n_rows = last_row - range->row + 1;
    range->n_columns = last_column - range->column + 1;
    return range->n_rows > 0 && range->n_columns > 0 &&
           range->n_rows <= RECALL_A11Y_SHEET_SIDE_MAX &&
           range->n_columns <= RECALL_A11Y_SHEET_SIDE_MAX &&
           range->n_rows * range->n_columns <= RECALL_A11Y_SHEET_N_CELLS_MAX;
}

/* Returns: (transfer full): the path in the answer, or NULL */
static char *
parse_cell(const RecallA11yReading *reading, GVariant *reply)
{
    const char *name = NULL;
    const char *path = NULL;

    if (reply == NULL || !g_variant_is_of_type(reply, G_VARIANT_TYPE("((so))")))
        return NULL;
    g_variant_get(reply, "((&s&o))", &name, &path);
    if (!g_str_equal(name, recall_a11y_link_get_bus_name(reading->link)) ||
        g_str_has_suffix(path, "/null"))
        return NULL;
    return g_strdup(path);
}

/* In the memory's table of cells. */
static uint64_t
make_key(const char *table, const RecallA11yCells *range, int index)
{
    int address[2] = {range->row + index / range->n_columns,
                      range->column + index % range->n_columns};

    return XXH3_64bits_withSeed(address, sizeof(address), XXH3_64bits(table, strlen(table)));
}

/* Fills the gaps of range->cells. A path is good for some 15 seconds only; those that were told
 * together go together. */
static void
ask_cells(RecallA11yReading *reading, const char *table, RecallA11yCells *range)
{
    int n = range->n_rows * range->n_columns;
    g_autofree RecallA11yCall *calls = g_new0(RecallA11yCall, n);
    g_autofree int *asked = g_new0(int, n);
    unsigned n_asked = 0;

    for (int i = 0; i < n; i++) {
        if (range->cells[i] != NULL)
            continue;
        calls[n_asked] = (RecallA11yCall){table, TABLE, "GetAccessibleAt",
                                          g_variant_new("(ii)", range->row + i / range->n_columns,
                                                        range->column + i % range->n_columns),
                                          NULL};
        asked[n_asked++] = i;
    }
    recall_a11y_link_ask_all(reading->link, calls, n_asked);
    for (unsigned i = 0; i < n_asked; i++) {
        g_autofree char *path = parse_cell(reading, calls[i].reply);
        uint64_t key = make_key(table, range, asked[i]);

        recall_a11y_call_clear(&calls[i]);
        if (path == NULL)
            continue;
        range->cells[asked[i]] = recall_a11y_tree_get(reading->memory->tree, path);
        g_hash_table_insert(reading->memory->cells, g_memdup2(&key, sizeof(key)),
                            g_steal_pointer(&path));
    }
}

static void
recall_cells(RecallA11yReading *reading, const char *table, RecallA11yCells *range)
{
    int n = range->n_rows * range->n_columns;

    range->cells = g_new0(RecallA11yNode *, n);
    for (int i = 0; i < n; i++) {
        uint64_t key = make_key(table, range, i);
        const char *path = g_hash_table_lookup(reading->memory->cells, &key);

        if (path != NULL)
            range->cells[i] = recall_a11y_tree_get(reading->memory->tree, path);
    }
}

static void
ask_texts(RecallA11yReading *reading, const RecallA11yCells *range)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();

    for (int i = 0; i < range->n_rows * range->n_columns; i++) {
        if (range->cells[i] != NULL)
            g_ptr_array_add(nodes, range->cells[i]);
    }
    recall_a11y_tree_ask_texts(reading->link, nodes);
}

/* Returns: whether there were any */
static gboolean
drop_gone(RecallA11yCells *range)
{
    gboolean has_dropped = FALSE;

    for (int i = 0; i < range->n_rows * range->n_columns; i++) {
        if (range->cells[i] == NULL || !range->cells[i]->is_gone)
            continue;
        range->cells[i] = NULL;
        has_dropped = TRUE;
    }
    return has_dropped;
}

static void
fill_gaps(RecallA11yReading *reading, const char *table, RecallA11yCells *range)
{
    ask_cells(reading, table, range);
    ask_texts(reading, range);
}

/* Cells whose paths turn out to be bad are asked for anew, once. */
static void
ask_contents(RecallA11yReading *reading, const char *table, RecallA11yCells *range)
{
    recall_cells(reading, table, range);
    fill_gaps(reading, table, range);
    if (drop_gone(range))
        fill_gaps(reading, table, range);
}

/* So that a cell clear of the next change need not be asked again. */
static void
note_boxes(RecallA11yCells *range, const RecallA11yManner *manner)
{
    for (int i = 0; i < range->n_rows * range->n_columns; i++) {
        const BaseRect *column = &range->columns[i % range->n_columns];
        const BaseRect *row = &range->rows[i / range->n_columns];

        if (range->cells[i] != NULL)
            range->cells[i]->box =
                (BaseRect){column->x - manner->dx, row->y - manner->dy, column->width, row->height};
    }
}

/* Asks the boxes of the first row and of the first column. Returns: whether one of them is gone */
static gboolean
ask_edge(RecallA11yReading *reading, const RecallA11yCells *range)
{
    g_autoptr(GPtrArray) edge = g_ptr_array_new();
    gboolean has_gone = FALSE;

    for (int i = 0; i < range->n_rows * range->n_columns; i++) {
        if (range->cells[i] != NULL && (i < range->n_columns || i % range->n_columns == 0))
            g_ptr_array_add(edge, range->cells[i]);
    }
    recall_a11y_tree_ask_boxes(reading->link, edge);
    for (unsigned i = 0; i < edge->len; i++)
        has_gone |= ((const RecallA11yNode *)edge->pdata[i])->is_gone;
    return has_gone;
}

/* The grid follows from the boxes of the edge, whose cells are asked for anew, once, when they went
 * after they told their texts. */
static void
ask_grid(RecallA11yReading *reading,
         const char *table,
         RecallA11yCells *range,
         const RecallA11yManner *manner)
{
    if (ask_edge(reading, range)) {
        drop_gone(range);
        fill_gaps(reading, table, range);
        ask_edge(reading, range);
    }
    range->columns = g_new0(BaseRect, range->n_columns);
    range->rows = g_new0(BaseRect, range->n_rows);
    for (int i = 0; i < range->n_columns; i++) {
        if (range->cells[i] != NULL)
            range->columns[i] = range->cells[i]->box;
        range->columns[i].x += manner->dx;
    }
    for (int i = 0; i < range->n_rows; i++) {
        if (range->cells[i * range->n_columns] != NULL)
            range->rows[i] = range->cells[i * range->n_columns]->box;
        range->rows[i].y += manner->dy;
    }
    note_boxes(range, manner);
}

/* What lies on a document of a sheet. */
typedef struct {
    RecallA11yNode *table;
    RecallA11yNode *editor; /* over the cell that is being edited, or NULL */
    gboolean is_alone;      /* no chart or picture lies there */
} Sheet;

static void
find_sheet(RecallA11yReading *reading, const char *path, Sheet *sheet)
{
    g_autoptr(GPtrArray) children =
        recall_a11y_tree_get_children(reading->memory->tree, reading->link, path);

    for (unsigned i = 0; i < children->len; i++) {
        RecallA11yNode *child = children->pdata[i];

        if (child->role == RECALL_A11Y_ROLE_TABLE && sheet->table == NULL)
            sheet->table = child;
        else if (child->role == RECALL_A11Y_ROLE_PANEL && sheet->editor == NULL)
            sheet->editor = child;
    }
    sheet->is_alone = children->len == 1u + (sheet->editor != NULL);
}

/* While a cell is edited its own text is the one of before. */
static void
take_editor(RecallA11yReading *reading,
            RecallA11yCells *range,
            RecallA11yNode *editor,
            const RecallA11yManner *manner)
{
    g_autoptr(GPtrArray) lines =
        recall_a11y_tree_get_children(reading->memory->tree, reading->link, editor->path);
    BaseRect box = recall_a11y_ask_box(reading->link, editor->path);
    int x = box.x + manner->dx + box.width / 2;
    int y = box.y + manner->dy + box.height / 2;

    recall_a11y_tree_ask_texts(reading->link, lines);
    for (int i = 0; i < range->n_rows * range->n_columns; i++) {
        const BaseRect *column = &range->columns[i % range->n_columns];
        const BaseRect *row = &range->rows[i / range->n_columns];

        if (x >= column->x && x < column->x + column->width && y >= row->y &&
            y < row->y + row->height)
            range->cells[i] = lines->len > 0 ? lines->pdata[0] : NULL;
    }
}

void
recall_a11y_read_sheet(RecallA11yReading *reading, const char *path, const RecallA11yManner *manner)
{
    Sheet sheet = {0};
    BaseRect box = {0};
    RecallA11yCells range = {0};

    find_sheet(reading, path, &sheet);
    if (sheet.table == NULL)
        return;
    box = recall_a11y_ask_box(reading->link, sheet.table->path);
    if (!base_rect_is_empty(&box) && ask_range(reading, sheet.table->path, &box, &range)) {
        BaseRect view = {box.x + manner->dx, box.y + manner->dy, box.width, box.height};

        ask_contents(reading, sheet.table->path, &range);
        ask_grid(reading, sheet.table->path, &range, manner);
        if (sheet.editor != NULL)
            take_editor(reading, &range, sheet.editor, manner);
        recall_a11y_cells_add(reading, &range, &view, manner);
        if (sheet.is_alone)
            recall_a11y_reading_cover_box(reading, &view);
    }
    g_free(range.cells);
    g_free(range.columns);
    g_free(range.rows);
}
