/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-sheet.h"

#include "recall/watch/a11y-align.h"
#include <string.h>
#include <xxhash.h>

#define TABLE "org.a11y.atspi.Table"
#define COORDINATES_ON_SCREEN 0
#define CORNER_INSET_PX 3
#define CELL_PADDING_PX 2
#define BORDER_PX 3  /* of the cell that is selected */
#define EM_MAX_PX 26 /* a taller row holds several lines */
#define N_SAMPLES 12
#define N_SAMPLES_TOLD_MIN 6
#define SAMPLE_N_CHARS_MIN 4
#define SAMPLE_N_CHARS_MAX 16
#define SCALE_MIN 0.7
#define SCALE_MAX 1.5
#define EM_SHARE 78              /* percent of a row's height that its font's size is */
#define FIGURE_WIDTH_PERCENT 130 /* how far the measure of its letters may be short */
#define ROW_MAX 1048576
#define COLUMN_MAX 16384

/* The cells in view. */
typedef struct {
    int row;
    int column;
    int n_rows;
    int n_columns;
    RecallA11yNode **cells; /* by row and column */
    BaseRect *columns;      /* box of a cell of each column; only x and width count */
    BaseRect *rows;
} Range;

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
ask_range(RecallA11yReading *reading, const char *table, const BaseRect *box, Range *range)
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
make_key(const char *table, const Range *range, int index)
{
    int address[2] = {range->row + index / range->n_columns,
                      range->column + index % range->n_columns};

    return XXH3_64bits_withSeed(address, sizeof(address), XXH3_64bits(table, strlen(table)));
}

/* Fills the gaps of range->cells. A path is good for some 15 seconds only; those that were told
 * together go together. */
static void
ask_cells(RecallA11yReading *reading, const char *table, Range *range)
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
recall_cells(RecallA11yReading *reading, const char *table, Range *range)
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
ask_texts(RecallA11yReading *reading, const Range *range)
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
drop_gone(Range *range)
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
fill_gaps(RecallA11yReading *reading, const char *table, Range *range)
{
    ask_cells(reading, table, range);
    ask_texts(reading, range);
}

/* Cells whose paths turn out to be bad are asked for anew, once. */
static void
ask_contents(RecallA11yReading *reading, const char *table, Range *range)
{
    recall_cells(reading, table, range);
    fill_gaps(reading, table, range);
    if (drop_gone(range))
        fill_gaps(reading, table, range);
}

/* So that a cell clear of the next change need not be asked again. */
static void
note_boxes(Range *range, const RecallA11yManner *manner)
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
ask_edge(RecallA11yReading *reading, const Range *range)
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
         Range *range,
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

static gboolean
is_filled(const RecallA11yNode *cell)
{
    return cell != NULL && cell->text != NULL && *cell->text != '\0';
}

/* Figures stand at the right; they begin and end with what figures do. */
static gboolean
is_figure(const char *text)
{
    size_t length = strlen(text);
    gboolean has_digit = FALSE;

    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        has_digit |= g_unichar_isdigit(c);
        if (!g_unichar_isdigit(c) && !g_unichar_isspace(c) &&
            g_unichar_type(c) != G_UNICODE_CURRENCY_SYMBOL && strchr("+-.,:/%()E'", (int)c) == NULL)
            return FALSE;
    }
    return has_digit && length > 0;
}

/* Likely size of a row's font. */
static int
get_em(const BaseRect *row)
{
    return MAX(MIN(row->height * EM_SHARE / 100, EM_MAX_PX), 1);
}

static double
get_scale(const RecallA11yReading *reading)
{
    return reading->memory->sheet_scale > 0 ? reading->memory->sheet_scale : 1;
}

/* How far text that is too wide for its cell runs over the empty ones to the right. */
static int
get_room(const Range *range, int row, int column)
{
    RecallA11yNode *const *cells = &range->cells[row * range->n_columns];
    int last = column;

    while (last + 1 < range->n_columns && !is_filled(cells[last + 1]))
        last++;
    return range->columns[last].x + range->columns[last].width - range->columns[column].x;
}

/* The left end of the room for text that runs over the empty cells before it. */
static int
get_left(const Range *range, int row, int column)
{
    RecallA11yNode *const *cells = &range->cells[row * range->n_columns];
    int first = column;

    while (first > 0 && !is_filled(cells[first - 1]))
        first--;
    return range->columns[first].x;
}

/* Text that runs out of its cell to the left, or to both sides. */
static void
align_text(const Range *range,
           int row,
           int column,
           RecallA11yCellAlign align,
           BaseRect *box,
           BaseRect *clip)
{
    const BaseRect *cell = &range->columns[column];
    int right = clip->x + clip->width;

    if (align == RECALL_A11Y_CELL_LEFT)
        return;
    clip->x = get_left(range, row, column);
    if (align == RECALL_A11Y_CELL_RIGHT) {
        box->x = cell->x + cell->width - CELL_PADDING_PX - box->width;
        right = cell->x + cell->width;
    } else {
        box->x = cell->x + (cell->width - box->width) / 2;
    }
    clip->width = right - clip->x;
}

/* Root pixels of the text of a cell, and in @out_clip what is shown of it. */
static BaseRect
place_text(const Range *range,
           int row,
           int column,
           const char *text,
           double scale,
           BaseRect *out_clip)
{
    BaseRect cell = {range->columns[column].x, range->rows[row].y, range->columns[column].width,
                     range->rows[row].height};
    int width = (int)(recall_a11y_text_measure_px(text, get_em(&cell)) *
                      (recall_text_is_cjk(g_utf8_get_char(text)) ? 1 : scale));
    BaseRect box = {cell.x + CELL_PADDING_PX, cell.y, width, cell.height};

    *out_clip = cell;
    if (is_figure(text))
        box.x = cell.x + cell.width - CELL_PADDING_PX - width;
    else
        out_clip->width = get_room(range, row, column);
    return box;
}

/* Digits with spaces are text, which runs over empty cells: as wide as its letters may be, or the
 * cell. */
static int
get_figure_width(const Range *range, int row, int column, double scale)
{
    const char *text = range->cells[row * range->n_columns + column]->text;
    int width = (int)(recall_a11y_text_measure_px(text, get_em(&range->rows[row])) * scale *
                      FIGURE_WIDTH_PERCENT / 100);

    if (strchr(text, ' ') == NULL)
        return range->columns[column].width;
    return CLAMP(width, range->columns[column].width,
                 MAX(get_room(range, row, column), range->columns[column].width));
}

/* A number stands at the right, digits that were entered as text at the left: the pixels tell. */
static gboolean
add_figure(RecallA11yReading *reading,
           const Range *range,
           int row,
           int column,
           const BaseRect *view)
{
    BaseRect box = {range->columns[column].x + BORDER_PX, range->rows[row].y + BORDER_PX,
                    get_figure_width(range, row, column, get_scale(reading)) - 2 * BORDER_PX,
                    range->rows[row].height - 2 * BORDER_PX};

    return base_rect_contains(view, &box) &&
           recall_a11y_reading_add_cell(reading,
                                        range->cells[row * range->n_columns + column]->text, &box);
}

/* Where a cell's text stands, within its borders, when it is of one line. */
static BaseRect
get_inside(const BaseRect *cell)
{
    if (cell->height * EM_SHARE / 100 > EM_MAX_PX)
        return (BaseRect){0};
    return (BaseRect){cell->x + BORDER_PX, cell->y + BORDER_PX, cell->width - 2 * BORDER_PX,
                      cell->height - 2 * BORDER_PX};
}

static void
add_cell(RecallA11yReading *reading, const Range *range, int row, int column, const BaseRect *view)
{
    const RecallA11yNode *cell = range->cells[row * range->n_columns + column];
    BaseRect clip = {0};
    BaseRect box = {0};
    BaseRect room = {0};

    if (!is_filled(cell) || range->rows[row].height <= 0 || range->columns[column].width <= 0)
        return;
    if (is_figure(cell->text) && add_figure(reading, range, row, column, view))
        return;
    box = place_text(range, row, column, cell->text, get_scale(reading), &clip);
    if (!is_figure(cell->text) && box.width > range->columns[column].width)
        align_text(range, row, column, recall_a11y_align_find(reading, cell), &box, &clip);
    base_rect_intersect(&clip, view, &clip);
    room = get_inside(&clip);
    recall_a11y_reading_add_text(reading, cell->text, &box, &clip, &room);
}

/* How wide the samples are for what was guessed; 0: too few of their cells answered. */
static double
compare_widths(RecallA11yRanges *ranges, const int *guesses)
{
    int told = 0;
    int guessed = 0;
    unsigned n_told = 0;

    for (unsigned i = 0; i < N_SAMPLES; i++) {
        int width = recall_a11y_ranges_take(ranges).width;

        if (width <= 0)
            continue;
        told += width;
        guessed += guesses[i];
        n_told++;
    }
    if (n_told < N_SAMPLES_TOLD_MIN || guessed <= 0)
        return 0;
    return CLAMP((double)told / guessed, SCALE_MIN, SCALE_MAX);
}

/* The font of a sheet is not told, so the letters of some cells are measured, once. */
static void
measure_letters(RecallA11yReading *reading, const Range *range)
{
    g_auto(RecallA11yRanges) ranges = {0};
    int guesses[N_SAMPLES] = {0};
    unsigned n = 0;

    if (reading->memory->sheet_scale > 0)
        return;
    recall_a11y_ranges_init(&ranges, RECALL_A11Y_RANGES_WHOLE);
    for (int i = 0; i < range->n_rows * range->n_columns && n < N_SAMPLES; i++) {
        const RecallA11yNode *cell = range->cells[i];
        int n_chars = is_filled(cell) && g_str_is_ascii(cell->text) ? strlen(cell->text) : 0;

        if (n_chars < SAMPLE_N_CHARS_MIN || n_chars > SAMPLE_N_CHARS_MAX || is_figure(cell->text))
            continue;
        recall_a11y_ranges_add(&ranges, cell->path, 0, n_chars);
        guesses[n++] =
            recall_a11y_text_measure_px(cell->text, get_em(&range->rows[i / range->n_columns]));
    }
    recall_a11y_ranges_ask(&ranges, reading->link);
    if (n == N_SAMPLES)
        reading->memory->sheet_scale = compare_widths(&ranges, guesses);
}

static void
add_cells(RecallA11yReading *reading, const Range *range, const BaseRect *view)
{
    for (int row = 0; row < range->n_rows; row++) {
        for (int column = 0; column < range->n_columns; column++)
            add_cell(reading, range, row, column, view);
    }
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
            Range *range,
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
    Range range = {0};

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
        measure_letters(reading, &range);
        add_cells(reading, &range, &view);
        if (sheet.is_alone)
            recall_a11y_reading_cover_box(reading, &view);
    }
    g_free(range.cells);
    g_free(range.columns);
    g_free(range.rows);
}
