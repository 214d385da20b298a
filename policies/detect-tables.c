/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "policies/detect-tables.h"

#include "policies/detect-cells.h"
#include "policies/detect-pattern.h"
#include "policies/detect-values.h"

#include <string.h>

#define HEAD_MAX_BYTES 32 /* of a cell */
#define HEAD_N_WORDS_MAX 3
#define VALUE_MIN_BYTES 3
#define N_ODD_LINES_MAX 2 /* in a row, that OCR read wrong; then the table is over */
#define HEIGHTS_TO_NEXT_MAX 3
#define N_WRAPS_MAX 3 /* of one row */
#define N_GROUPS_MAX 2

/* What the head of a column says: all of it, or behind what it belongs to ("login_password"). */
#define BELONGS "(?:\\w[\\w -]{0,24}[_. -])?"
#define HEAD_END "(?: ?\\([^()]{0,16}\\))?[:：]?\\z"
#define PASSWORD                                                                                   \
    "(?:" BELONGS "(?:pass ?(?:word|code|phrase|wort)|passwd|pwd)s?"                               \
    "|[^ -~]{0,24}(?:密[码碼]|口令))" HEAD_END
#define SHORT_PASSWORD BELONGS "(?:pass|pw|secret)" HEAD_END
#define COMPANION                                                                                                        \
    "(?:" BELONGS "(?:user ?(?:name|id)?|log ?in|logon|account(?: name)?|e-?mail|mail|host"                              \
    "(?: ?name)?|server|(?:web ?)?site|ur[il]|address|ip|port|service|d(?:ata ?)?b(?:ase)?|"                             \
    "domain|realm|role|group(?:ing)?|title|notes?|comments?|remarks?|totp|otp(?: ?auth)?|ssid|"                          \
    "system|device|machine|app(?:lication)?|name|benutzer(?:name)?|key)s?"                                               \
    "|[^ -~]{0,8}(?:用[户戶]名?|[账帐]号|账户|姓名|名称|主机|服务器|网[站址]|地址|邮箱|备注|" \
    "端口|角色|系统|平台|数据库))" HEAD_END

typedef struct {
    pcre2_code *password;
    pcre2_code *short_password;
    pcre2_code *companion;
    pcre2_code *value;
} Patterns;

static const Patterns *
get_patterns(void)
{
    static Patterns *patterns;

    if (g_once_init_enter(&patterns)) {
        Patterns *made = g_new0(Patterns, 1);

        made->password = policy_detect_pattern_compile(PASSWORD);
        made->short_password = policy_detect_pattern_compile(SHORT_PASSWORD);
        made->companion = policy_detect_pattern_compile(COMPANION);
        made->value = policy_detect_pattern_compile(POLICY_NO_VALUE);
        g_once_init_leave(&patterns, made);
    }
    return patterns;
}

typedef struct {
    PolicyDetectText *text;
    pcre2_match_data *data;
} Search;

static gboolean
matches(const Search *self, const pcre2_code *code, const PolicyCell *cell)
{
    return cell->start < cell->end &&
           policy_detect_pattern_match(code, self->text->flat->str + cell->start,
                                       cell->end - cell->start, 0, self->data) > 0;
}

/* --- lines --- */

/* Segments that stand in one row, or some of them. */
typedef struct {
    unsigned first;
    unsigned end;
} Line;

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

static Line
get_line(const PolicyDetectText *text, unsigned i)
{
    Line line = {i, i + 1};

    while (line.first > 0 && goes_on(text, line.first))
        line.first--;
    while (line.end < text->segments->len && goes_on(text, line.end))
        line.end++;
    return line;
}

static size_t
get_start(const PolicyDetectText *text, const Line *line)
{
    return get_segment(text, line->first)->start;
}

static size_t
get_end(const PolicyDetectText *text, const Line *line)
{
    return get_segment(text, line->end - 1)->end;
}

static gboolean
is_rule(const PolicyDetectText *text, const Line *line)
{
    return policy_detect_cells_is_rule(text, get_start(text, line), get_end(text, line));
}

static gboolean
is_above_rule(const PolicyDetectText *text, const Line *line)
{
    Line below;

    if (line->end >= text->segments->len)
        return FALSE;
    below = get_line(text, line->end);
    return is_rule(text, &below);
}

/* --- a head --- */

typedef struct {
    PolicyCellsFormat format;
    PolicyCells cells;
    uint64_t columns;    /* of passwords, bitwise */
    gboolean needs_rule; /* below it: else it may be "password | lovelace" */
    gboolean is_spaced;  /* behind its commas */
    Line line;
    int left; /* of what belongs to the table */
    int right;
} Table;

G_STATIC_ASSERT(POLICY_CELLS_N_MAX <= 64);

static gboolean
may_be_head(const Search *self, const PolicyCell *cell)
{
    unsigned n_words = 1;

    for (size_t at = cell->start; at < cell->end; at++)
        n_words += self->text->flat->str[at] == ' ';
    return cell->end - cell->start <= HEAD_MAX_BYTES && n_words <= HEAD_N_WORDS_MAX;
}

/* Whether @self->cells are the heads of columns. */
static gboolean
is_head(const Search *self, Table *table)
{
    const Patterns *patterns = get_patterns();
    unsigned n_companions = 0;
    uint64_t n_long = 0;
    uint64_t n_short = 0;

    for (unsigned i = 0; i < table->cells.n; i++) {
        const PolicyCell *cell = &table->cells.all[i];

        if (!may_be_head(self, cell))
            return FALSE;
        if (matches(self, patterns->password, cell))
            n_long |= UINT64_C(1) << i;
        else if (matches(self, patterns->short_password, cell))
            n_short |= UINT64_C(1) << i;
        else if (matches(self, patterns->companion, cell))
            n_companions++;
        else if (table->format == POLICY_CELLS_BLANKS)
            return FALSE;
    }
    table->columns = n_companions > 0                      ? n_long | n_short
                     : table->format == POLICY_CELLS_RULED ? n_long
                                                           : 0;
    table->needs_rule = n_companions == 0;
    return table->cells.n >= 2 && table->columns != 0;
}

/* Whether a blank stands behind a comma. */
static gboolean
is_spaced(const PolicyDetectText *text, const PolicyCells *cells)
{
    for (unsigned i = 1; i < cells->n; i++) {
        if (text->flat->str[cells->all[i].start - 1] == ' ')
            return TRUE;
    }
    return FALSE;
}

static gboolean
try_head(const Search *self, const Line *line, Table *out)
{
    for (int format = 0; format < POLICY_CELLS_N_FORMATS; format++) {
        out->format = (PolicyCellsFormat)format;
        policy_detect_cells_split(self->text, get_start(self->text, line),
                                  get_end(self->text, line), out->format, &out->cells);
        if (is_head(self, out) && (!out->needs_rule || is_above_rule(self->text, line))) {
            out->line = *line;
            out->is_spaced = is_spaced(self->text, &out->cells);
            return TRUE;
        }
    }
    return FALSE;
}

static int
get_right_of(const PolicyDetectText *text, const Line *head, const Line *row)
{
    return head->end < row->end ? get_box(text, head->end)->x : INT_MAX;
}

/* A run by itself, a row, or a line that goes on in the one below. */
static gboolean
find_head(const Search *self, unsigned i, Table *out)
{
    PolicyDetectText *text = self->text;
    Line row = get_line(text, i);
    Line line = {i, i + 1};
    gboolean is_found = try_head(self, &line, out);

    if (!is_found && (row.first < i || row.end > i + 1))
        is_found = try_head(self, &row, out);
    for (unsigned n = 0; !is_found && n < N_WRAPS_MAX && row.end < text->segments->len &&
                         get_segment(text, row.end)->joint == POLICY_JOINT_WRAP;
         n++) {
        row.end = get_line(text, row.end).end;
        is_found = try_head(self, &row, out) && out->format == POLICY_CELLS_COMMAS;
    }
    if (!is_found)
        return FALSE;
    out->left = get_box(text, out->line.first)->x - 2 * get_box(text, out->line.first)->height;
    out->right = get_right_of(text, &out->line, &row);
    return TRUE;
}

/* --- its rows --- */

static gboolean
is_value(const Search *self, const PolicyCell *cell)
{
    size_t length = cell->end - cell->start;
    const char *at = self->text->flat->str + cell->start;

    return length >= VALUE_MIN_BYTES && length <= POLICY_VALUE_MAX_BYTES &&
           (cell->is_quoted || memchr(at, ' ', length) == NULL) &&
           matches(self, get_patterns()->value, cell);
}

static void
add_value(const Search *self, const PolicyCell *cell)
{
    if (is_value(self, cell))
        policy_detect_text_add(self->text, cell->start, cell->end, POLICY_SECRET_PASSWORD);
}

/* From where the head of column @i begins to where the next one does. */
static gboolean
is_below_head(const Table *table, unsigned i, const PolicyCell *cell)
{
    const PolicyCell *head = &table->cells.all[i];
    int slack = table->cells.letter_width;
    int next = i + 1 < table->cells.n ? table->cells.all[i + 1].left - slack : INT_MAX;

    return (cell->left >= head->left - slack && cell->left < next) ||
           ABS(cell->right - head->right) <= slack;
}

static void
add_cells(const Search *self, const Table *table, const PolicyCells *cells)
{
    for (unsigned i = 0; i < cells->n; i++) {
        if (table->columns & UINT64_C(1) << i)
            add_value(self, &cells->all[i]);
    }
}

/* Some cells are empty, so that only their places tell. Returns: whether one is below the head */
static gboolean
add_placed_cells(const Search *self, const Table *table, const PolicyCells *cells)
{
    gboolean is_row = FALSE;

    for (unsigned i = 0; i < table->cells.n; i++) {
        for (unsigned k = 0; k < cells->n; k++) {
            if (!is_below_head(table, i, &cells->all[k]))
                continue;
            is_row |= cells->n > 1;
            if (is_row && table->columns & UINT64_C(1) << i)
                add_value(self, &cells->all[k]);
        }
    }
    return is_row;
}

static gboolean
add_row(const Search *self, const Table *table, const Line *row)
{
    PolicyCells cells;

    policy_detect_cells_split(self->text, get_start(self->text, row), get_end(self->text, row),
                              table->format, &cells);
    if (table->format == POLICY_CELLS_WIDE && cells.n != table->cells.n)
        return add_placed_cells(self, table, &cells);
    if (cells.n != table->cells.n || (table->format == POLICY_CELLS_COMMAS && !table->is_spaced &&
                                      is_spaced(self->text, &cells)))
        return FALSE;
    add_cells(self, table, &cells);
    return TRUE;
}

/* Of the row that begins with segment @i what belongs to the table; it may be nothing. */
static Line
cut_row(const PolicyDetectText *text, const Table *table, unsigned i)
{
    Line row = get_line(text, i);

    while (row.first < row.end && get_box(text, row.first)->x < table->left)
        row.first++;
    while (row.end > row.first && get_box(text, row.end - 1)->x >= table->right)
        row.end--;
    return row;
}

static gboolean
is_near(const PolicyDetectText *text, const Line *upper, const Line *lower)
{
    const BaseRect *box = get_box(text, upper->first);
    const BaseRect *below = get_box(text, lower->first);

    return below->y - (box->y + box->height) <= HEIGHTS_TO_NEXT_MAX * box->height;
}

/* A row that is as wide as the view goes on in the next line. Returns: whether it is a row */
static gboolean
add_wrapped_row(const Search *self, const Table *table, Line *row)
{
    const PolicyDetectText *text = self->text;
    Line longer = *row;

    if (add_row(self, table, row))
        return TRUE;
    for (unsigned n = 0; n < N_WRAPS_MAX && longer.end < text->segments->len &&
                         get_segment(text, longer.end)->joint == POLICY_JOINT_WRAP;
         n++) {
        longer.end = get_line(text, longer.end).end;
        if (add_row(self, table, &longer)) {
            *row = longer;
            return TRUE;
        }
    }
    return FALSE;
}

static void
add_rows(const Search *self, const Table *table)
{
    PolicyDetectText *text = self->text;
    Line last = table->line;
    unsigned next = get_line(text, last.end - 1).end;
    unsigned n_odd = 0;

    for (unsigned n = 0; n < POLICY_TABLE_N_ROWS_MAX && next < text->segments->len; n++) {
        Line row = cut_row(text, table, next);

        next = get_line(text, next).end;
        if (row.first == row.end)
            continue;
        if (!is_near(text, &last, &row) || n_odd > N_ODD_LINES_MAX)
            return;
        last = row;
        if (is_rule(text, &row))
            continue;
        if (add_wrapped_row(self, table, &row))
            n_odd = 0;
        else if (++n_odd > 0 && !text->runs[get_segment(text, row.first)->run].is_ocr)
            return;
        next = MAX(next, row.end);
    }
}

/* --- one thing in each row --- */

/* "password | lovelace", as psql tells one record; not the head of a table that a rule is below. */
static void
add_beside(const Search *self, unsigned i)
{
    PolicyDetectText *text = self->text;
    Line line = get_line(text, i);
    PolicyCells cells;

    policy_detect_cells_split(text, get_start(text, &line), get_end(text, &line),
                              POLICY_CELLS_RULED, &cells);
    if (cells.n == 2 && matches(self, get_patterns()->password, &cells.all[0]) &&
        !is_above_rule(text, &line))
        add_value(self, &cells.all[1]);
}

size_t
policy_detect_table_look_at(PolicyDetectText *text, size_t at)
{
    Search search = {text, NULL};
    unsigned i = policy_detect_text_find(text, at);
    Line line = get_line(text, i);
    Table table;

    search.data = pcre2_match_data_create(N_GROUPS_MAX, NULL);
    if (find_head(&search, i, &table))
        add_rows(&search, &table);
    else
        add_beside(&search, i);
    pcre2_match_data_free(search.data);
    return get_end(text, &line);
}
