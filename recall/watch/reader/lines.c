/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/lines.h"

#include "protocol/reader.h"
#include "recall/watch/reader/edges.h"

#include <string.h>

/* Measured on rendered pages of known text; see docs/HACKING.md. */
#define GAP_ACROSS_PX 14 /* between letters and words of one line */
#define GAP_DOWN_PX 3
#define SPLIT_HEIGHT_PX 24     /* taller ones may be several lines */
#define LARGE_HEIGHT_PX 26     /* from here on lines are looked for at half the size */
#define SMALL_HEIGHT_SHARE 0.6 /* lower lines than this that hold so much of its ink are small: */
#define SMALL_INK_SHARE 0.3
#define LETTERS_HEIGHT_SHARE 0.5 /* about its middle only this: `para` of `parallel` is higher */
#define LARGE_SHAPE 2            /* times as wide as high: what is left beside small ones */
#define JOIN_SHARE 0.6   /* of the lower one's rows that two parts of a line have in common */
#define JOIN_HEIGHTS 2   /* so much may they differ, */
#define MARK_SHARE 0.4   /* but for a mark or a dash, which is lower, and no wider than high */
#define SPLIT_PART_PX 8  /* so may lower ones, into parts no lower */
#define SPLIT_SHAPE 1.2  /* times as wide as high: no single Chinese character */
#define SPLIT_SHARE 0.12 /* of the mean ink of a row: less is a gap between lines */
#define PAIR_SHAPE 4     /* times as wide as high: may be lines whose tails and tops meet, */
#define PAIR_SHARE 0.2   /* if a row has less than this of the mean, */
#define PAIR_MIDDLE 0.3  /* so far from the top and from the bottom: between there are letters */
#define LOW_REACH_PX 4   /* so near a line's rows are signs of it that are too low for one */

/* A stretch of edges in one row, gaps closed. */
typedef struct {
    int start;
    int end;      /* exclusive */
    int parent;   /* index of a run of the same component; itself: the root */
    BaseRect box; /* of the component, in a root */
} EdgeRun;

static int
find_root(GArray *runs, int i)
{
    while (g_array_index(runs, EdgeRun, i).parent != i) {
        int parent = g_array_index(runs, EdgeRun, i).parent;

        g_array_index(runs, EdgeRun, i).parent = g_array_index(runs, EdgeRun, parent).parent;
        i = parent;
    }
    return i;
}

static void
join(GArray *runs, int a, int b)
{
    EdgeRun *root_a = &g_array_index(runs, EdgeRun, find_root(runs, a));
    EdgeRun *root_b = &g_array_index(runs, EdgeRun, find_root(runs, b));

    if (root_a == root_b)
        return;
    root_b->parent = root_a->parent;
    base_rect_union(&root_a->box, &root_b->box, &root_a->box);
}

static void
add_run(GArray *runs, int start, int end, int y)
{
    EdgeRun run = {start, end, runs->len, {start, y, end - start, 1}};

    g_array_append_val(runs, run);
}

/* Returns: where the next flag stands, from @x on, or @width */
static int
next_flag(const uint8_t *flags, int x, int width)
{
    uint64_t eight = 0;

    while (x + 8 <= width) {
        memcpy(&eight, flags + x, sizeof eight);
        if (eight != 0)
            break;
        x += 8;
    }
    while (x < width && flags[x] == 0)
        x++;
    return x;
}

static void
find_runs(const uint8_t *flags, int width, int y, GArray *runs)
{
    int start = -1; /* of the run in hand, or -1 */
    int end = 0;

    for (int x = next_flag(flags, 0, width); x < width; x = next_flag(flags, x + 1, width)) {
        if (start >= 0 && ((flags[x] & READER_EDGES_BARRIER) || x - end > GAP_ACROSS_PX)) {
            add_run(runs, start, end, y);
            start = -1;
        }
        if (flags[x] & READER_EDGES_BARRIER)
            continue;
        if (start < 0)
            start = x;
        end = x + 1;
    }
    if (start >= 0)
        add_run(runs, start, end, y);
}

/* Both stretches of @runs are sorted and of one row each. */
static void
join_rows(GArray *runs, int a, int a_end, int b, int b_end)
{
    while (a < a_end && b < b_end) {
        EdgeRun *run_a = &g_array_index(runs, EdgeRun, a);
        EdgeRun *run_b = &g_array_index(runs, EdgeRun, b);

        if (run_a->start < run_b->end && run_b->start < run_a->end)
            join(runs, a, b);
        if (run_a->end < run_b->end)
            a++;
        else
            b++;
    }
}

/* Returns: (transfer full): of BaseRect */
static GArray *
find_components(const ReaderEdges *edges)
{
    g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(EdgeRun));
    GArray *boxes = g_array_new(FALSE, FALSE, sizeof(BaseRect));
    int starts[GAP_DOWN_PX + 1] = {0}; /* first run of this row and of those above it */

    for (int y = 0; y < edges->height; y++) {
        memmove(starts + 1, starts, sizeof starts - sizeof starts[0]);
        starts[0] = runs->len;
        find_runs(edges->flags + (size_t)edges->width * y, edges->width, y, runs);
        for (int i = 1; i <= GAP_DOWN_PX; i++)
            join_rows(runs, starts[i], starts[i - 1], starts[0], runs->len);
    }
    for (unsigned i = 0; i < runs->len; i++) {
        const EdgeRun *run = &g_array_index(runs, EdgeRun, i);

        if (run->parent == (int)i)
            g_array_append_val(boxes, run->box);
    }
    return boxes;
}

static unsigned
count_edges(const ReaderEdges *edges, const BaseRect *box, int y)
{
    const uint8_t *flags = edges->flags + (size_t)edges->width * y + box->x;
    unsigned n = 0;

    for (int x = 0; x < box->width; x++)
        n += (flags[x] & (READER_EDGES_ACROSS | READER_EDGES_DOWN)) != 0;
    return n;
}

/* Cuts @box to the edges in it. Returns: FALSE when there are none */
static gboolean
shrink(const ReaderEdges *edges, BaseRect *box)
{
    int left = box->width;
    int right = 0;

    for (int y = box->y; y < box->y + box->height; y++) {
        const uint8_t *flags = edges->flags + (size_t)edges->width * y + box->x;

        for (int x = 0; x < left; x++)
            if (flags[x] & (READER_EDGES_ACROSS | READER_EDGES_DOWN))
                left = x;
        for (int x = box->width - 1; x >= right; x--)
            if (flags[x] & (READER_EDGES_ACROSS | READER_EDGES_DOWN))
                right = x + 1;
    }
    box->x += left;
    box->width = right - left;
    return box->width > 0;
}

static void
add_part(const ReaderEdges *edges, const BaseRect *whole, int start, int end, GArray *lines)
{
    BaseRect part = {whole->x, start, whole->width, end - start};

    if (end > start && shrink(edges, &part))
        g_array_append_val(lines, part);
}

/* Rows of a block. */
typedef struct {
    int start;
    int end; /* exclusive */
} Rows;

static unsigned *
count_rows(const ReaderEdges *edges, const BaseRect *box)
{
    unsigned *counts = g_new(unsigned, box->height);

    for (int i = 0; i < box->height; i++)
        counts[i] = count_edges(edges, box, box->y + i);
    return counts;
}

static double
get_mean(const unsigned *counts, const Rows *rows)
{
    double sum = 0;

    for (int i = rows->start; i < rows->end; i++)
        sum += counts[i];
    return sum / (rows->end - rows->start);
}

/* @least: rows of a part at least, in which a cut is not looked for
 * Returns: (transfer full): of Rows: what lies between the rows that are nearly empty */
static GArray *
find_full_rows(const unsigned *counts, int height, int least)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(Rows));
    double mean = get_mean(counts, &(Rows){0, height});
    Rows rows = {0, 0};

    for (int i = 0; i <= height; i++) {
        if (i < height &&
            (counts[i] >= SPLIT_SHARE * mean || i - rows.start < least || height - i < least))
            continue;
        rows.end = i;
        if (rows.end > rows.start)
            g_array_append_val(parts, rows);
        rows.start = i + 1;
    }
    return parts;
}

/* A row of underscores stands between two lines and is none: it goes to the nearer one. */
static void
join_low_rows(GArray *parts)
{
    for (unsigned i = 0; i < parts->len; i++) {
        Rows *rows = &g_array_index(parts, Rows, i);
        int above = i > 0 ? rows->start - rows[-1].end : G_MAXINT;
        int below = i + 1 < parts->len ? rows[1].start - rows->end : G_MAXINT;

        if (rows->end - rows->start >= READER_LINE_HEIGHT_MIN_PX ||
            MIN(above, below) > LOW_REACH_PX)
            continue;
        if (above <= below)
            rows[-1].end = rows->end;
        else
            rows[1].start = rows->start;
        g_array_remove_index(parts, i--);
    }
}

/* Where lines stand close, commas and tails of one meet the tops of the next. */
static void
cut_pairs(const unsigned *counts, int width, GArray *parts)
{
    for (unsigned i = 0; i < parts->len; i++) {
        Rows *rows = &g_array_index(parts, Rows, i);
        int height = rows->end - rows->start;
        int margin = (int)(PAIR_MIDDLE * height);
        int lowest = rows->start + margin;
        Rows below;

        if (height <= SPLIT_HEIGHT_PX || width < PAIR_SHAPE * height)
            continue;
        for (int y = lowest; y < rows->end - margin; y++)
            lowest = counts[y] < counts[lowest] ? y : lowest;
        if (counts[lowest] >= PAIR_SHARE * get_mean(counts, rows))
            continue;
        below = (Rows){lowest + 1, rows->end};
        rows->end = lowest;
        g_array_insert_val(parts, i + 1, below);
        i--; /* there may be more than two */
    }
}

/* Cuts a block of lines at the rows that are nearly empty. @least: see find_full_rows() */
static void
split(const ReaderEdges *edges, const BaseRect *box, int least, GArray *lines)
{
    g_autofree unsigned *counts = count_rows(edges, box);
    g_autoptr(GArray) parts = find_full_rows(counts, box->height, least);

    join_low_rows(parts);
    cut_pairs(counts, box->width, parts);
    for (unsigned i = 0; i < parts->len; i++) {
        const Rows *rows = &g_array_index(parts, Rows, i);

        add_part(edges, box, box->y + rows->start, box->y + rows->end, lines);
    }
}

static void
add_lines(const ReaderEdges *edges, const BaseRect *box, GArray *lines)
{
    if (box->height > SPLIT_HEIGHT_PX)
        split(edges, box, 0, lines);
    else if (box->height >= 2 * SPLIT_PART_PX && box->width > SPLIT_SHAPE * box->height)
        split(edges, box, SPLIT_PART_PX, lines);
    else
        g_array_append_val(lines, *box);
}

/* One pixel more on each side: the faint rim of smooth letters, and some ground. */
static void
widen(const ReaderPage *page, BaseRect *box)
{
    BaseRect all = {0, 0, page->width, page->height};
    BaseRect wide = {box->x - 1, box->y - 1, box->width + 3, box->height + 3};

    base_rect_intersect(&wide, &all, box);
}

static gboolean
is_wanted(const ReaderPage *page, const BaseRect *box)
{
    for (int y = box->y; y < box->y + box->height; y++)
        if (memchr(page->marks + (size_t)page->width * y + box->x, PROTOCOL_READER_MARK_WANTED,
                   box->width) != NULL)
            return TRUE;
    return FALSE;
}

static gboolean
is_cut(const ReaderPage *page, const BaseRect *box, unsigned open_edges)
{
    return (box->x == 0 && (open_edges & PROTOCOL_READER_OPEN_LEFT)) ||
           (box->y == 0 && (open_edges & PROTOCOL_READER_OPEN_TOP)) ||
           (box->x + box->width == page->width && (open_edges & PROTOCOL_READER_OPEN_RIGHT)) ||
           (box->y + box->height == page->height && (open_edges & PROTOCOL_READER_OPEN_BOTTOM));
}

static void
add_line(const ReaderPage *page, const BaseRect *line, GArray *out)
{
    for (int x = 0; x < line->width; x += READER_LINE_WIDTH_MAX_PX) {
        BaseRect part = {line->x + x, line->y, MIN(line->width - x, READER_LINE_WIDTH_MAX_PX),
                         line->height};

        if (out->len < PROTOCOL_READER_N_LINES_MAX && is_wanted(page, &part))
            g_array_append_val(out, part);
    }
}

static int
compare_left(const void *a, const void *b)
{
    return ((const BaseRect *)a)->x - ((const BaseRect *)b)->x;
}

static gboolean
is_barred(const ReaderEdges *edges, const BaseRect *a, const BaseRect *b)
{
    int y = (MAX(a->y, b->y) + MIN(a->y + a->height, b->y + b->height)) / 2;
    const uint8_t *flags = edges->flags + (size_t)edges->width * y;

    for (int x = MIN(a->x + a->width, b->x + b->width); x < MAX(a->x, b->x); x++)
        if (flags[x] & READER_EDGES_BARRIER)
            return TRUE;
    return FALSE;
}

/* A mark, a dash or 一 within the rows of a line. */
static gboolean
is_mark(const BaseRect *mark, const BaseRect *line)
{
    return mark->height <= MARK_SHARE * line->height && mark->width <= line->height &&
           mark->y >= line->y && mark->y + mark->height <= line->y + line->height;
}

/* Parts of one line: side by side with a gap of less than so many times their height, or one
 * within the rows of the other. */
static gboolean
is_same_line(const ReaderEdges *edges, const BaseRect *a, const BaseRect *b, double gap_heights)
{
    int common = MIN(a->y + a->height, b->y + b->height) - MAX(a->y, b->y);
    int gap = MAX(a->x, b->x) - MIN(a->x + a->width, b->x + b->width);
    int low = MIN(a->height, b->height);
    int high = MAX(a->height, b->height);
    gboolean has_mark = is_mark(a, b) || is_mark(b, a);

    return common >= JOIN_SHARE * low && gap <= gap_heights * (has_mark ? high : low) &&
           (has_mark || high <= JOIN_HEIGHTS * low) && !is_barred(edges, a, b);
}

/* Returns: whether any of the parts right of @i were joined to it */
static gboolean
join_to(const ReaderEdges *edges, GArray *lines, unsigned i, double gap_heights)
{
    BaseRect *line = &g_array_index(lines, BaseRect, i);
    unsigned n_before = lines->len;

    for (unsigned k = i + 1; k < lines->len; k++) {
        BaseRect *next = &g_array_index(lines, BaseRect, k);

        if (next->x > line->x + line->width + gap_heights * READER_LINE_HEIGHT_MAX_PX)
            break;
        if (!is_same_line(edges, line, next, gap_heights))
            continue;
        base_rect_union(line, next, line);
        g_array_remove_index(lines, k--);
    }
    return lines->len < n_before;
}

/* Joins the parts of lines, each into the leftmost one. One that grew reaches more. */
static void
join_parts(const ReaderEdges *edges, GArray *lines, double gap_heights)
{
    g_array_sort(lines, compare_left);
    for (unsigned i = 0; i < lines->len; i++)
        while (join_to(edges, lines, i, gap_heights))
            continue;
}

static GArray *
keep_lines(const ReaderPage *page, const GArray *lines, unsigned open_edges)
{
    GArray *whole = g_array_new(FALSE, FALSE, sizeof(BaseRect));

    for (unsigned i = 0; i < lines->len; i++) {
        BaseRect line = g_array_index(lines, BaseRect, i);

        if (line.height < READER_LINE_HEIGHT_MIN_PX || line.height > READER_LINE_HEIGHT_MAX_PX)
            continue;
        widen(page, &line);
        if (!is_cut(page, &line, open_edges))
            add_line(page, &line, whole);
    }
    return whole;
}

static int
compare_lines(const void *a, const void *b)
{
    const BaseRect *line_a = a;
    const BaseRect *line_b = b;

    return line_a->y != line_b->y ? line_a->y - line_b->y : line_a->x - line_b->x;
}

/* Returns: (transfer full): of BaseRect, the ink of every line that there may be */
static GArray *
find_ink(const ReaderEdges *edges, double gap_heights)
{
    g_autoptr(GArray) components = find_components(edges);
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(BaseRect));

    for (unsigned i = 0; i < components->len; i++)
        add_lines(edges, &g_array_index(components, BaseRect, i), lines);
    join_parts(edges, lines, gap_heights);
    return lines;
}

static unsigned
count_in_box(const ReaderEdges *edges, const BaseRect *box)
{
    unsigned n = 0;

    for (int y = box->y; y < box->y + box->height; y++)
        n += count_edges(edges, box, y);
    return n;
}

/* What is left of a large line without its long strokes stands across its middle. */
static gboolean
is_small(const BaseRect *line, const BaseRect *large)
{
    int n_above = large->y + large->height / 2 - line->y;
    gboolean is_across = n_above > 1 && line->height - n_above > 1;

    return line->height < (is_across ? LETTERS_HEIGHT_SHARE : SMALL_HEIGHT_SHARE) * large->height;
}

/* The lines of small letters within what looks, from afar, like one of large letters.
 * @large: of the halved picture. Returns: (transfer full): of BaseRect, likewise, from left to
 *   right */
static GArray *
find_small_lines(const GArray *lines, const BaseRect *large)
{
    GArray *small = g_array_new(FALSE, FALSE, sizeof(BaseRect));

    for (unsigned i = 0; i < lines->len; i++) {
        const BaseRect *line = &g_array_index(lines, BaseRect, i);
        BaseRect half = {line->x / 2, line->y / 2, (line->width + 1) / 2, (line->height + 1) / 2};

        if (is_small(&half, large) && base_rect_intersect(&half, large, &half))
            g_array_append_val(small, half);
    }
    g_array_sort(small, compare_left);
    return small;
}

/* Cuts @large to the widest part of it without small lines. */
static void
cut_to_widest_gap(BaseRect *large, const GArray *small)
{
    BaseRect best = {large->x, large->y, 0, large->height};
    int left = large->x;

    for (unsigned i = 0; i <= small->len; i++) {
        const BaseRect *line = i < small->len ? &g_array_index(small, BaseRect, i) : NULL;
        int right = line != NULL ? line->x : large->x + large->width;

        if (right - left > best.width) {
            best.x = left;
            best.width = right - left;
        }
        if (line != NULL)
            left = MAX(left, line->x + line->width);
    }
    *large = best;
}

/* Several lines of small letters, or a row of buttons, may look like a line of large letters from
 * afar, or be joined to one. Returns: whether @large, cut to it, is one */
static gboolean
is_large_line(const GArray *lines, const ReaderEdges *edges, BaseRect *large)
{
    g_autoptr(GArray) small = find_small_lines(lines, large);
    unsigned n = 0;

    for (unsigned i = 0; i < small->len; i++)
        n += count_in_box(edges, &g_array_index(small, BaseRect, i));
    if (n <= SMALL_INK_SHARE * count_in_box(edges, large))
        return TRUE;
    cut_to_widest_gap(large, small);
    return large->width >= LARGE_SHAPE * large->height && shrink(edges, large);
}

/* Whether most of @part lies within @whole. */
static gboolean
is_part(const BaseRect *part, const BaseRect *whole)
{
    BaseRect common;

    return base_rect_intersect(part, whole, &common) &&
           2 * common.width * common.height >= part->width * part->height;
}

static void
replace_parts(GArray *lines, const BaseRect *large)
{
    for (unsigned i = lines->len; i > 0; i--)
        if (is_part(&g_array_index(lines, BaseRect, i - 1), large))
            g_array_remove_index_fast(lines, i - 1);
    g_array_append_val(lines, *large);
}

static BaseRect
enlarge(const BaseRect *half)
{
    return (BaseRect){2 * half->x, 2 * half->y, 2 * half->width, 2 * half->height};
}

/* The strokes of large letters are as long as rules and are lost with them: they are letters again
 * in a picture of half the size. */
static void
add_large_lines(const ReaderPage *page, double gap_heights, GArray *lines)
{
    g_autoptr(ReaderPage) half = reader_page_halve(page);
    g_auto(ReaderEdges) edges = {0};
    g_autoptr(GArray) large_lines = NULL;

    if (half->width < READER_LINE_HEIGHT_MIN_PX || half->height < READER_LINE_HEIGHT_MIN_PX)
        return;
    reader_edges_find(half, &edges);
    large_lines = find_ink(&edges, gap_heights);
    for (unsigned i = 0; i < large_lines->len; i++) {
        BaseRect *large = &g_array_index(large_lines, BaseRect, i);
        BaseRect line;

        if (2 * large->height < LARGE_HEIGHT_PX || 2 * large->height > READER_LINE_HEIGHT_MAX_PX ||
            !is_large_line(lines, &edges, large))
            continue;
        line = enlarge(large);
        replace_parts(lines, &line);
    }
}

GArray *
reader_lines_find(const ReaderPage *page, unsigned open_edges, double gap_heights)
{
    g_auto(ReaderEdges) edges = {0};
    g_autoptr(GArray) lines = NULL;
    GArray *whole;

    reader_edges_find(page, &edges);
    lines = find_ink(&edges, gap_heights);
    add_large_lines(page, gap_heights, lines);
    whole = keep_lines(page, lines, lines->len == 1 ? 0 : open_edges);
    g_array_sort(whole, compare_lines);
    return whole;
}
