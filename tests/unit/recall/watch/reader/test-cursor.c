/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/watch/reader/cursor.h"

#include "protocol/reader.h"
#include "recall/watch/reader/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define CELL_WIDTH_PX 8
#define CELL_HEIGHT_PX 16
#define N_COLUMNS 10
#define N_ROWS 3
#define LEFT_PX 3
#define TOP_PX 5
#define WIDTH_PX (N_COLUMNS * CELL_WIDTH_PX + 2 * LEFT_PX)
#define HEIGHT_PX (N_ROWS * CELL_HEIGHT_PX + 2 * TOP_PX)

/* A terminal's first two rows: letters of 6 by 12 pixels, whose tails go down to the next row. */
static ReaderPage *
draw_page(void)
{
    g_autofree uint8_t *pixels = g_malloc(WIDTH_PX * HEIGHT_PX * 4);
    ReaderPage *page;

    memset(pixels, PROTOCOL_READER_MARK_WANTED, WIDTH_PX * HEIGHT_PX * 4);
    page = reader_page_new(pixels, WIDTH_PX * 4, WIDTH_PX, HEIGHT_PX);
    memset(page->grey, 255, WIDTH_PX * HEIGHT_PX);
    for (int y = 0; y < 2 * CELL_HEIGHT_PX; y++)
        for (int x = 0; x < N_COLUMNS * CELL_WIDTH_PX; x++) {
            int row = y % CELL_HEIGHT_PX;
            int column = x % CELL_WIDTH_PX;

            if (row >= 4 && (column == 1 || (column == 6 && row < 10) || (column < 7 && row == 9)))
                page->grey[WIDTH_PX * (TOP_PX + y) + LEFT_PX + x] = 0;
        }
    return page;
}

static uint8_t *
cell_at(const ReaderPage *page, int column, int row, int x, int y)
{
    return page->grey + WIDTH_PX * (TOP_PX + row * CELL_HEIGHT_PX + y) + LEFT_PX +
           column * CELL_WIDTH_PX + x;
}

static gboolean
is_side(int x, int y)
{
    return x == 0 || y == 0 || x == CELL_WIDTH_PX - 1 || y == CELL_HEIGHT_PX - 1;
}

static void
turn_cell(ReaderPage *page, int column, int row)
{
    for (int y = 0; y < CELL_HEIGHT_PX; y++)
        for (int x = 0; x < CELL_WIDTH_PX; x++)
            *cell_at(page, column, row, x, y) ^= 0xff;
}

static void
frame_cell(ReaderPage *page, int column, int row)
{
    for (int y = 0; y < CELL_HEIGHT_PX; y++)
        for (int x = 0; x < CELL_WIDTH_PX; x++)
            if (is_side(x, y))
                *cell_at(page, column, row, x, y) = 0;
}

static void
assert_lifted(ReaderPage *page)
{
    g_autoptr(ReaderPage) plain = draw_page();

    reader_cursor_lift(page);
    assert_memory_equal(page->grey, plain->grey, WIDTH_PX * HEIGHT_PX);
}

static void
test_leaves_plain_letters(void **state)
{
    g_autoptr(ReaderPage) page = draw_page();

    assert_lifted(page);
}

static void
test_turns_a_block_back(void **state)
{
    for (int row = 0; row < N_ROWS; row++)
        for (int column = 0; column < N_COLUMNS; column++) {
            g_autoptr(ReaderPage) page = draw_page();

            turn_cell(page, column, row);
            assert_lifted(page);
        }
}

static void
test_drops_a_frame(void **state)
{
    for (int column = 0; column < N_COLUMNS; column++) {
        g_autoptr(ReaderPage) page = draw_page();

        frame_cell(page, column, 2);
        assert_lifted(page);
    }
}

/* As xterm shows it where it has not the focus: the tails of the line above touch it, and it was
 * taken for a part of that line. */
static void
test_a_cursor_joins_no_lines(void **state)
{
    g_autoptr(ReaderPage) page = draw_page();
    g_autoptr(GArray) lines = NULL;

    for (int x = 3; x < N_COLUMNS; x++) /* a short line */
        for (int y = 0; y < CELL_HEIGHT_PX; y++)
            memset(cell_at(page, x, 1, 0, y), 255, CELL_WIDTH_PX);
    frame_cell(page, 0, 2);
    reader_cursor_lift(page);
    lines = reader_lines_find(page, 0, READER_LINES_GAP);
    assert_int_equal(lines->len, 2);
    assert_true(g_array_index(lines, BaseRect, 1).height <= CELL_HEIGHT_PX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leaves_plain_letters),
        cmocka_unit_test(test_turns_a_block_back),
        cmocka_unit_test(test_drops_a_frame),
        cmocka_unit_test(test_a_cursor_joins_no_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
