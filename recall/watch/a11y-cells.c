/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/a11y-cells.h"

#include "recall/watch/a11y-align.h"
#include "recall/watch/a11y-figures.h"

#include <string.h>

#define CELL_PADDING_PX 2
#define BORDER_PX 3     /* of the cell that is selected */
#define SMALL_ROW_PX 15 /* of less, points and commas stand where the border of others is */
#define SMALL_BORDER_PX 2
#define EM_MAX_PX 26          /* a taller row holds several lines */
#define TALL_PX 22            /* a row that may hold several lines, or letters of another size */
#define LINES_PERCENT_MAX 115 /* of their cell's height, if all of them are in it */
#define LINE_PX 1             /* between cells */
#define ZOOM_NONE 100         /* percent */
#define LEGIBLE_MIN_PX 6      /* of less nothing can be read */
#define N_SAMPLES 12
#define N_SAMPLES_TOLD_MIN 6
#define SAMPLE_N_CHARS_MIN 4
#define SAMPLE_N_CHARS_MAX 16
#define SCALE_MIN 0.7
#define SCALE_MAX 1.5
#define EM_SHARE 78              /* percent of a row's height that its font's size is */
#define FIGURE_WIDTH_PERCENT 130 /* how far the measure of its letters may be short */

gboolean
recall_a11y_cell_is_filled(const RecallA11yNode *cell)
{
    return cell != NULL && cell->text != NULL && *cell->text != '\0';
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

static int
get_zoom(const RecallA11yReading *reading)
{
    return reading->zoom_percent > 0 ? (int)reading->zoom_percent : ZOOM_NONE;
}

/* How far text that is too wide for its cell runs over the empty ones to the right. */
static int
get_room(const RecallA11yCells *range, int row, int column)
{
    RecallA11yNode *const *cells = &range->cells[row * range->n_columns];
    int last = column;

    while (last + 1 < range->n_columns && !recall_a11y_cell_is_filled(cells[last + 1]))
        last++;
    return range->columns[last].x + range->columns[last].width - range->columns[column].x;
}

/* The left end of the room for text that runs over the empty cells before it. */
static int
get_left(const RecallA11yCells *range, int row, int column)
{
    RecallA11yNode *const *cells = &range->cells[row * range->n_columns];
    int first = column;

    while (first > 0 && !recall_a11y_cell_is_filled(cells[first - 1]))
        first--;
    return range->columns[first].x;
}

/* Text that runs out of its cell to the left, or to both sides. */
static void
align_text(const RecallA11yCells *range,
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
place_text(const RecallA11yCells *range,
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
    if (recall_a11y_is_figure(text))
        box.x = cell.x + cell.width - CELL_PADDING_PX - width;
    else
        out_clip->width = get_room(range, row, column);
    return box;
}

/* Digits with spaces are text, which runs over empty cells: as wide as its letters may be, or the
 * cell. */
static int
get_figure_width(const RecallA11yCells *range, int row, int column, double scale)
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
           const RecallA11yCells *range,
           int row,
           int column,
           const BaseRect *view)
{
    const RecallA11yNode *cell = range->cells[row * range->n_columns + column];
    int border = range->rows[row].height < SMALL_ROW_PX ? SMALL_BORDER_PX : BORDER_PX;
    BaseRect box = {range->columns[column].x + BORDER_PX, range->rows[row].y + border,
                    get_figure_width(range, row, column, get_scale(reading)) - 2 * BORDER_PX,
                    range->rows[row].height - 2 * border};

    return base_rect_contains(view, &box) &&
           recall_a11y_reading_add_cell(reading, cell->text,
                                        cell->width_px * get_zoom(reading) / ZOOM_NONE, &box);
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

/* What lies in the cell, or runs out of it where that is shown. */
static BaseRect
get_clip(const RecallA11yCells *range, int row, int column, const BaseRect *view)
{
    int left = get_left(range, row, column);
    int right = range->columns[column].x + get_room(range, row, column);
    BaseRect clip = {left, range->rows[row].y, right - left, range->rows[row].height};

    base_rect_intersect(&clip, view, &clip);
    return clip;
}

/* A text that may be of several lines, or of larger letters than others. */
static gboolean
is_tall(const RecallA11yReading *reading,
        const RecallA11yCells *range,
        int row,
        const RecallA11yNode *cell)
{
    return range->rows[row].height * ZOOM_NONE >= TALL_PX * get_zoom(reading) &&
           !recall_a11y_is_figure(cell->text);
}

static void
add_cell(RecallA11yReading *reading,
         const RecallA11yCells *range,
         int row,
         int column,
         const BaseRect *view)
{
    const RecallA11yNode *cell = range->cells[row * range->n_columns + column];
    BaseRect clip = {0};
    BaseRect box = {0};
    BaseRect room = {0};

    if (recall_a11y_is_figure(cell->text) && add_figure(reading, range, row, column, view))
        return;
    box = place_text(range, row, column, cell->text, get_scale(reading), &clip);
    if (!recall_a11y_is_figure(cell->text) && box.width > range->columns[column].width)
        align_text(range, row, column, recall_a11y_align_find(reading, cell), &box, &clip);
    base_rect_intersect(&clip, view, &clip);
    room = get_inside(&clip);
    recall_a11y_reading_add_text(reading, cell->text, &box, &clip, &room);
}

/* How wide the samples are for what was guessed; 0: too few of their cells answered. */
static double
compare_widths(RecallA11yRanges *ranges, const int *guesses, int zoom_percent)
{
    int told = 0;
    int guessed = 0;
    unsigned n_told = 0;

    for (unsigned i = 0; i < N_SAMPLES; i++) {
        int width = recall_a11y_ranges_take(ranges).width * zoom_percent / ZOOM_NONE;

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
measure_letters(RecallA11yReading *reading, const RecallA11yCells *range)
{
    g_auto(RecallA11yRanges) ranges = {0};
    int guesses[N_SAMPLES] = {0};
    unsigned n = 0;

    if (reading->memory->sheet_scale > 0)
        return;
    recall_a11y_ranges_init(&ranges, RECALL_A11Y_RANGES_WHOLE);
    for (int i = 0; i < range->n_rows * range->n_columns && n < N_SAMPLES; i++) {
        const RecallA11yNode *cell = range->cells[i];
        int n_chars =
            recall_a11y_cell_is_filled(cell) && g_str_is_ascii(cell->text) ? strlen(cell->text) : 0;

        if (n_chars < SAMPLE_N_CHARS_MIN || n_chars > SAMPLE_N_CHARS_MAX ||
            recall_a11y_is_figure(cell->text))
            continue;
        recall_a11y_ranges_add(&ranges, cell->path, 0, n_chars);
        guesses[n++] =
            recall_a11y_text_measure_px(cell->text, get_em(&range->rows[i / range->n_columns]));
    }
    recall_a11y_ranges_ask(&ranges, reading->link);
    if (n == N_SAMPLES)
        reading->memory->sheet_scale = compare_widths(&ranges, guesses, get_zoom(reading));
}

/* Its pixels are read. */
static void
leave_cell(RecallA11yReading *reading,
           const RecallA11yCells *range,
           int row,
           int column,
           const BaseRect *view)
{
    BaseRect box = get_clip(range, row, column, view);

    box.x += LINE_PX;
    box.y += LINE_PX;
    box.width -= 3 * LINE_PX;
    box.height -= 3 * LINE_PX;
    recall_a11y_reading_leave_box(reading, &box);
}

/* In another form than it is drawn, or elsewhere: lines are told as if they were not zoomed. */
static gboolean
is_told_wrong(const RecallA11yReading *reading,
              const RecallA11yCells *range,
              int row,
              const RecallA11yNode *cell)
{
    return cell->is_recast || strchr(cell->text, '\n') != NULL ||
           (is_tall(reading, range, row, cell) && reading->zoom_percent != ZOOM_NONE);
}

static gboolean
is_legible(const RecallA11yCells *range, int row, int column)
{
    return range->rows[row].height >= LEGIBLE_MIN_PX &&
           range->columns[column].width >= LEGIBLE_MIN_PX;
}

/* Calc tells lines higher than it draws them, so many stand out of their cell. */
static void
fit_lines(RecallA11yLine *lines, unsigned n, const BaseRect *cell)
{
    int top = lines[0].box.y;
    int height = lines[n - 1].box.y + lines[n - 1].box.height - top;

    if (height <= cell->height || height * 100 > cell->height * LINES_PERCENT_MAX)
        return;
    for (unsigned i = 0; i < n; i++) {
        BaseRect *box = &lines[i].box;

        box->y = cell->y + (box->y - top) * cell->height / height;
        box->height = box->height * cell->height / height;
    }
}

/* @clips: of BaseRect: what each of @nodes shows */
static void
add_measured(RecallA11yReading *reading,
             GPtrArray *nodes,
             const GArray *clips,
             const BaseRect *view,
             const RecallA11yManner *manner)
{
    g_autoptr(GArray) lines = recall_a11y_lines_new();
    BaseRect told_view = {view->x - manner->dx, view->y - manner->dy, view->width, view->height};

    recall_a11y_layout_find_lines(reading->memory->layout, reading->link, nodes, manner->shape,
                                  &told_view, lines);
    for (unsigned i = 0, n = 0; i < lines->len; i += n) {
        RecallA11yLine *line = &g_array_index(lines, RecallA11yLine, i);

        for (n = 1; i + n < lines->len && line[n].index == line->index; n++)
            ;
        fit_lines(line, n, &((const RecallA11yNode *)nodes->pdata[line->index])->box);
    }
    recall_a11y_reading_add_lines(reading, lines, (const BaseRect *)(void *)clips->data, manner);
}

void
recall_a11y_cells_add(RecallA11yReading *reading,
                      const RecallA11yCells *range,
                      const BaseRect *view,
                      const RecallA11yManner *manner)
{
    g_autoptr(GPtrArray) measured = g_ptr_array_new();
    g_autoptr(GArray) clips = g_array_new(FALSE, FALSE, sizeof(BaseRect));

    measure_letters(reading, range);
    recall_a11y_figures_ask(reading, range);
    for (int i = 0; i < range->n_rows * range->n_columns; i++) {
        int row = i / range->n_columns;
        int column = i % range->n_columns;
        RecallA11yNode *cell = range->cells[i];

        if (!recall_a11y_cell_is_filled(cell) || !is_legible(range, row, column))
            continue;
        if (is_told_wrong(reading, range, row, cell)) {
            leave_cell(reading, range, row, column, view);
        } else if (is_tall(reading, range, row, cell)) {
            BaseRect clip = get_clip(range, row, column, view);

            g_ptr_array_add(measured, cell);
            g_array_append_val(clips, clip);
        } else {
            add_cell(reading, range, row, column, view);
        }
    }
    if (measured->len > 0)
        add_measured(reading, measured, clips, view, manner);
}
